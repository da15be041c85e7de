"""Voice: a person speaks, and sounds like the person who enrolled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contracts.factor import Answer, Challenge, Enrolled, Kind, Subject, Template, Verdict
from contracts.text import Text
from verifiers.voice.consent import CONSENT
from verifiers.voice.deciding import Decider
from verifiers.voice.enrolling import Enrolling
from verifiers.voice.template import Voiceprint
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

    def __init__(self, enrolling: Enrolling, verifying: Verifying, decider: Decider) -> None:
        self._enrolling = enrolling
        self._verifying = verifying
        self._decider = decider

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

    def reissue(self, template: bytes, seed: bytes) -> bytes:
        """Rotate a voiceprint anew."""
        return Voiceprint.load(template).reissued(seed).dump()

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for one utterance."""
        return self._verifying.begin()

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        """Judge one recording. Raises Retry where it is too poor."""
        return self._verifying.finish(enrolled, secret, answer)

    def claimed(self, answer: Answer) -> str | None:
        """A voice names nobody: comparison is one to one."""
        return None

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        """Return what the right voice yields; templates of another engine yield nothing."""
        if enrolled and not self._decider.comparable(enrolled):
            return Verdict(accepted=False, reason="template of another engine")
        return Verdict(accepted=True, amr=self.amr, kinds=KINDS)
