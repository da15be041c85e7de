"""Parts of an answer, each looked at alone."""

from __future__ import annotations

import numpy as np
import pytest

from verifiers.voice.audio.speech import FRAME, Heard
from verifiers.voice.channels import CHANNELS, TELEPHONE, WIDE, Channel
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
    """Hear a frame for each sign: silence for a point, and speech for a digit that is its level."""
    speech = np.array([sign != "." for sign in pattern], bool)
    levels = np.array([0 if sign == "." else int(sign) for sign in pattern], np.float32)
    return Heard(np.repeat(levels, FRAME), speech)


@pytest.mark.parametrize(
    ("pattern", "count", "frames"),
    [
        ("1" * 46, 1, []),
        ("1" * 94, 2, [47]),
        ("1" * 47 + "." * 30 + "1" * 47, 2, [77]),
        ("." * 3 + "1" * 141, 3, [50, 97]),
        ("", 1, []),
    ],
)
def test_parts_hold_as_much_speech_each(pattern: str, count: int, frames: list[int]) -> None:
    assert cuts(heard(pattern), count) == [frame * FRAME for frame in frames]


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("frames", [1, 46])
def test_what_is_too_short_even_for_halves_is_looked_at_once(frames: int, channel: Channel) -> None:
    engine = Plain()
    (whole,) = listened(engine, heard("1" * frames), channel)
    assert np.allclose(whole, np.sqrt([0.5, 0.5]))
    assert engine.embedded == 1


@pytest.mark.parametrize("frames", [47, 60, 70])
def test_what_is_too_short_for_parts_is_looked_at_as_a_whole_and_by_its_halves(
    frames: int,
) -> None:
    said = heard("1" * (frames - frames // 2) + "3" * (frames // 2))
    whole, *halves = listened(Plain(), said, WIDE)
    assert np.allclose(whole, unit([1, said.waveform.mean()]))
    assert np.allclose(halves, [unit([1, 1]), unit([1, 3])])


def test_half_of_so_little_says_too_little_by_telephone() -> None:
    assert len(listened(Plain(), heard("1" * 70), TELEPHONE)) == 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_part_is_looked_at_alone_and_once(channel: Channel) -> None:
    engine = Plain()
    _, *parts = listened(engine, heard("1" * 47 + "2" * 47 + "3" * 47), channel)
    assert np.allclose(parts, [unit([1, 1]), unit([1, 2]), unit([1, 3])])
    assert engine.embedded == 3


def test_the_whole_is_the_mean_direction_of_its_parts_which_weigh_alike() -> None:
    whole, *parts = listened(Plain(), heard("0" * 47 + "9" * 47), WIDE)
    assert np.allclose(whole, unit(np.sum(parts, axis=0)))
    assert whole[0] == pytest.approx(whole[1], rel=0.15)


def unit(values: np.typing.ArrayLike) -> np.typing.NDArray[np.float64]:
    """Scale to unit length."""
    found = np.asarray(values, np.float64)
    scaled: np.typing.NDArray[np.float64] = found / np.linalg.norm(found)
    return scaled
