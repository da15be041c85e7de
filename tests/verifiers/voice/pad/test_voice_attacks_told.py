"""What operators are told of attacks: every species of the card, its figures, worst first."""

from __future__ import annotations

import json

import pytest

from verifiers.voice.pad.known import WORDS, attacks
from verifiers.voice.settings import DETECTOR, VoiceSettings


def test_every_species_is_told_with_what_was_measured() -> None:
    species = json.loads(DETECTOR.read_text("utf-8"))["species"]
    told = attacks(VoiceSettings.load())
    assert {each.species for each in told} == set(species) == set(WORDS)
    for each in told:
        measured = species[each.species]["apcer_left_out"]
        assert each.passed == pytest.approx(measured["errors"] / measured["trials"], abs=1e-5)
        assert each.passed <= each.upper


def test_the_worst_comes_first() -> None:
    passed = [each.passed for each in attacks(VoiceSettings.load())]
    assert passed == sorted(passed, reverse=True)
    assert passed[0] > passed[-1]


@pytest.mark.parametrize("loosened", [{"pad": False}, {"pad_threshold": -20.0}])
def test_where_nothing_detects_or_less_than_was_measured_everything_passes(
    loosened: dict[str, object],
) -> None:
    told = attacks(VoiceSettings.load().model_copy(update=loosened))
    assert {(each.passed, each.upper) for each in told} == {(1.0, 1.0)}


def test_a_stricter_threshold_lets_pass_what_was_measured_at_most() -> None:
    strict = VoiceSettings.load().model_copy(update={"pad_threshold": 5.0})
    assert attacks(strict) == attacks(VoiceSettings.load())
