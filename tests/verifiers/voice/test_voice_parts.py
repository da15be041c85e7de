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
    (whole,) = listened(engine, np.ones(100, np.float32), [])
    assert np.allclose(whole, np.sqrt([0.5, 0.5]))
    assert engine.embedded == 1


def test_each_part_is_looked_at_alone_and_once() -> None:
    engine = Plain()
    waveform = np.repeat(np.array([1, 2, 3], np.float32), 33)
    _, *parts = listened(engine, waveform, [33, 66])
    assert np.allclose(parts, [unit([1, 1]), unit([1, 2]), unit([1, 3])])
    assert engine.embedded == 3


def test_the_whole_is_the_mean_direction_of_its_parts_which_weigh_alike() -> None:
    waveform = np.repeat(np.array([0, 40], np.float32), 50)
    whole, *parts = listened(Plain(), waveform, [50])
    assert np.allclose(whole, unit(np.sum(parts, axis=0)))
    assert whole[0] == pytest.approx(whole[1], rel=0.05)


def unit(values: np.typing.ArrayLike) -> np.typing.NDArray[np.float64]:
    """Scale to unit length."""
    found = np.asarray(values, np.float64)
    scaled: np.typing.NDArray[np.float64] = found / np.linalg.norm(found)
    return scaled
