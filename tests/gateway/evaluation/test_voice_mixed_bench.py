"""Answers of two voices are joined to the millisecond, and judged as the factor judges them."""

from __future__ import annotations

import numpy as np
import pytest

from bench.voice_calls import voiceprint
from bench.voice_mixed import LONGEST, MIXTURES, OTHER, OWN, Judge, Person, answers, measure, woven
from contracts.errors import Retry
from contracts.text import Text
from gateway.evaluation.arrays import Waveform
from gateway.evaluation.conditions import clean
from verifiers.voice.arrays import unit
from verifiers.voice.audio.wav import RATE
from verifiers.voice.calibration import Calibration
from verifiers.voice.utterance import Utterance

SIZE = 192
SILENT = 0.01


class Levels:
    """Hears who speaks by how loud they are, in each quarter of what is no silence."""

    engine = Calibration.load().engine

    def utterance(self, waveform: Waveform) -> Utterance:
        """Measure and encode: the whole is the mean of its quarters."""
        loud = waveform[np.abs(waveform) > SILENT]
        if not loud.size:
            raise Retry(Text("No speech was heard."), reason="no_speech")
        parts = [self._voice(each) for each in np.array_split(loud, 4)]
        whole = unit(np.mean(parts, axis=0))
        return Utterance(
            whole.tobytes(), self.engine, parts=tuple(each.tobytes() for each in parts)
        )

    def _voice(self, waveform: Waveform) -> Waveform:
        """Return the direction of whoever speaks, or between those who do."""
        levels = np.round(np.abs(waveform) * 10).astype(int)
        return unit(np.bincount(levels, minlength=SIZE).astype(np.float32))


def speech(level: int, seconds: float = 2 * LONGEST) -> Waveform:
    return np.full(int(seconds * RATE), level / 10, np.float32)


@pytest.fixture
def judge() -> Judge:
    return Judge(Levels(), clean)  # type: ignore[arg-type]


def somebody(level: int, judge: Judge) -> Person:
    return Person(voiceprint([judge.hear(speech(level))] * 3), speech(level))


def test_each_goes_on_where_they_were_interrupted() -> None:
    own, other = (np.arange(start, start + RATE, dtype=np.float32) for start in (0, 10 * RATE))
    found = woven([(OTHER, 0.25), (OWN, 0.5), (OTHER, 0.5), (OWN, 0.25)], own, other)
    at = np.cumsum([0, *(int(each * RATE) for each in (0.25, 0.5, 0.5, 0.25))])
    starts = [10 * RATE, 0, 10.25 * RATE, 0.5 * RATE]
    assert found[at[:-1]].tolist() == starts
    assert found.size == at[-1]


def test_answers_are_of_other_stretches_and_of_several_others(judge: Judge) -> None:
    whose, others = somebody(2, judge), [somebody(level, judge) for level in (4, 6, 8)]
    alone = list(answers(MIXTURES["3.6 s: the person alone"], whose, others))
    mixed = list(answers(MIXTURES["3.6 s: another's 1.2 s first"], whose, others))
    assert len(alone) == 2, "so many stretches of 3.6 seconds"
    assert [each[RATE] for each in mixed] == pytest.approx([0.4, 0.6, 0.8])


def test_it_is_counted_who_passes_by_the_whole_and_by_every_part(judge: Judge) -> None:
    found = measure([somebody(level, judge) for level in (2, 4, 6)], judge)
    alone, first = (
        found[f"3.6 s: {name}"] for name in ("the person alone", "another's 1.2 s first")
    )
    assert (alone.answers, alone.whole, alone.parts) == (6, 6, 6)
    assert (first.answers, first.whole, first.parts) == (6, 6, 0), "a quarter is another's"
    assert not any(each.poor for each in found.values())


def test_what_is_too_poor_is_neither(judge: Judge) -> None:
    whose = somebody(2, judge)
    passed = measure([whose], judge)["2.1 s: the person alone"]
    judge.count(passed, np.zeros(RATE, np.float32), whose.enrolled)
    assert (passed.answers, passed.poor) == (2, 1)
