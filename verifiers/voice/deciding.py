"""Whether two voices are one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from contracts.factor import Enrolled
from verifiers.biometric import Comparison, Matcher, comparable, compare
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import Utterance


class Decider(Protocol):
    """What says whether an utterance is by the person who enrolled."""

    def comparable(self, enrolled: Sequence[Enrolled]) -> Sequence[Enrolled]:
        """Leave out what another engine made."""
        ...

    def agree(self, one: Utterance, other: Utterance) -> bool:
        """Tell whether two utterances of one enrolment are by one person."""
        ...

    def decide(self, probe: Utterance, enrolled: Sequence[Enrolled]) -> tuple[bool, Comparison]:
        """Compare, and say whether that is enough."""
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
        score = self._matcher.score(one.embedding, other.embedding)
        return score >= self._settings.agreement

    def decide(self, probe: Utterance, enrolled: Sequence[Enrolled]) -> tuple[bool, Comparison]:
        """Compare, and say whether that is enough."""
        best = compare(self._matcher, probe.embedding, enrolled)
        return best.reaches(self._settings.threshold), best
