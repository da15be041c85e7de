"""What channels, rooms and noises do to a recording."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.evaluation.arrays import Waveform
from gateway.evaluation.conditions import (
    CONDITIONS,
    LOUDEST,
    Condition,
    babble,
    chained,
    conditions,
    g711,
    telephone,
)

RATE = 16_000
TIME = np.arange(2 * RATE) / RATE


def tone(frequency: float, amplitude: float = 0.3) -> Waveform:
    """Make two seconds of one frequency."""
    return (amplitude * np.sin(2 * np.pi * frequency * TIME)).astype(np.float32)


def random() -> np.random.Generator:
    return np.random.default_rng(7)


def power(waveform: Waveform) -> float:
    return float(np.mean(waveform**2))


def names() -> dict[str, Condition]:
    return dict(conditions([tone(200), tone(333)]))


@pytest.mark.parametrize("name", names())
def test_a_condition_is_repeatable_and_leaves_length_and_range(name: str) -> None:
    condition, speech = names()[name], tone(440, 0.98) * np.hanning(TIME.size).astype(np.float32)
    once, again = condition(speech, random()), condition(speech, random())
    assert np.array_equal(once, again)
    assert once.dtype == np.float32
    assert once.shape == speech.shape
    assert np.abs(once).max() <= 1


@pytest.mark.parametrize(
    ("frequency", "kept"), [(100, False), (400, True), (3300, True), (4200, False), (6000, False)]
)
def test_a_telephone_keeps_its_band(frequency: float, kept: bool) -> None:
    share = power(telephone(tone(frequency), random())) / power(tone(frequency))
    assert share == pytest.approx(float(kept), abs=0.02)


@pytest.mark.parametrize("law", ["ULAW", "ALAW"])
def test_g711_is_as_good_as_its_38_decibels(law: str) -> None:
    speech = tone(1017)
    lost = power(g711(speech, random(), law=law) - speech) / power(speech)
    assert -42 < 10 * np.log10(lost) < -34


@pytest.mark.parametrize("name", ["noise", "babble"])
def test_what_is_added_lies_ten_decibels_below(name: str) -> None:
    speech = tone(440, 0.2)
    added = names()[name](speech, random()) - speech
    assert 10 * np.log10(power(speech) / power(added)) == pytest.approx(10, abs=0.1)


def test_without_other_voices_there_is_no_babble() -> None:
    assert np.array_equal(babble([], tone(440), random()), tone(440))


def test_a_room_rings_on_and_is_turned_down_rather_than_clipped() -> None:
    click = np.zeros(RATE, np.float32)
    click[100] = 1
    heard = CONDITIONS["reverberation"](click, random())
    assert np.abs(heard).max() == pytest.approx(LOUDEST)
    assert power(heard[101:2000]) > power(heard[3000:4900]) > 0


def test_conditions_follow_each_other() -> None:
    both = chained([names()["noise"], telephone])
    rng = random()
    assert np.array_equal(
        both(tone(440), random()), telephone(names()["noise"](tone(440), rng), rng)
    )
