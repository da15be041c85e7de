"""Calls: a voice that comes in segments, judged as one answer and followed from then on.

What is kept between segments are embeddings and measures, never a sound.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from contracts.errors import NotAllowed, Retry
from contracts.factor import Answer, Enrolled, Verdict
from contracts.listening import Followed, SoFar
from contracts.sample import Sample
from contracts.text import Text
from verifiers.voice.answers import recording
from verifiers.voice.challenge import seen
from verifiers.voice.challenge.digits import Prompted, once
from verifiers.voice.challenge.edits import edits
from verifiers.voice.deciding import Decider
from verifiers.voice.protection import Transform, new_salt
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import Turn
from verifiers.voice.utterance import Ears, Utterance
from verifiers.voice.vectors import mean, pack, unpack
from verifiers.voice.verifying import Spoken, Verifying

OTHER_VERSION = "a call that another version has begun"
UNCLEAR = Text("The digits could not be understood. Please say them once more, all of them.")
SEGMENTS = 20
"""How many segments an answer has at most, and how many are looked back at."""
KNOWN_AGAIN = 100
"""Segments before the last one whose signal is known again: five minutes of three seconds each."""


@dataclass(frozen=True, slots=True)
class Segments:
    """What was measured of the segments of a call; `low` counts the windows in a row that fell.

    Their embeddings are protected as templates are, by a salt of their own. `prints` are the
    fingerprints of the last of them.
    """

    salt: bytes = field(repr=False)
    heard: tuple[Spoken, ...] = ()
    low: int = 0
    prints: tuple[bytes, ...] = ()

    def dump(self) -> bytes:
        """Write as JSON."""
        heard = [
            [b64encode(one.utterance.dump()).decode(), list(one.words), one.milliseconds]
            for one in self.heard
        ]
        prints = [b64encode(one).decode() for one in self.prints]
        salt = b64encode(self.salt).decode()
        state = {"salt": salt, "heard": heard, "low": self.low, "prints": prints}
        return json.dumps(state).encode()

    @classmethod
    def load(cls, state: bytes) -> Self:
        """Read what `dump` wrote; of nothing, nothing was heard.

        Raises NotAllowed for what another version wrote: the call is over.
        """
        if not state:
            return cls(new_salt())
        try:
            return cls._read(json.loads(state))
        except (LookupError, TypeError, ValueError) as other:
            raise NotAllowed(detail=OTHER_VERSION) from other

    @classmethod
    def _read(cls, found: Mapping[str, Any]) -> Self:
        heard = [
            Spoken(Utterance.load(b64decode(one)), tuple(words), milliseconds)
            for one, words, milliseconds in found["heard"]
        ]
        prints = tuple(map(b64decode, found["prints"]))
        return cls(b64decode(found["salt"]), tuple(heard), found["low"], prints)

    def add(self, spoken: Spoken, seed: bytes) -> Self:
        """Return them with one more, which is protected by the seed of whoever is called.

        Raises NotAllowed where another engine made it: they are not compared.
        """
        if any(one.utterance.engine != spoken.utterance.engine for one in self.heard):
            raise NotAllowed(detail=OTHER_VERSION)
        prints = (*self.prints[-KNOWN_AGAIN:], spoken.utterance.fingerprint)
        kept = _turned(spoken, Transform(seed, self.salt, _dimension(spoken)).apply)
        return replace(self, heard=(*self.heard, kept)[-SEGMENTS:], prints=prints)

    def merged(self, seed: bytes) -> Spoken:
        """Return them as one, not protected any more."""
        one = self._merged()
        return _turned(one, Transform(seed, self.salt, _dimension(one)).undo)

    @property
    def speech(self) -> float:
        """Milliseconds of speech in all of them."""
        return sum(map(_speech, self.heard))

    def last(self, milliseconds: float) -> Self:
        """Return the newest segments that together hold so much speech."""
        kept: list[Spoken] = []
        for one in reversed(self.heard):
            if sum(map(_speech, kept)) >= milliseconds:
                break
            kept.insert(0, one)
        return replace(self, heard=tuple(kept))

    def _merged(self) -> Spoken:
        """Return them as one: what says most about the voice is the mean, weighted by speech.

        The channel and the fingerprint are those of the segment with the most speech, the sign of
        an attack is the worst of all: the lowest. Each segment, or part of one, is a part.
        """
        utterances = [one.utterance for one in self.heard]
        vectors = [unpack(each.embedding) for each in utterances]
        weights = [_speech(one) for one in self.heard]
        most = max(self.heard, key=_speech)
        attacks = [each.attack for each in utterances if each.attack is not None]
        utterance = replace(
            most.utterance,
            embedding=pack(mean(vectors, weights)),
            quality={**most.utterance.quality, "speech_ms": sum(weights)},
            attack=min(attacks, default=None),
            parts=tuple(part for one in utterances for part in one.parts or (one.embedding,)),
        )
        words = tuple(word for one in self.heard for word in one.words)
        others = tuple(each.fingerprint for each in utterances if each is not most.utterance)
        return Spoken(utterance, words, sum(one.milliseconds for one in self.heard), others)


class Calls:
    """Hears the segments of calls."""

    def __init__(
        self, ears: Ears, verifying: Verifying, decider: Decider, settings: VoiceSettings
    ) -> None:
        self._ears = ears
        self._verifying = verifying
        self._decider = decider
        self._settings = settings

    def hear(
        self, so_far: bytes, enrolled: Sequence[Enrolled], asked: Mapping[str, Any], sample: Sample
    ) -> SoFar:
        """Measure one more segment. Raises Retry where there is no speech in it but of digits.

        It is enough once the digits were said, or too much was for that to become true. Raises
        NotAllowed where no voiceprint, or not all that was heard, is of one version.
        """
        self._comparable(enrolled)
        spoken = self._verifying.hear(_recording(sample), str(asked["language"]))
        self._of_digits(spoken)
        segments = Segments.load(so_far).add(spoken, _seed(enrolled))
        if self._repeated(segments):
            raise Retry(UNCLEAR, reason="repeated")
        said = once(word for one in segments.heard for word in one.words)
        most = self._settings.challenge_edits
        right = edits(said, asked["digits"]) <= most and len(said) >= len(asked["digits"])
        over = len(said) > len(asked["digits"]) + most or len(segments.heard) == SEGMENTS
        enough = right and segments.speech >= self._settings.min_speech_ms
        return SoFar(segments.dump(), enough or over)

    def conclude(self, enrolled: Sequence[Enrolled], secret: bytes, heard: bytes) -> Verdict:
        """Judge all that was heard as one answer. Raises Retry where the digits are too old."""
        self._verifying.in_time(Prompted.load(secret))
        spoken = Segments.load(heard).merged(_seed(enrolled))
        return self._verifying.judge(enrolled, secret, spoken, forwarded=True)

    def follow(self, so_far: bytes, enrolled: Sequence[Enrolled], sample: Sample) -> Followed:
        """Compare the last of what was said. Raises Retry where it cannot be compared.

        What sounds like an attack, or was heard in this call before, is as another's voice. Raises
        NotAllowed where no voiceprint, or not all that was heard, is of one version.
        """
        self._comparable(enrolled)
        utterance = self._ears.listen(_recording(sample))
        before = Segments.load(so_far)
        seed = _seed(enrolled)
        window = before.add(Spoken(utterance, (), 0), seed).last(self._settings.call_window_ms)
        if window.speech < self._settings.call_window_ms:
            return Followed(window.dump())
        suspect = (utterance.attack or 0.0) < 0 or self._repeated(window)
        score = self._decider.decide(window.merged(seed).utterance, enrolled).score
        fell = suspect or score is None or score < self._settings.call_change
        low = before.low + 1 if fell else 0
        return Followed(replace(window, low=low).dump(), low >= self._settings.call_windows)

    def _comparable(self, enrolled: Sequence[Enrolled]) -> None:
        """Raise NotAllowed where nothing is there to compare with: that is nobody's change."""
        if not self._decider.comparable(enrolled):
            raise NotAllowed(detail="no voiceprint of this version")

    def _of_digits(self, spoken: Spoken) -> None:
        """Raise Retry for more digits than anybody can say, and for speech of something else.

        What holds few digits and much speech would decide whose voice it is without the digits.
        """
        speech, count = _speech(spoken), len(spoken.words)
        least, most = self._settings.challenge_digit_ms, self._settings.challenge_digit_most_ms
        if not count * least <= speech <= count * most:
            raise Retry(UNCLEAR, reason="unclear", detail=f"{count} digits in {speech:.0f} ms")

    def _repeated(self, segments: Segments) -> bool:
        """Tell whether the last segment is the signal of one before."""
        *before, last = segments.prints
        return seen.among(last, before, self._settings)


def _recording(sample: Sample) -> bytes:
    return recording(Answer(samples=[sample]))


def _speech(spoken: Spoken) -> float:
    return float(spoken.utterance.quality.get("speech_ms", 0.0))


def _seed(enrolled: Sequence[Enrolled]) -> bytes:
    """Return what protects the templates of whoever is called: one for all of a factor's."""
    return enrolled[0].seed


def _dimension(spoken: Spoken) -> int:
    return len(unpack(spoken.utterance.embedding))


def _turned(spoken: Spoken, turn: Turn) -> Spoken:
    utterance = spoken.utterance
    whole, *parts = (pack(turn(unpack(e))) for e in (utterance.embedding, *utterance.parts))
    return replace(spoken, utterance=replace(utterance, embedding=whole, parts=tuple(parts)))
