"""How somebody is verified: they say digits that nobody could foresee, and it is judged who did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contracts.clock import Clock
from contracts.errors import Retry
from contracts.factor import Answer, Ask, Challenge, Enrolled, Kind, Subject, Verdict
from contracts.text import Text
from verifiers.voice.adaptation import Adaptation
from verifiers.voice.answers import recording
from verifiers.voice.audio import wav
from verifiers.voice.challenge import seen
from verifiers.voice.challenge.digits import ENGLISH, Prompted, once
from verifiers.voice.challenge.edits import edits
from verifiers.voice.challenge.timing import OLDER, older, unspoken
from verifiers.voice.deciding import Decider, Decision
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import Voiceprint
from verifiers.voice.utterance import Ears, Utterance

AMR = ("vbm",)
KINDS = frozenset({Kind.INHERENCE})
PROMPT = Text(
    "Say the digits as they appear, one after the other. Your voice is compared with your "
    "voiceprint."
)
IN_ENGLISH = Text(
    "Say the digits in English as they appear, one after the other. Your voice is compared with "
    "your voiceprint."
)
TOO_LATE = Text("That took too long. Please say the digits that are shown now.")
POOR = "too many recordings that could not be judged"
REPLAYED = "a recording that was given before"
OTHER_DIGITS = "other digits than were asked for"
SECOND_VOICE = "another voice in a part of it"
ATTACK = "presentation attack suspected"
MILLISECONDS_PER_BYTE = 1000 / (wav.RATE * wav.WIDTH)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was heard in one answer: the voice, the words, and how long the recording is.

    `others` are the fingerprints of further recordings that it came in.
    """

    utterance: Utterance
    words: tuple[str, ...]
    milliseconds: float
    others: tuple[bytes, ...] = ()

    @property
    def prints(self) -> tuple[bytes, ...]:
        """The fingerprints of all the recordings that it came in."""
        return self.utterance.fingerprint, *self.others


class Verifying:
    """Asks for digits and judges how they were said, and by whom."""

    def __init__(
        self,
        ears: Ears,
        decider: Decider,
        adaptation: Adaptation,
        clock: Clock,
        settings: VoiceSettings,
    ) -> None:
        self._ears = ears
        self._decider = decider
        self._adaptation = adaptation
        self._clock = clock
        self._settings = settings

    def begin(self, subject: Subject | None) -> Challenge:
        """Ask for digits, in the person's language where something recognises it."""
        spoken = subject.language.partition("-")[0].lower() if subject else ""
        language = spoken if spoken in self._settings.folders else ENGLISH
        count = self._settings.challenge_digits
        return self._ask(Prompted.begin(count, language, self._clock.now()))

    def standing(self, secret: bytes) -> Challenge | None:
        """Ask for the same digits while they are good; None afterwards."""
        prompted = Prompted.load(secret)
        return self._ask(prompted) if self._left(prompted) > 0 else None

    def renew(self, secret: bytes) -> Challenge:
        """Ask for other digits than before."""
        return self._ask(Prompted.load(secret).anew(self._clock.now()))

    def _ask(self, prompted: Prompted) -> Challenge:
        english = prompted.language == ENGLISH
        options = {
            "digits": prompted.digits,
            "language": prompted.language,
            "lead_ms": self._settings.challenge_onset_ms,
            "seconds": self._left(prompted),
            "limits": self._settings.hints,
        }
        return Challenge(
            (Ask("sample", "voice", IN_ENGLISH if english else PROMPT, options),),
            secret=prompted.dump(),
        )

    def finish(self, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer) -> Verdict:
        """Judge one recording. Raises Retry where it is too poor, some few times."""
        prompted, data = Prompted.load(secret), recording(answer)
        try:
            self.in_time(prompted)
            spoken = self.hear(data, prompted.language)
        except Retry:
            if prompted.takes < self._settings.challenge_takes:
                raise
            return Verdict(False, reason=POOR)
        forwarded = any(sample.forwarded for sample in answer.samples)
        return self.judge(enrolled, secret, spoken, forwarded=forwarded)

    def in_time(self, prompted: Prompted) -> None:
        """Raise Retry for digits that were shown too long ago: nothing is listened to."""
        if (left := self._left(prompted)) < 0:
            raise Retry(TOO_LATE, reason="too_late", detail=f"{-left:.0f} s too late")

    def _left(self, prompted: Prompted) -> float:
        """Return for how many seconds digits can still be said."""
        age = (self._clock.now() - prompted.issued).total_seconds()
        return self._settings.challenge_seconds - age

    def hear(self, data: bytes, language: str) -> Spoken:
        """Measure one recording and recognise its digits. Raises Retry, BadRequest, Unavailable."""
        utterance = self._ears.listen(data)
        words = self._ears.words(data, language)
        return Spoken(utterance, words, len(wav.pcm(data)) * MILLISECONDS_PER_BYTE)

    def judge(
        self, enrolled: Sequence[Enrolled], secret: bytes, spoken: Spoken, *, forwarded: bool
    ) -> Verdict:
        """Say whether the right digits were said, now, and by the voice that was enrolled.

        What was given is remembered, whatever comes of it. `forwarded`, somebody else recorded it.
        """
        found = self._decider.decide(spoken.utterance, enrolled)
        kept = next((each for each in enrolled if each.credential_id == found.credential_id), None)
        if kept is None:
            return _verdict(found, found.reason)
        voiceprint = Voiceprint.load(kept.template)
        reason = self._refused(voiceprint, Prompted.load(secret), spoken, forwarded=forwarded)
        reason = reason or self._interrupted(kept, spoken.utterance)
        verdict = _verdict(found, reason or found.reason)
        noted, today = voiceprint, seen.day(self._clock.now())
        for each in spoken.prints:
            noted = seen.noted(noted, each, today, self._settings)
        if verdict.accepted and not forwarded:
            noted = self._adaptation.learn(kept, noted, spoken.utterance)
        return replace(verdict, update=noted.dump())

    def _refused(
        self, voiceprint: Voiceprint, prompted: Prompted, spoken: Spoken, *, forwarded: bool
    ) -> str:
        """Say why an answer is refused whoever gave it; nothing where it is not."""
        settings, now, utterance = self._settings, self._clock.now(), spoken.utterance
        today = seen.day(now)
        if any(seen.replayed(voiceprint, each, today, settings) for each in spoken.prints):
            return REPLAYED
        if older(prompted, spoken.milliseconds, now):
            return OLDER
        if odd := unspoken(prompted, utterance.quality, settings, forwarded=forwarded):
            return odd
        if edits(once(spoken.words), prompted.digits) > settings.challenge_edits:
            return OTHER_DIGITS
        return ATTACK if utterance.attack is not None and utterance.attack < 0 else ""

    def _interrupted(self, enrolled: Enrolled, utterance: Utterance) -> str:
        """Say so where a part is another's: the voice is to be that of whoever said the digits."""
        for part in utterance.parts:
            score = self._decider.decide(replace(utterance, embedding=part), [enrolled]).score
            if score is None or score < self._settings.challenge_part:
                return SECOND_VOICE
        return ""


def _verdict(found: Decision, reason: str) -> Verdict:
    """Return what a decision comes to where there is no reason against it."""
    known = (found.credential_id, found.score, reason, found.basis)
    if reason or not found.matched:
        return Verdict(False, *known, forged=reason in FORGED)
    return Verdict(True, *known, amr=AMR, kinds=KINDS)


FORGED = frozenset({REPLAYED, ATTACK})
