"""The real driver on a real sound server, without a sound card."""

import io
import sys
import wave
from array import array
from datetime import timedelta
from itertools import pairwise

import pytest

from contracts.clock import SystemClock
from contracts.device import CaptureSpec
from contracts.errors import DeviceError
from contracts.sample import Modality
from hardware.drivers import microphone

SPEC = CaptureSpec(Modality.VOICE, timedelta(seconds=1))


def test_records_what_is_played(playing: None) -> None:
    levels: list[float] = []
    driver = microphone.build(SystemClock())
    with driver.open(driver.discover()[0].id) as device:
        sample = device.capture(SPEC, levels.append)
    with wave.open(io.BytesIO(sample.data)) as reader:
        assert reader.getparams()[:4] == (1, 2, 16_000, 16_000)
        pcm = array("h", reader.readframes(16_000))
    assert max(levels) == pytest.approx(0.5, abs=0.05)
    assert _crossings(pcm) == pytest.approx(880, rel=0.1)


def test_pure_silence_is_told_to_the_operator(sound_system: str) -> None:
    driver = microphone.build(SystemClock())
    with driver.open(driver.discover()[0].id) as device, pytest.raises(DeviceError) as error:
        device.capture(CaptureSpec(Modality.VOICE, timedelta(seconds=0.2)), [].append)
    assert "muted" in str(error.value.public)


def test_a_missing_sound_library_is_told_to_the_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(DeviceError, match="sounddevice") as error:
        microphone.build(SystemClock()).discover()
    assert "libportaudio2" in str(error.value.public)


def _crossings(pcm: "array[int]") -> int:
    return sum(a < 0 <= b or b < 0 <= a for a, b in pairwise(pcm))
