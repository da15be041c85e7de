"""Voice: a person speaks, and sounds like the person who enrolled.

Nothing is claimed about liveness: a recording or a synthetic voice may pass. What was said is
not recognised either; the phrases only make people speak long enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.errors import BadRequest, Retry
from contracts.factor import (
    Answer,
    Ask,
    Challenge,
    Enrolled,
    Kind,
    Subject,
    Template,
    Verdict,
)
from contracts.sample import Modality
from contracts.text import Text
from verifiers.biometric import Comparison, Encoder, Matcher, comparable, compare
from verifiers.voice import wav
from verifiers.voice.consent import CONSENT
from verifiers.voice.enrolment import UTTERANCES, Enrolment
from verifiers.voice.settings import VoiceSettings

SECONDS = 8
LABEL = "Voiceprint"
ENROL = Text("Record yourself reading the phrase aloud, in your normal voice.")
VERIFY = Text(
    "Record yourself reading the phrase aloud. Your voice is compared with your voiceprint; "
    "whether you are speaking right now is not checked."
)
MISSING = Text("The recording is missing.")
SAME = Text("This recording was used already. Please speak the phrase anew.")
OTHER = Text(
    "This does not sound like the phrase before. The same person must speak all three phrases, "
    "alone and in a quiet place."
)


class Voice:
    """Compares a voice with one person's voiceprint, the mean of three recordings."""

    name = "voice"
    title = Text("Voice")
    kind = Kind.INHERENCE
    amr: tuple[str, ...] = ("vbm",)
    many = False
    pick = False
    usernameless = False
    on_the_way = True
    silent = False
    consent = CONSENT

    def __init__(self, encoder: Encoder, matcher: Matcher, settings: VoiceSettings) -> None:
        self._encoder = encoder
        self._matcher = matcher
        self._settings = settings

    def begin_enroll(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for the first of three phrases."""
        return self._next(Enrolment.begin())

    def continue_enroll(
        self, subject: Subject, secret: bytes, answer: Answer
    ) -> Challenge | Template:
        """Take one recording. Raises Retry where it is poor, repeated or another's voice."""
        enrolment = self._hear(Enrolment.load(secret), recording(answer))
        return self._template(enrolment) if enrolment.complete else self._next(enrolment)

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for one phrase."""
        return Challenge((ask(VERIFY, Enrolment.begin().phrase),))

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        """Compare one recording with the voiceprint. Raises Retry where it is too poor."""
        probe = self._encoder.encode(recording(answer))
        return self._judge(compare(self._matcher, probe, enrolled), enrolled)

    def claimed(self, answer: Answer) -> str | None:
        """A voice names nobody: comparison is one to one."""
        return None

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        """Return what the right voice yields; templates of another engine yield nothing."""
        if enrolled and not comparable(self._matcher, enrolled):
            return Verdict(accepted=False, reason="template of another engine")
        return Verdict(accepted=True, **self._yield())

    def _hear(self, enrolment: Enrolment, data: bytes) -> Enrolment:
        """Add one recording, new and of the same voice as those before."""
        samples = wav.pcm(data)
        if enrolment.heard(samples):
            raise Retry(SAME)
        embedding = self._encoder.encode(data)
        scores = [self._matcher.score(embedding, each) for each in enrolment.embeddings]
        if not all(score >= self._settings.agreement for score in scores):
            raise Retry(OTHER, detail=f"agreement {min(scores):.3f}")
        return enrolment.add(embedding, samples)

    def _next(self, enrolment: Enrolment) -> Challenge:
        return Challenge(
            (ask(ENROL, enrolment.phrase),),
            secret=enrolment.dump(),
            step=enrolment.step,
            steps=UTTERANCES,
        )

    def _template(self, enrolment: Enrolment) -> Template:
        merged = self._matcher.merge(enrolment.embeddings)
        return Template(merged, self._matcher.format, LABEL)

    def _judge(self, best: Comparison, enrolled: Sequence[Enrolled]) -> Verdict:
        if best.reaches(self._settings.threshold):
            return Verdict(True, best.credential_id, best.score, **self._yield())
        if best.score is not None:
            return Verdict(False, best.credential_id, best.score, "another voice")
        reason = "template of another engine" if enrolled else "no voiceprint"
        return Verdict(accepted=False, reason=reason)

    def _yield(self) -> Mapping[str, Any]:
        return {"amr": self.amr, "kinds": frozenset({self.kind})}


def ask(prompt: Text, phrase: str) -> Ask:
    """Ask for one recording of a phrase."""
    return Ask("sample", "voice", prompt, {"phrase": phrase, "seconds": SECONDS})


def recording(answer: Answer) -> bytes:
    """Return the one recording of an answer, its header checked. Raises BadRequest."""
    voices = [each for each in answer.samples if each.modality is Modality.VOICE]
    if len(voices) != 1:
        raise BadRequest(MISSING)
    wav.pcm(voices[0].data)
    return voices[0].data
