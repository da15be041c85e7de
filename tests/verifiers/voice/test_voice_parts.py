"""Parts of an answer: one look where they sound alike, a look at each where they do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from verifiers.voice.audio.speech import FRAME, Heard
from verifiers.voice.parts import cuts, listened

Floats = np.typing.NDArray[np.float32]
ALIKE = 0.65


class Plain:
    """Embeds the sum and the sign of a waveform; counts how often."""

    format, dimension = "plain/1", 2

    def __init__(self) -> None:
        self.embedded = 0

    def embed(self, waveform: Floats) -> Floats:
        self.embedded += 1
        return np.array([1.0, waveform.mean()], np.float32)


class Quick(Plain):
    """Tells of parts in one look: as unlike each other as `apart`."""

    def __init__(self, apart: float) -> None:
        super().__init__()
        self.glances = 0
        self._apart = apart

    def glance(self, waveform: Floats, cuts: Sequence[int]) -> Floats:
        self.glances += 1
        parts = [[1.0, self._apart * number] for number in range(len(cuts) + 1)]
        return np.array([[1.0, waveform.mean()], *parts], np.float32)


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
    engine = Quick(0)
    assert len(listened(engine, np.ones(100, np.float32), [], ALIKE)) == 1
    assert (engine.embedded, engine.glances) == (1, 0)


def test_parts_that_are_alike_are_taken_from_one_look() -> None:
    engine = Quick(0.1)
    found = np.array(listened(engine, np.ones(99, np.float32), [33, 66], ALIKE))
    assert np.allclose(found, [[1.0, 1.0], [1.0, 0.0], [1.0, 0.1], [1.0, 0.2]])
    assert (engine.embedded, engine.glances) == (0, 1)


@pytest.mark.parametrize("engine", [Quick(3.0), Plain()], ids=["unlike", "without a glance"])
def test_else_each_part_is_looked_at_alone(engine: Plain) -> None:
    waveform = np.repeat(np.array([1, 2, 3], np.float32), 33)
    found = np.array(listened(engine, waveform, [33, 66], ALIKE))
    assert np.allclose(found, [[1, 2], [1, 1], [1, 2], [1, 3]])


def test_the_two_least_alike_decide() -> None:
    """Each is like its neighbour, and the first is not like the last."""
    engine = Quick(0.6)
    listened(engine, np.ones(99, np.float32), [33, 66], ALIKE)
    assert engine.embedded == 3


def test_what_is_no_number_is_like_nothing() -> None:
    engine = Quick(float("nan"))
    listened(engine, np.ones(99, np.float32), [33, 66], ALIKE)
    assert engine.embedded == 3
