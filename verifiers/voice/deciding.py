"""Whether two voices are one: likelihood ratios, and the thresholds that the policy asks for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from contracts.factor import Enrolled
from verifiers.voice import correction, engines, vectors
from verifiers.voice.calibration import AGREEMENT, SHIPPED, STRICTEST, Calibration
from verifiers.voice.matcher import alike, cosine
from verifiers.voice.normalisation import Cohort
from verifiers.voice.protection import Transform
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.strict import misfit
from verifiers.voice.template import Voiceprint
from verifiers.voice.utterance import Utterance
from verifiers.voice.vectors import unpack


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a comparison; only `matched` is ever told to whoever spoke.

    `score` is the natural logarithm of the likelihood ratio, None where nothing could be compared;
    `beyond` is how far it lies above the strictest threshold. `reason` says why there is no match,
    `basis` by which calibration it was judged, for which rate and between which channels.
    """

    matched: bool
    credential_id: str | None = None
    score: float | None = None
    reason: str = ""
    basis: str = ""
    beyond: float = -math.inf


class Decider(Protocol):
    """What says whether an utterance is by the person who enrolled."""

    calibration: Calibration

    def comparable(self, enrolled: Sequence[Enrolled]) -> Sequence[Enrolled]:
        """Leave out what another engine made."""
        ...

    def agree(self, one: Utterance, other: Utterance) -> bool:
        """Tell whether two utterances of one enrolment are by one person."""
        ...

    def decide(self, probe: Utterance, enrolled: Sequence[Enrolled]) -> Decision:
        """Compare, and say whether that is enough."""
        ...

    def strong(self, decision: Decision) -> bool:
        """Tell whether a match is beyond doubt: so far above the threshold that it may teach."""
        ...


class Ratios:
    """Decides by the likelihood ratio of two channels' voices, at the target of the policy."""

    def __init__(
        self, calibration: Calibration, target: float, stronger: float, cohort: Cohort | None = None
    ) -> None:
        self.calibration = calibration
        self._target = target
        self._stronger = math.log(stronger)
        self._cohort = cohort

    def comparable(self, enrolled: Sequence[Enrolled]) -> Sequence[Enrolled]:
        """Leave out what another engine made."""
        return [each for each in enrolled if each.format == self.calibration.engine]

    def agree(self, one: Utterance, other: Utterance) -> bool:
        """Tell whether two utterances of one enrolment are by one person."""
        score = alike(one.embedding, other.embedding)
        if self._cohort:
            voices = [(unpack(each.embedding), each.channel) for each in (one, other)]
            score = self._cohort.normalised(score, voices[0], voices[1])
        line = self.calibration.line(one.channel, other.channel, 1)
        return line.ratio(score) >= line.point(AGREEMENT).threshold

    def decide(self, probe: Utterance, enrolled: Sequence[Enrolled]) -> Decision:
        """Compare, and say whether that is enough."""
        found = [self._compared(probe, each) for each in self.comparable(enrolled)]
        if not found or probe.engine != self.calibration.engine:
            return Decision(False, reason=ELSEWHERE if enrolled else NOTHING)
        return max(found, key=lambda each: each.beyond)

    def strong(self, decision: Decision) -> bool:
        """Tell whether a match is beyond doubt: so far above the threshold that it may teach."""
        return decision.matched and decision.beyond >= self._stronger

    def _compared(self, probe: Utterance, enrolled: Enrolled) -> Decision:
        """Compare one utterance with one voiceprint; a score that is no number never matches."""
        voiceprint = Voiceprint.load(enrolled.template)
        channels = (voiceprint.channel, probe.channel)
        line = self.calibration.line(*channels, voiceprint.utterances)
        score = line.ratio(self._score(probe, enrolled, voiceprint))
        if not math.isfinite(score):
            return Decision(False, enrolled.credential_id, reason=ANOTHER)
        matched = score >= line.point(self._target).threshold
        reason = "" if matched else _why(*channels)
        beyond = score - line.point(STRICTEST).threshold
        basis = f"{self.calibration.id}, target {self._target:g}, {'-'.join(channels)}"
        return Decision(matched, enrolled.credential_id, score, reason, basis, beyond)

    def _score(self, probe: Utterance, enrolled: Enrolled, voiceprint: Voiceprint) -> float:
        """Return the cosine, or what the cohort makes of it."""
        if not self._cohort:
            return cosine(probe.embedding, enrolled)
        kept, mine = unpack(voiceprint.current), unpack(probe.embedding)
        raw = Transform(enrolled.seed, voiceprint.salt, len(kept)).undo(kept)
        score = vectors.cosine(mine, raw)
        return self._cohort.normalised(score, (mine, probe.channel), (raw, voiceprint.channel))


NOTHING = "no voiceprint"
ELSEWHERE = "template of another engine"
ANOTHER = "another voice"


def _why(enrolled: str, heard: str) -> str:
    if enrolled == heard:
        return ANOTHER
    return f"{ANOTHER}, or the other channel: enrolled {enrolled}, heard {heard}"


def made(settings: VoiceSettings, target: float = STRICTEST) -> Ratios:
    """Read what is decided by. Raises Misconfigured: files that do not belong together."""
    path = settings.calibration or SHIPPED
    calibration = Calibration.load(path)
    engine = engines.described(settings.engine).format
    if calibration.engine != engine:
        raise misfit(f"the calibration {path} is for {calibration.engine}, not {engine}: {MAKE}")
    known = correction.of(engine)
    if calibration.correction != (known.fingerprint if known else None):
        raise misfit(f"the calibration {path} was made with another correction: {MAKE}")
    cohort = _cohort(settings, engine)
    if calibration.cohort != (cohort.fingerprint if cohort else None):
        raise misfit(f"the calibration {path} was made {WITH[calibration.cohort is None]}: {MAKE}")
    return Ratios(calibration, target, settings.strong_ratio, cohort)


def _cohort(settings: VoiceSettings, engine: str) -> Cohort | None:
    if settings.cohort is None:
        return None
    cohort = Cohort.load(settings.cohort)
    if cohort.engine != engine:
        raise misfit(f"the cohort {settings.cohort} is of {cohort.engine}, not of {engine}")
    return cohort


MAKE = "make one with gatehouse evaluate calibrate, and name it in GATEHOUSE_VOICE_CALIBRATION"
WITH = {True: "without a cohort", False: "with another cohort than GATEHOUSE_VOICE_COHORT"}
