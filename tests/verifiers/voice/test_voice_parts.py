"""Parts of an answer, each looked at alone."""

from __future__ import annotations

import numpy as np
import pytest

from verifiers.voice.audio.speech import FRAME, Heard
from verifiers.voice.parts import cuts, listened

Floats = np.typing.NDArray[np.float32]


class Plain:
    """Embeds the sum and the sign of a waveform; counts how often."""

    format, dimension = "plain/1", 2

    def __init__(self) -> None:
        self.embedded = 0

    def embed(self, waveform: Floats) -> Floats:
        self.embedded += 1
        return np.array([1.0, waveform.mean()], np.float32)


def heard(pattern: str) -> Heard:
    """Hear a frame of speech for each x."""
    speech = np.array([sign == "x" for sign in pattern])
    return Heard(np.zeros(len(pattern) * FRAME, np.float32), speech)


@pytest.mark.parametrize(
    ("pattern", "frames"),
    [
        ("x" * 46, []),
        ("x" * 70, []),
        ("x" * 94, [47]),
        ("x" * 47 + "." * 30 + "x" * 47, [77]),
        ("." * 3 + "x" * 141, [50, 97]),
        ("", []),
    ],
)
def test_parts_hold_as_much_speech_each(pattern: str, frames: list[int]) -> None:
    assert cuts(heard(pattern)) == [frame * FRAME for frame in frames]


def test_what_is_too_short_for_parts_is_looked_at_once() -> None:
    engine = Plain()
    assert len(listened(engine, np.ones(100, np.float32), [])) == 1
    assert engine.embedded == 1


def test_each_part_is_looked_at_alone() -> None:
    waveform = np.repeat(np.array([1, 2, 3], np.float32), 33)
    found = np.array(listened(Plain(), waveform, [33, 66]))
    assert np.allclose(found, [[1, 2], [1, 1], [1, 2], [1, 3]])
