"""Whether two voices are one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from contracts.factor import Enrolled
from verifiers.biometric import Matcher, comparable, compare
from verifiers.voice.matcher import alike
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import Utterance


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a comparison; only `matched` is ever told to whoever spoke.

    `score` is the natural logarithm of the likelihood ratio, None where nothing could be compared;
    `reason` says why there is no match, `basis` by what it was judged.
    """

    matched: bool
    credential_id: str | None = None
    score: float | None = None
    reason: str = ""
    basis: str = ""


class Decider(Protocol):
    """What says whether an utterance is by the person who enrolled."""

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


class Cosines:
    """Decides by the cosine alone."""

    def __init__(self, matcher: Matcher, settings: VoiceSettings) -> None:
        self._matcher = matcher
        self._settings = settings

    def comparable(self, enrolled: Sequence[Enrolled]) -> Sequence[Enrolled]:
        """Leave out what another engine made."""
        return comparable(self._matcher, enrolled)

    def agree(self, one: Utterance, other: Utterance) -> bool:
        """Tell whether two utterances of one enrolment are by one person."""
        return alike(one.embedding, other.embedding) >= self._settings.agreement

    def decide(self, probe: Utterance, enrolled: Sequence[Enrolled]) -> Decision:
        """Compare, and say whether that is enough."""
        best = compare(self._matcher, probe.embedding, enrolled)
        if best.score is None:
            return Decision(
                False, reason="template of another engine" if enrolled else "no voiceprint"
            )
        right = best.reaches(self._settings.threshold)
        return Decision(right, best.credential_id, best.score, "" if right else "another voice")

    def strong(self, decision: Decision) -> bool:  # noqa: ARG002 - a cosine never is
        """Tell whether a match is beyond doubt: so far above the threshold that it may teach."""
        return False
