import io
import wave
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.device import CaptureSpec, Report
from contracts.errors import DeviceError, Retry
from contracts.sample import Modality, Sample
from hardware import audio
from hardware.drivers.simulated_microphone import (
    INFO,
    SimulatedMicrophone,
    SimulatedMicrophoneSettings,
)

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
SPEC = CaptureSpec(Modality.VOICE)


class Noon:
    def now(self) -> datetime:
        return NOON


def driver(script: Path | None = None) -> SimulatedMicrophone:
    return SimulatedMicrophone(SimulatedMicrophoneSettings(script=script), Noon())


def unheard(level: float) -> None:
    pass


def capture(
    microphone: SimulatedMicrophone, spec: CaptureSpec = SPEC, report: Report = unheard
) -> Sample:
    with microphone.open(INFO.id) as device:
        return device.capture(spec, report)


def test_scan_plays_the_recording_beside_the_script(
    script: Callable[..., Path], tone: bytes
) -> None:
    levels: list[float] = []
    sample = capture(driver(script("SCAN tone.wav")), report=levels.append)
    assert sample.data == audio.wav(tone, 16_000)
    assert (sample.media_type, sample.source) == ("audio/wav", "simulated_microphone:0")
    assert (sample.virtual, sample.captured_at) == (True, NOON)
    assert len(levels) == 20
    assert levels[0] == pytest.approx(0.5, abs=0.01)


def test_the_position_is_kept_from_one_opening_to_the_next(script: Callable[..., Path]) -> None:
    microphone = driver(script("RETRY too quiet", "ERROR busy", "SCAN tone.wav"))
    with pytest.raises(Retry) as retry:
        capture(microphone)
    assert str(retry.value.public) == "too quiet"
    with pytest.raises(DeviceError) as error:
        capture(microphone)
    assert str(error.value.public) == "busy"
    assert capture(microphone).virtual


def test_a_reason_may_hold_a_percent_sign(script: Callable[..., Path]) -> None:
    with pytest.raises(Retry) as retry:
        capture(driver(script("RETRY 90% noise")))
    assert str(retry.value.public) == "90% noise"


def test_records_no_longer_than_asked(script: Callable[..., Path], tone: bytes) -> None:
    short = CaptureSpec(Modality.VOICE, timedelta(seconds=0.5))
    assert capture(driver(script("SCAN tone.wav")), short).data == audio.wav(tone[:16_000], 16_000)


def test_unplugged_in_the_middle_of_an_opening(script: Callable[..., Path]) -> None:
    microphone = driver(script("UNPLUG"))
    with microphone.open(INFO.id) as device:
        with pytest.raises(DeviceError):
            device.capture(SPEC, unheard)
        assert microphone.discover() == []
        with pytest.raises(DeviceError):
            device.capture(SPEC, unheard)


def test_without_a_script_there_is_no_device() -> None:
    assert driver().discover() == []


@pytest.mark.parametrize(
    ("channels", "width", "rate"), [(2, 2, 16_000), (1, 1, 16_000), (1, 2, 8_000)]
)
def test_resamples_nothing(
    script: Callable[..., Path], tmp_path: Path, channels: int, width: int, rate: int
) -> None:
    with wave.open(str(tmp_path / "other.wav"), "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(width)
        writer.setframerate(rate)
        writer.writeframes(bytes(channels * width * 100))
    with pytest.raises(DeviceError, match="channels"):
        capture(driver(script("SCAN other.wav")))


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not audio at all"])
@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_a_broken_recording_is_told_to_the_operator(
    script: Callable[..., Path], tmp_path: Path, content: bytes, suffix: str
) -> None:
    pytest.importorskip("soundfile", reason="the voice extra is not installed")
    (tmp_path / f"broken.{suffix}").write_bytes(content)
    with pytest.raises(DeviceError) as error:
        capture(driver(script(f"SCAN broken.{suffix}")))
    assert str(error.value.public) == f"The recording broken.{suffix} cannot be played."


def test_plays_flac(script: Callable[..., Path], tmp_path: Path, tone: bytes) -> None:
    soundfile = pytest.importorskip("soundfile", reason="the voice extra is not installed")
    samples, rate = soundfile.read(io.BytesIO(audio.wav(tone, 16_000)), dtype="int16")
    soundfile.write(tmp_path / "tone.flac", samples, rate, subtype="PCM_16")
    assert capture(driver(script("SCAN tone.flac"))).data == audio.wav(tone, 16_000)
