"""Voice: a person speaks, and sounds like the person who enrolled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from contracts.abilities import Attack
from contracts.factor import Answer, Challenge, Enrolled, Kind, Subject, Template, Verdict
from contracts.listening import Followed, SoFar
from contracts.sample import Sample
from contracts.text import Text
from verifiers.voice.adaptation import reverted
from verifiers.voice.basis import basis
from verifiers.voice.calls import Calls
from verifiers.voice.consent import CONSENT
from verifiers.voice.deciding import Decider
from verifiers.voice.enrolling import Enrolling
from verifiers.voice.pad.known import attacks
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import LAYOUTS, Voiceprint
from verifiers.voice.utterance import DECODE
from verifiers.voice.verifying import AMR, KINDS, Verifying


class Voice:
    """Compares a voice with one person's voiceprint, one to one."""

    name = "voice"
    title = Text("Voice")
    kind = Kind.INHERENCE
    amr: tuple[str, ...] = AMR
    many = False
    pick = False
    usernameless = False
    on_the_way = True
    silent = False
    consent = CONSENT
    decodes = DECODE

    def __init__(
        self,
        enrolling: Enrolling,
        verifying: Verifying,
        decider: Decider,
        calls: Calls,
        settings: VoiceSettings,
    ) -> None:
        self.attacks: Sequence[Attack] = attacks(settings)
        self.adapting = settings.adaptation
        self.basis: Mapping[str, str] = basis(settings, decider.calibration)
        self._enrolling = enrolling
        self._verifying = verifying
        self._decider = decider
        self._calls = calls

    def begin_enroll(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for the first utterance."""
        return self._enrolling.begin()

    def continue_enroll(
        self, subject: Subject, secret: bytes, answer: Answer
    ) -> Challenge | Template:
        """Take one recording. Raises Retry where it is poor, repeated or another's voice."""
        return self._enrolling.go_on(secret, answer)

    def protect(self, template: Template, seed: bytes) -> Template:
        """Rotate a voiceprint that was just enrolled."""
        return replace(template, data=Voiceprint.load(template.data).protected(seed).dump())

    def carry(self, template: Template, replaced: Sequence[Enrolled]) -> Template:
        """Let nobody give a recording again because somebody enrolled anew."""
        return self._enrolling.carried(template, replaced)

    def reissue(self, enrolled: Enrolled) -> bytes | None:
        """Rotate a voiceprint anew."""
        if not enrolled.format.endswith(LAYOUTS):
            return None
        return Voiceprint.load(enrolled.template).reissued(enrolled.seed).dump()

    def revert(self, enrolled: Enrolled) -> bytes | None:
        """Forget what was learnt since a voiceprint was enrolled."""
        if not enrolled.format.endswith(LAYOUTS):
            return None
        voiceprint = Voiceprint.load(enrolled.template)
        return reverted(voiceprint).dump() if voiceprint.adapted else None

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for digits that nobody could foresee."""
        return self._verifying.begin(subject)

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        """Judge one recording. Raises Retry where it is too poor."""
        return self._verifying.finish(enrolled, secret, answer)

    def standing(self, secret: bytes) -> Challenge | None:
        """Ask for the same digits while they are good."""
        return self._verifying.standing(secret)

    def renew(self, secret: bytes) -> Challenge:
        """Ask for other digits: those before were for one recording."""
        return self._verifying.renew(secret)

    def hear(
        self, so_far: bytes, enrolled: Sequence[Enrolled], asked: Mapping[str, Any], sample: Sample
    ) -> SoFar:
        """Measure one more segment of a call. Raises Retry where there is no speech in it."""
        return self._calls.hear(so_far, enrolled, asked, sample)

    def conclude(self, enrolled: Sequence[Enrolled], secret: bytes, heard: bytes) -> Verdict:
        """Judge all that was heard in a call as one answer."""
        return self._calls.conclude(enrolled, secret, heard)

    def follow(self, so_far: bytes, enrolled: Sequence[Enrolled], sample: Sample) -> Followed:
        """Tell whether somebody else speaks by now. Raises Retry where there is no speech."""
        return self._calls.follow(so_far, enrolled, sample)

    def claimed(self, answer: Answer) -> str | None:
        """A voice names nobody: comparison is one to one."""
        return None

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        """Return what the right voice yields; templates of another engine yield nothing."""
        if enrolled and not self._decider.comparable(enrolled):
            return Verdict(accepted=False, reason="template of another engine")
        return Verdict(accepted=True, amr=self.amr, kinds=KINDS)
