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
from verifiers.voice.challenge.timing import unspoken, untimely
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
ATTACK = "presentation attack suspected"
MILLISECONDS_PER_BYTE = 1000 / (wav.RATE * wav.WIDTH)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was heard in one answer: the voice, the words, and how long the recording is."""

    utterance: Utterance
    words: tuple[str, ...]
    milliseconds: float


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

    def renew(self, secret: bytes) -> Challenge:
        """Ask for other digits than before."""
        return self._ask(Prompted.load(secret).anew(self._clock.now()))

    def _ask(self, prompted: Prompted) -> Challenge:
        english = prompted.language == ENGLISH
        options = {
            "digits": prompted.digits,
            "language": prompted.language,
            "lead_ms": self._settings.challenge_onset_ms,
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
            self._in_time(prompted)
            spoken = self.hear(data, prompted.language)
        except Retry:
            if prompted.takes < self._settings.challenge_takes:
                raise
            return Verdict(False, reason=POOR)
        forwarded = any(sample.forwarded for sample in answer.samples)
        return self.judge(enrolled, secret, spoken, forwarded=forwarded)

    def _in_time(self, prompted: Prompted) -> None:
        """Raise Retry for digits that were shown too long ago: nothing is listened to."""
        age = (self._clock.now() - prompted.issued).total_seconds()
        if age > self._settings.challenge_seconds:
            raise Retry(TOO_LATE, reason="too_late", detail=f"{age:.0f} s after it was asked for")

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
        verdict = _verdict(found, reason or found.reason)
        print_, today = spoken.utterance.fingerprint, seen.day(self._clock.now())
        noted = seen.noted(voiceprint, print_, today, self._settings)
        if verdict.accepted and not forwarded:
            noted = self._adaptation.learn(kept, noted, spoken.utterance)
        return replace(verdict, update=noted.dump())

    def _refused(
        self, voiceprint: Voiceprint, prompted: Prompted, spoken: Spoken, *, forwarded: bool
    ) -> str:
        """Say why an answer is refused whoever gave it; nothing where it is not."""
        settings, now, utterance = self._settings, self._clock.now(), spoken.utterance
        if seen.replayed(voiceprint, utterance.fingerprint, seen.day(now), settings):
            return REPLAYED
        if late := untimely(prompted, spoken.milliseconds, now, settings):
            return late
        if odd := unspoken(prompted, utterance.quality, settings, forwarded=forwarded):
            return odd
        if edits(once(spoken.words), prompted.digits) > settings.challenge_edits:
            return OTHER_DIGITS
        return ATTACK if utterance.attack is not None and utterance.attack < 0 else ""


def _verdict(found: Decision, reason: str) -> Verdict:
    """Return what a decision comes to where there is no reason against it."""
    known = (found.credential_id, found.score, reason, found.basis)
    if reason or not found.matched:
        return Verdict(False, *known, forged=reason in FORGED)
    return Verdict(True, *known, amr=AMR, kinds=KINDS)


FORGED = frozenset({REPLAYED, ATTACK})
