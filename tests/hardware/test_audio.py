import io
import wave
from array import array
from datetime import timedelta

import pytest

from contracts.device import CaptureSpec
from contracts.errors import DeviceError
from contracts.sample import Modality
from hardware import audio


def test_level_is_the_peak_as_a_share_of_full_scale() -> None:
    assert audio.level(array("h", [0, -16_384, 100]).tobytes()) == 0.5
    assert audio.level(array("h", [-32_768]).tobytes()) == 1.0
    assert audio.level(b"") == 0.0


def test_wav_is_mono_16_bit_pcm(tone: bytes) -> None:
    with wave.open(io.BytesIO(audio.wav(tone, 16_000))) as reader:
        assert reader.getparams()[:4] == (1, 2, 16_000, 32_000)
        assert reader.readframes(32_000) == tone


def test_blocks_are_a_tenth_of_a_second(tone: bytes) -> None:
    assert [len(block) for block in audio.blocks(tone, 16_000)] == [3_200] * 20


def test_length_is_in_bytes() -> None:
    assert audio.length(CaptureSpec(Modality.VOICE, timedelta(seconds=1.5))) == 48_000


def test_a_microphone_captures_voice_only() -> None:
    with pytest.raises(DeviceError, match="cannot capture face"):
        audio.expect_voice(CaptureSpec(Modality.FACE))
