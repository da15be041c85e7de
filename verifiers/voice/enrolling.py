"""How a voiceprint comes about: several utterances of one voice become one template."""

from __future__ import annotations

from contracts.errors import Retry
from contracts.factor import Answer, Ask, Challenge, Template
from contracts.text import Text
from verifiers.biometric import Matcher
from verifiers.voice.answers import recording
from verifiers.voice.audio import wav
from verifiers.voice.deciding import Decider
from verifiers.voice.enrolment import UTTERANCES, Enrolment
from verifiers.voice.template import Voiceprint
from verifiers.voice.utterance import Ears, Utterance

SECONDS = 8
LABEL = "Voiceprint"
PROMPT = Text("Record yourself reading the phrase aloud, in your normal voice.")
SAME = Text("This recording was used already. Please speak the phrase anew.")
OTHER = Text(
    "This does not sound like the phrase before. The same person must speak all three phrases, "
    "alone and in a quiet place."
)


class Enrolling:
    """Asks for utterances and makes the template."""

    def __init__(self, ears: Ears, decider: Decider, matcher: Matcher) -> None:
        self._ears = ears
        self._decider = decider
        self._matcher = matcher

    def begin(self) -> Challenge:
        """Ask for the first of three phrases."""
        return _next(Enrolment.begin())

    def go_on(self, secret: bytes, answer: Answer) -> Challenge | Template:
        """Take one recording. Raises Retry where it is poor, repeated or another's voice."""
        enrolment = self._hear(Enrolment.load(secret), recording(answer))
        return self._template(enrolment) if enrolment.complete else _next(enrolment)

    def _hear(self, enrolment: Enrolment, data: bytes) -> Enrolment:
        """Add one recording, new and of the same voice as those before."""
        samples = wav.pcm(data)
        if enrolment.heard(samples):
            raise Retry(SAME)
        utterance = self._ears.listen(data)
        before = [Utterance(each, utterance.engine) for each in enrolment.embeddings]
        if not all(self._decider.agree(utterance, each) for each in before):
            raise Retry(OTHER, detail="no agreement")
        return enrolment.add(utterance.embedding, samples)

    def _template(self, enrolment: Enrolment) -> Template:
        count = len(enrolment.embeddings)
        merged = self._matcher.merge(enrolment.embeddings, [1.0] * count)
        voiceprint = Voiceprint(b"", merged, "wide", count)
        return Template(voiceprint.dump(), self._matcher.format, LABEL)


def _next(enrolment: Enrolment) -> Challenge:
    options = {"phrase": enrolment.phrase, "seconds": SECONDS}
    return Challenge(
        (Ask("sample", "voice", PROMPT, options),),
        secret=enrolment.dump(),
        step=enrolment.step,
        steps=UTTERANCES,
    )
