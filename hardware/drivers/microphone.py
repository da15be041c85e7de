"""A real microphone through PortAudio."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any, Protocol, cast

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.clock import Clock
from contracts.device import CaptureSpec, Device, DeviceInfo, Driver, Report
from contracts.errors import DeviceError
from contracts.sample import Modality, Sample
from contracts.text import Text
from hardware import audio

NAME = "microphone"

Blocks = SimpleQueue[bytes]


class Defaults(Protocol):
    """Which devices the sound system prefers."""

    device: Sequence[int]


class PortAudio(Protocol):
    """The part of the `sounddevice` module that this driver uses."""

    PortAudioError: type[Exception]
    default: Defaults

    def query_devices(self) -> Iterable[Mapping[str, Any]]:
        """Describe every input and output."""
        ...

    def RawInputStream(self, **options: object) -> AbstractContextManager[object]:
        """Open an input that runs while the context lasts."""
        ...

    def _initialize(self) -> None: ...

    def _terminate(self) -> None: ...


class MicrophoneSettings(BaseSettings):
    """Settings of the microphone driver."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_MICROPHONE_")

    timeout_seconds: float = Field(
        default=5.0,
        gt=0,
        description="How long the microphone may deliver nothing before it counts as unplugged. "
        "Opening a stream alone takes up to two seconds on PulseAudio.",
    )


SETTINGS = MicrophoneSettings


def build(clock: Clock) -> Driver:
    """Make the driver from its own settings."""
    return Microphone(MicrophoneSettings(), clock)


def portaudio() -> PortAudio:
    """Import sounddevice, which loads PortAudio. Raises DeviceError where either is missing."""
    try:
        return cast(PortAudio, importlib.import_module("sounddevice"))
    except (ImportError, OSError) as error:
        raise DeviceError(
            Text(
                "The microphone needs the kiosk extra and the PortAudio library "
                "(on Debian and Ubuntu: libportaudio2)."
            ),
            detail=str(error),
        ) from error


class Microphone:
    """Every input of the machine's sound system; the system's default comes first."""

    name = NAME
    modality = Modality.VOICE
    virtual = False

    def __init__(self, settings: MicrophoneSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = Lock()
        self._in_use = 0

    def discover(self) -> Sequence[DeviceInfo]:
        """List the inputs that PortAudio sees now. Raises DeviceError."""
        return list(self._inputs())

    @contextmanager
    def open(self, id: str) -> Iterator[Device]:
        """Open one input; it listens only while it captures. Raises DeviceError."""
        inputs = {info.id: (info, index) for info, index in self._inputs().items()}
        if id not in inputs:
            raise DeviceError(Text("The microphone is not there. Is it plugged in?"), detail=id)
        with self._held():
            info, index = inputs[id]
            yield OpenMicrophone(info, index, self._settings.timeout_seconds, self._clock)

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._lock:
            self._in_use += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_use -= 1

    def _inputs(self) -> dict[DeviceInfo, int]:
        audio_system = portaudio()
        with self._lock:
            if not self._in_use:
                _rescan(audio_system)
            return _list_inputs(audio_system)


def _rescan(audio_system: PortAudio) -> None:
    # PortAudio lists devices once, when it starts: only a restart shows what was plugged in since.
    try:
        audio_system._terminate()
        audio_system._initialize()
    except audio_system.PortAudioError as error:
        raise DeviceError(Text("The sound system does not answer."), detail=str(error)) from error


def _list_inputs(audio_system: PortAudio) -> dict[DeviceInfo, int]:
    default = audio_system.default.device[0]
    inputs = [found for found in audio_system.query_devices() if found["max_input_channels"] > 0]
    inputs.sort(key=lambda found: found["index"] != default)
    return {_info(found): found["index"] for found in inputs}


def _info(found: Mapping[str, Any]) -> DeviceInfo:
    return DeviceInfo(
        id=f"{NAME}:{found['hostapi']}/{found['name']}",
        driver=NAME,
        modality=Modality.VOICE,
        label=found["name"],
        virtual=False,
    )


class OpenMicrophone:
    """One input of the sound system."""

    def __init__(self, info: DeviceInfo, index: int, timeout: float, clock: Clock) -> None:
        self.info = info
        self._index = index
        self._timeout = timeout
        self._clock = clock

    def capture(self, spec: CaptureSpec, report: Report) -> Sample:
        """Record mono 16-bit PCM for the whole duration; reports the level ten times a second.

        The first report says that the microphone listens. Raises DeviceError.
        """
        audio.expect_voice(spec)
        pcm = self._record(spec, report)
        if not any(pcm):
            raise DeviceError(Text("The microphone delivers pure silence. Is it muted?"))
        return Sample(
            modality=Modality.VOICE,
            media_type=audio.MEDIA_TYPE,
            data=audio.wav(pcm, spec.rate),
            captured_at=self._clock.now(),
            source=self.info.id,
        )

    def _record(self, spec: CaptureSpec, report: Report) -> bytes:
        audio_system = portaudio()
        blocks: Blocks = SimpleQueue()
        try:
            with audio_system.RawInputStream(
                device=self._index,
                samplerate=spec.rate,
                blocksize=spec.rate // audio.BLOCKS_PER_SECOND,
                channels=1,
                dtype="int16",
                callback=lambda data, *_: blocks.put(bytes(data)),
            ):
                return self._collect(blocks, audio.length(spec), report)
        except audio_system.PortAudioError as error:
            raise DeviceError(
                Text("The microphone is busy or was unplugged."), detail=str(error)
            ) from error

    def _collect(self, blocks: Blocks, length: int, report: Report) -> bytes:
        pcm = bytearray()
        while len(pcm) < length:
            try:
                block = blocks.get(timeout=self._timeout)
            except Empty:
                raise DeviceError(Text("The microphone stopped. Was it unplugged?")) from None
            pcm += block
            report(audio.level(block))
        return bytes(pcm[:length])
