"""A calibration applied to all comparisons decides as it does for one."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from gateway.evaluation import Order, run
from gateway.evaluation.compare import Scores, compare
from gateway.evaluation.encode import Encoded
from gateway.evaluation.evaluate import evaluated
from gateway.evaluation.manifest import Utterance
from gateway.evaluation.operating import TARGETS, judge
from gateway.evaluation.words import lines
from tests.gateway.evaluation.toy import ToyEngine, world
from verifiers.voice.calibration import Calibration

PAIRS = (("wide", "wide"), ("telephone", "telephone"), ("telephone", "wide"))


def line(number: int, channels: tuple[str, str], utterances: int) -> dict[str, object]:
    """Make one line, of which no two are alike."""
    points = [
        {
            "target": target,
            "threshold": 1.0 + number - np.log10(target),
            "false_matches": 0,
            "fmr_upper": 0.5,
            "fnmr": 0.1,
            "fnmr_upper": 0.2,
            "supported": False,
        }
        for target in (1e-2, 1e-3, 1e-4)
    ]
    return {
        "channels": list(channels),
        "utterances": utterances,
        "slope": 20.0 + number,
        "offset": -10.0,
        "people": 2,
        "genuine": 10,
        "impostor": 10,
        "cllr": {"cosine": 0.9, "calibrated": 0.1, "least": 0.1},
        "points": points,
    }


def calibration(*subjects: str, engine: str = "toy-bands/1") -> Calibration:
    """Make a calibration that was fitted on these people and two strangers."""
    lines = [
        line(number, channels, utterances)
        for number, (channels, utterances) in enumerate(product(PAIRS, (1, 3)))
    ]
    known = [sha256(each.encode()).hexdigest()[:16] for each in (*subjects, "yann", "zoe")]
    made = {
        "date": "2026-11-23",
        "command": "gatehouse evaluate calibrate",
        "seed": 1,
        "data": "0" * 64,
        "recordings": 20,
        "turned_away": 0,
        "subjects": sorted(known),
    }
    return Calibration.model_validate(
        {
            "version": 1,
            "engine": engine,
            "cohort": None,
            "correction": None,
            "made": made,
            "lines": lines,
        }
    )


def scores(people: int = 12) -> Scores:
    """Compare people who speak now into a microphone and now into a telephone."""
    random = np.random.default_rng(4)
    own = np.repeat(random.normal(0, 1, (people, 10)), 4, axis=0)
    found = own + random.normal(0, 0.4, own.shape)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    utterances = [Utterance(f"{n}", Path(), f"p{n // 4}") for n in range(people * 4)]
    channels = ["telephone" if n % 4 == 3 else "wide" for n in range(people * 4)]
    encoded = Encoded(utterances, found.astype(np.float32), channels, [])
    return compare(encoded, encoded, 1)


def test_each_comparison_is_judged_by_the_line_of_its_channels() -> None:
    compared, used = scores(), calibration()
    judged = judge(compared, used)
    for number in range(0, compared.score.size, 37):
        template = compared.templates[compared.template[number]]
        enrolled = compared.enrolled.channels[template.rows[0]]
        heard = compared.probes.channels[compared.probe[number]]
        one = used.line(enrolled, heard, 1)
        assert judged.ratios[number] == pytest.approx(one.ratio(float(compared.score[number])))
        above = judged.ratios[number] - one.point(TARGETS[-1]).threshold
        assert judged.beyond[number] == pytest.approx(above)


def test_a_stricter_target_has_higher_thresholds_and_no_more_false_matches() -> None:
    loose, strict = judge(scores(), calibration()).calibrated.uses
    assert (loose.target, strict.target) == (1e-3, 1e-4)
    assert set(loose.thresholds) == {"wide-wide", "telephone-wide", "wide-telephone",
                                     "telephone-telephone"}  # fmt: skip
    assert all(strict.thresholds[pair] > each for pair, each in loose.thresholds.items())
    assert strict.point.fmr.errors <= loose.point.fmr.errors
    assert strict.point.fnmr.errors >= loose.point.fnmr.errors


def test_strangers_to_the_calibration_are_judged_by_it_alone() -> None:
    found = judge(scores(), calibration()).calibrated
    assert found.overlap == ()
    assert found.held_out_cllr is None
    assert all(use.held_out is None for use in found.uses)


def test_people_whom_the_calibration_knows_are_named_and_judged_by_others_as_well() -> None:
    found = judge(scores(40), calibration("p3", "p7")).calibrated
    assert found.overlap == ("p3", "p7")
    assert found.held_out_cllr is not None
    assert found.held_out_cllr < 1
    for use in found.uses:
        assert use.held_out is not None
        assert 0 < use.held_out.fmr.comparisons < use.point.fmr.comparisons, (
            "one telephone call each"
        )


def test_the_report_says_what_the_calibration_makes_of_it(tmp_path: Path) -> None:
    listed = world(tmp_path)
    order = Order(
        listed, tmp_path, bootstrap=20, listening=ToyEngine, calibration=calibration("p1")
    )
    found = run(order, tmp_path / "out", lambda *_: None)
    assert found.json()["in_use"]["target"] == 1e-4
    assert {"fmr_in_use", "fnmr_in_use"} <= found.first.intervals.keys()
    said = list(lines(found))
    assert any(each.startswith("Calibrated, 0.0001") for each in said)
    assert any("the calibration knows 1 of these people" in each for each in said)
    assert not any("at 0.000" in each for each in said)
    html = (tmp_path / "out/report.html").read_text()
    assert "The calibration knows 1 of these people" in html


def test_a_calibration_of_another_engine_says_nothing(tmp_path: Path) -> None:
    listed = world(tmp_path)
    order = Order(listed, tmp_path, bootstrap=0, listening=ToyEngine)
    found = evaluated(
        replace(order, calibration=calibration(engine="other/1")), tmp_path / "out", lambda *_: None
    )
    assert found.first.calibrated is None
    assert found.json()["in_use"] is None
