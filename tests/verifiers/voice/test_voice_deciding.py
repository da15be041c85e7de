"""Likelihood ratios decide, at the threshold that the policy's target asks for."""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from contracts.errors import Misconfigured
from contracts.factor import Enrolled, Template
from tests.timing import AT_ONCE, quickest
from tests.verifiers.conftest import SEED, stored
from verifiers.voice.calibration import SHIPPED, Calibration
from verifiers.voice.channels import CHANNELS, Channel
from verifiers.voice.deciding import Ratios, made
from verifiers.voice.normalisation import Cohort
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import Voiceprint
from verifiers.voice.utterance import Utterance
from verifiers.voice.vectors import pack

CALIBRATION = Calibration.load()
ENGINE = CALIBRATION.engine
SIZE = 192


def heard(cosine: float, channel: str = "wide") -> Utterance:
    """Speak so that the voice has this cosine with `enrolled`."""
    values = [cosine, math.sqrt(1 - cosine**2), *[0.0] * (SIZE - 2)]
    return Utterance(pack(values), ENGINE, channel)


def enrolled(channel: str = "wide", utterances: int = 3) -> Enrolled:
    mean = pack([1.0, *[0.0] * (SIZE - 1)])
    voiceprint = Voiceprint(b"", mean, channel, utterances).protected(SEED)
    return stored(Template(voiceprint.dump(), ENGINE))


def reaching(ratio: float, channels: tuple[str, str] = ("wide", "wide")) -> float:
    """Return the cosine that has this log-likelihood ratio."""
    line = CALIBRATION.line(*channels, 3)
    return (ratio - line.offset) / line.slope


def decider(target: float = 1e-4) -> Ratios:
    return made(VoiceSettings.load(), target)


def threshold(target: float, channels: tuple[str, str] = ("wide", "wide")) -> float:
    return CALIBRATION.line(*channels, 3).point(target).threshold


def test_the_score_is_the_log_likelihood_ratio() -> None:
    line = CALIBRATION.line("wide", "wide", 3)
    decision = decider().decide(heard(0.7), [enrolled()])
    assert decision.score == pytest.approx(line.slope * 0.7 + line.offset, abs=1e-4)
    assert decision.matched
    assert decision.credential_id == "c1"


@pytest.mark.parametrize("channels", [("wide", "wide"), ("telephone", "telephone")])
def test_the_threshold_follows_the_target(channels: tuple[Channel, Channel]) -> None:
    between = (threshold(1e-3, channels) + threshold(1e-4, channels)) / 2
    probe = heard(reaching(between, channels), channels[1])
    assert decider(1e-3).decide(probe, [enrolled(channels[0])]).matched
    assert not decider(1e-4).decide(probe, [enrolled(channels[0])]).matched


def test_each_pair_of_channels_has_its_own_threshold() -> None:
    """What is enough on one channel is not enough on the telephone, where strangers are alike."""
    telephone = ("telephone", "telephone")
    enough = reaching(threshold(1e-4)), reaching(threshold(1e-4, telephone), telephone)
    probe = heard(sum(enough) / 2)
    assert decider().decide(probe, [enrolled()]).matched
    on_telephone = replace(probe, channel="telephone")
    assert not decider().decide(on_telephone, [enrolled("telephone")]).matched


def test_the_trail_says_by_what_and_why() -> None:
    decision = decider(1e-3).decide(heard(0.1, "telephone"), [enrolled()])
    assert decision.basis == f"{CALIBRATION.id}, target 0.001, wide-telephone"
    assert decision.reason == "another voice, or the other channel: enrolled wide, heard telephone"
    assert decider().decide(heard(0.1), [enrolled()]).reason == "another voice"


@pytest.mark.parametrize("value", [math.nan, math.inf, 0.0])
def test_what_is_no_number_never_matches(value: float) -> None:
    probe = replace(heard(1.0), embedding=pack([value] * SIZE))
    decision = decider().decide(probe, [enrolled()])
    assert (decision.matched, decision.score) == (False, None)
    assert not decider().strong(decision)


