"""How a voiceprint comes about: several utterances of one voice become one template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contracts.clock import Clock
from contracts.errors import NotEnrolled, Retry
from contracts.factor import Answer, Ask, Challenge, Enrolled, Template
from contracts.text import Text
from verifiers.voice import vectors
from verifiers.voice.answers import recording
from verifiers.voice.challenge import seen
from verifiers.voice.deciding import Decider
from verifiers.voice.enrolment import Enrolment, of_one_voice
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import LAYOUTS, Seen, Voiceprint
from verifiers.voice.utterance import Ears, Utterance
from verifiers.voice.vectors import pack, unpack
from verifiers.voice.weighing import weight

SECONDS = 8
LABEL = "Voiceprint"
PROMPT = Text("Record yourself reading the phrase aloud, in your normal voice.")
SAME = Text("This recording was used already. Please speak the phrase anew.")
OTHER = Text(
    "One recording does not sound like the others. The same person must speak all phrases, alone "
    "and in a quiet place. Please speak one more."
)
CHANNEL = Text(
    "One recording came over another kind of line than the others. Please use the same microphone "
    "or telephone for all of them, the one you will log in with, and speak one more phrase."
)
NOT_ENROLLED = Text(
    "Your recordings do not sound enough alike to make a voiceprint of them. Nothing was stored. "
    "You can begin again in a quieter place or with another microphone, or log in in another way."
)


class Enrolling:
    """Asks for utterances and makes the template."""

    def __init__(self, ears: Ears, decider: Decider, settings: VoiceSettings, clock: Clock) -> None:
        self._ears = ears
        self._decider = decider
        self._settings = settings
        self._clock = clock
        self._needed = settings.enrolment_utterances
        self._extra = settings.enrolment_extra

    def begin(self) -> Challenge:
        """Ask for the first phrase."""
        return self._next(Enrolment.begin(self._needed + self._extra), 0)

    def go_on(self, secret: bytes, answer: Answer) -> Challenge | Template:
        """Take one recording; a voice or a channel that does not fit is asked for again.

        Raises Retry where it is poor or repeated, NotEnrolled where too many did not fit.
        """
        before = Enrolment.load(secret)
        after = self._hear(before, recording(answer))
        kept = of_one_voice(after.utterances, self._decider.agree)
        if len(kept) == self._needed:
            return self._template(kept, after)
        if after.over:
            raise NotEnrolled(
                NOT_ENROLLED, reason="no_agreement", detail=f"{len(kept)} of {self._needed} agree"
            )
        grown = len(kept) > len(of_one_voice(before.utterances, self._decider.agree))
        return self._next(after, len(kept), None if grown else _why(after))

    def _hear(self, enrolment: Enrolment, data: bytes) -> Enrolment:
        """Add one recording that is new."""
        utterance = self._ears.listen(data)
        if any(self._repeated(utterance, before) for before in enrolment.utterances):
            raise Retry(SAME, reason="repeated")
        self._ears.alone(data)
        return enrolment.add(utterance)

    def _repeated(self, one: Utterance, other: Utterance) -> bool:
        return seen.alike(one.fingerprint, other.fingerprint, self._settings)

    def _template(self, kept: Sequence[Utterance], enrolment: Enrolment) -> Template:
        """Make the template; none of its recordings can be given again to log in."""
        today = seen.day(self._clock.now())
        given = tuple(Seen(each.fingerprint, today) for each in enrolment.utterances)
        return Template(replace(merged(kept), seen=given).dump(), kept[0].engine, LABEL)

    def carried(self, template: Template, replaced: Sequence[Enrolled]) -> Template:
        """Return a new voiceprint that knows the recordings of those it replaces, of any engine."""
        voiceprint, today = Voiceprint.load(template.data), seen.day(self._clock.now())
        before = (each.template for each in replaced if each.format.endswith(LAYOUTS))
        known = [each for data in before for each in Voiceprint.load(data).seen]
        return replace(template, data=seen.joined(voiceprint, known, today, self._settings).dump())

    def _next(self, enrolment: Enrolment, kept: int, error: Text | None = None) -> Challenge:
        limits = self._settings.hints
        options = {"phrase": enrolment.phrase, "seconds": SECONDS, "limits": limits}
        return Challenge(
            (Ask("sample", "voice", PROMPT, options),),
            secret=enrolment.dump(),
            step=kept + 1,
            steps=self._needed,
            error=error,
        )


def _why(enrolment: Enrolment) -> Text:
    channels = {each.channel for each in enrolment.utterances}
    return CHANNEL if len(channels) > 1 else OTHER


def merged(kept: Sequence[Utterance]) -> Voiceprint:
    """Return the mean of the utterances, the better ones counting more; not yet protected."""
    embeddings = [unpack(each.embedding) for each in kept]
    mean = vectors.mean(embeddings, [weight(each.quality) for each in kept])
    return Voiceprint(b"", pack(mean), kept[0].channel, len(kept))
