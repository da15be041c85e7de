"""A microphone without hardware: it plays recordings by script."""

from __future__ import annotations

import importlib
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.clock import Clock
from contracts.device import CaptureSpec, Device, DeviceInfo, Driver, Report
from contracts.errors import DeviceError, Retry
from contracts.sample import Modality, Sample
from contracts.text import Text, as_it_is
from hardware import audio
from hardware.script import Command, Line, Script

NAME = "simulated_microphone"
INFO = DeviceInfo(
    id=f"{NAME}:0",
    driver=NAME,
    modality=Modality.VOICE,
    label="Simulated microphone",
    virtual=True,
)


class SimulatedMicrophoneSettings(BaseSettings):
    """Settings of the simulated microphone."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_SIMULATED_MICROPHONE_")

    script: Path | None = Field(
        default=None,
        description="The script that the simulated microphone plays, one line a capture: "
        "`SCAN file.wav`, `RETRY reason`, `ERROR reason`, `UNPLUG`. Unset: no such device.",
    )


SETTINGS = SimulatedMicrophoneSettings


def build(clock: Clock) -> Driver:
    """Make the driver from its own settings."""
    return SimulatedMicrophone(SimulatedMicrophoneSettings(), clock)


class SimulatedMicrophone:
    """Plays the lines of its script, over all captures of this process."""

    name = NAME
    modality = Modality.VOICE
    virtual = True

    def __init__(self, settings: SimulatedMicrophoneSettings, clock: Clock) -> None:
        self._script = Script(settings.script) if settings.script else None
        self._clock = clock

    def discover(self) -> Sequence[DeviceInfo]:
        """List the one device, unless there is no script or it said UNPLUG."""
        return [INFO] if self._script and self._script.plugged() else []

    @contextmanager
    def open(self, id: str) -> Iterator[Device]:
        """Open the device for captures. Raises DeviceError."""
        if self._script is None or id != INFO.id or not self._script.plugged():
            raise DeviceError(Text("The simulated microphone is not there."), detail=id)
        yield SimulatedDevice(self._script, self._clock)


class SimulatedDevice:
    """The open device; each capture plays the next line."""

    info = INFO

    def __init__(self, script: Script, clock: Clock) -> None:
        self._script = script
        self._clock = clock

    def capture(self, spec: CaptureSpec, report: Report) -> Sample:
        """Do what the script's next line says."""
        audio.expect_voice(spec)
        line = self._script.next()
        if line.command is not Command.SCAN:
            raise _failure(line)
        pcm = recording(self._script.path.parent / line.words, spec.rate)[: audio.length(spec)]
        for block in audio.blocks(pcm, spec.rate):
            report(audio.level(block))
        return Sample(
            modality=Modality.VOICE,
            media_type=audio.MEDIA_TYPE,
            data=audio.wav(pcm, spec.rate),
            captured_at=self._clock.now(),
            source=INFO.id,
            virtual=True,
        )


def _failure(line: Line) -> Retry | DeviceError:
    reason = as_it_is(line.words) if line.words else None
    if line.command is Command.RETRY:
        return Retry(reason)
    return DeviceError(reason, detail=line.command)


def recording(path: Path, rate: int) -> bytes:
    """Return the PCM of a mono 16-bit WAV or FLAC file at `rate` Hz. Raises DeviceError."""
    read = _read_flac if path.suffix.lower() == ".flac" else _read_wav
    pcm, found = read(path)
    if found != (1, audio.SAMPLE_WIDTH, rate):
        raise DeviceError(
            Text(
                "The recording %(file)s is not 16-bit mono PCM at %(rate)d Hz.", _words(path, rate)
            ),
            detail=f"channels, bytes, rate = {found}",
        )
    return pcm


Shape = tuple[int, int, int]
"""Channels, bytes a sample, rate in Hz."""


def _read_wav(path: Path) -> tuple[bytes, Shape]:
    try:
        with wave.open(str(path), "rb") as reader:
            shape = reader.getnchannels(), reader.getsampwidth(), reader.getframerate()
            return reader.readframes(reader.getnframes()), shape
    except (OSError, EOFError, wave.Error) as error:
        raise _unreadable(path, error) from error


def _read_flac(path: Path) -> tuple[bytes, Shape]:
    try:
        soundfile = importlib.import_module("soundfile")
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    except (ImportError, OSError, RuntimeError) as error:
        raise _unreadable(path, error) from error
    return samples.tobytes(), (samples.shape[1], audio.SAMPLE_WIDTH, rate)


def _unreadable(path: Path, error: Exception) -> DeviceError:
    return DeviceError(
        Text("The recording %(file)s cannot be played.", {"file": path.name}), detail=str(error)
    )


def _words(path: Path, rate: int) -> dict[str, str | int]:
    return {"file": path.name, "rate": rate}