def test_a_web_worker_that_decides_brings_no_numpy_along() -> None:
    loaded = "import sys; from verifiers.voice import deciding, settings"
    code = (
        f"{loaded}; deciding.made(settings.VoiceSettings.load()); sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_another_engine_is_never_compared() -> None:
    foreign = replace(enrolled(), format="campplus-zh-en-192/1")
    assert decider().decide(heard(1.0), [foreign]).reason == "template of another engine"
    other = replace(heard(1.0), engine="ecapa/1")
    assert decider().decide(other, [enrolled()]).score is None
    assert decider().decide(heard(1.0), []).reason == "no voiceprint"


def test_beyond_doubt_is_beyond_the_strictest_threshold_whatever_the_policy() -> None:
    ratio = threshold(1e-4) + math.log(VoiceSettings.load().strong_ratio)
    for target in (1e-3, 1e-4):
        judge = decider(target)
        just, below = (
            judge.decide(heard(reaching(ratio + by)), [enrolled()]) for by in (0.01, -0.01)
        )
        assert judge.strong(just)
        assert below.matched
        assert not judge.strong(below)


def test_agreement_is_of_single_utterances() -> None:
    line = CALIBRATION.line("wide", "wide", 1)
    enough = (line.point(1e-2).threshold - line.offset) / line.slope
    first = heard(1.0)
    assert decider().agree(first, heard(enough + 0.01))
    assert not decider().agree(first, heard(enough - 0.01))
    assert not decider().agree(first, replace(first, embedding=pack([math.nan] * SIZE)))


def strangers(count: int = 200, top: int = 50) -> Cohort:
    """Make a cohort of random voices."""
    rng = np.random.default_rng(3)
    voices = [
        {
            "channel": channel,
            "mean": b64encode(rng.standard_normal(SIZE).astype("<f4").tobytes()).decode(),
        }
        for channel in CHANNELS
        for _ in range(count)
    ]
    subjects = [hashlib.sha256(b"%d" % number).hexdigest()[:16] for number in range(count)]
    made = {"version": 1, "engine": ENGINE, "top": top, "voices": voices, "subjects": subjects}
    return Cohort.model_validate_json(json.dumps(made))


def with_cohort(folder: Path, monkeypatch: pytest.MonkeyPatch, *, named: bool = True) -> Cohort:
    """Configure a cohort and a calibration that was made with it, or with another."""
    cohort = strangers()
    (folder / "cohort.json").write_text(cohort.model_dump_json())
    calibration = json.loads(SHIPPED.read_text("utf-8"))
    calibration["cohort"] = cohort.fingerprint if named else "0" * 64
    (folder / "own.json").write_text(json.dumps(calibration))
    monkeypatch.setenv("GATEHOUSE_VOICE_COHORT", str(folder / "cohort.json"))
    monkeypatch.setenv("GATEHOUSE_VOICE_CALIBRATION", str(folder / "own.json"))
    return cohort


def test_a_cohort_puts_scores_beside_those_with_strangers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = with_cohort(tmp_path, monkeypatch)
    rng = np.random.default_rng(5)
    one, other = (rng.standard_normal(SIZE).astype("<f4") for _ in range(2))
    above = []
    for voice, channel in ((one, "telephone"), (other, "wide")):
        means = np.array(cohort.means[channel])
        best = np.sort(means @ (voice / np.linalg.norm(voice)))[-cohort.top :]
        cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
        above.append((cosine - best.mean()) / best.std())
    expected = CALIBRATION.line("wide", "telephone", 3).ratio(float(np.mean(above)))
    voiceprint = Voiceprint(b"", one.tobytes(), "wide", 3).protected(SEED)
    template = stored(Template(voiceprint.dump(), ENGINE))
    probe = Utterance(other.tobytes(), ENGINE, "telephone")
    assert decider().decide(probe, [template]).score == pytest.approx(expected, abs=1e-2)


def test_two_hundred_strangers_cost_a_web_worker_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_cohort(tmp_path, monkeypatch)
    judge, probe, template = decider(), heard(0.7), enrolled()
    _, seconds = quickest(lambda: judge.decide(probe, [template]))
    assert seconds < AT_ONCE


def test_a_calibration_made_with_another_cohort_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_cohort(tmp_path, monkeypatch, named=False)
    with pytest.raises(Misconfigured, match="with another cohort"):
        decider()
    monkeypatch.delenv("GATEHOUSE_VOICE_CALIBRATION")
    with pytest.raises(Misconfigured, match="without a cohort"):
        decider()


SMALL = json.loads(strangers(10, 10).model_dump_json())
FIRST = SMALL["voices"][0]


def without_direction(voice: dict[str, str]) -> dict[str, str]:
    return voice | {"mean": b64encode(bytes(4 * SIZE)).decode()}


@pytest.mark.parametrize(
    ("voices", "why"),
    [
        ([], "10 people on each channel"),
        (SMALL["voices"][1:], "10 people on each channel"),
        ([*SMALL["voices"], FIRST | {"mean": "AACAPwAAgD8="}], "differ in size"),
        ([FIRST, *SMALL["voices"]], "equal"),
        ([without_direction(FIRST), *SMALL["voices"]], "no direction"),
        ([FIRST | {"mean": "not Base64"}, *SMALL["voices"]], "as a whole"),
    ],
    ids=["none", "too few", "two sizes", "equal", "no direction", "no numbers"],
)
def test_what_says_nothing_about_strangers_is_no_cohort(
    voices: list[dict[str, str]], why: str, tmp_path: Path
) -> None:
    (tmp_path / "cohort.json").write_text(json.dumps(SMALL | {"voices": voices}))
    with pytest.raises(Misconfigured, match=why) as raised:
        Cohort.load(tmp_path / "cohort.json")
    assert "\n" not in str(raised.value)


def test_what_is_no_cohort_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cohort.json").write_text("{}")
    with pytest.raises(Misconfigured, match=r"the cohort .*cohort\.json is not valid: version"):
        Cohort.load(tmp_path / "cohort.json")
    with pytest.raises(Misconfigured, match=r"the cohort .* cannot be read"):
        Cohort.load(tmp_path)
