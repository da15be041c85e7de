"""Through which channels, rooms and microphones presentations are heard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from gateway.evaluation.arrays import Real
from gateway.evaluation.attacks.injection import coded
from gateway.evaluation.attacks.presentation import BONA_FIDE, Presentation, generator
from gateway.evaluation.conditions import CONDITIONS, Condition, conditions, unclipped
from verifiers.voice.audio.speech import Speech
from verifiers.voice.audio.wav import RATE

CLEAN = "clean"
ALWAYS = ("telephone",)
"""What bona fide speech is heard through in any case: a detector must not take a line for a lie."""
OTHERS = {BONA_FIDE: 2}
LEAST_MS = 1_000


def microphone(waveform: Real, rng: np.random.Generator) -> Real:
    """Record with another microphone: an uneven response that ends at 6 to 8 kHz."""
    frequency = np.maximum(np.fft.rfftfreq(waveform.size, 1 / RATE), 1)
    octaves, points = np.linspace(0, 7, 10), rng.normal(0, 3, 10)
    gain = 10 ** (np.interp(np.log2(frequency / 60), octaves, points) / 20)
    gain /= np.sqrt(1 + (frequency / rng.uniform(6_000, 8_000)) ** 12)
    heard = np.fft.irfft(np.fft.rfft(waveform) * gain, waveform.size)
    return unclipped(heard.astype(np.float32))


def ways(voices: Sequence[Real]) -> Mapping[str, Condition]:
    """Return everything a presentation may be heard through; these voices make the babble."""
    found = {**conditions(voices), "message": coded, "microphone": microphone}
    return {name: way for name, way in found.items() if name in USED}


USED = (*(name for name in CONDITIONS if name != "band"), "babble", "message", "microphone")


class Hearing:
    """Hears a presentation cleanly, and through some ways that its name draws by lot."""

    def __init__(self, speech: Speech, voices: Sequence[Real]) -> None:
        self._speech = speech
        self._ways = ways(voices)

    def __call__(self, presented: Presentation) -> Iterator[tuple[str, Real]]:
        """Return condition and speech, from first to last, each time there is enough of it."""
        for name in (CLEAN, *self._drawn(presented)):
            rng = generator("condition", name, presented.species, presented.name)
            heard = self._speech.hear(self._ways[name](presented.waveform, rng))
            if heard.milliseconds >= LEAST_MS:
                yield name, heard.waveform

    def _drawn(self, presented: Presentation) -> tuple[str, ...]:
        bona_fide = presented.species == BONA_FIDE
        always = ALWAYS if bona_fide else ()
        left = [name for name in self._ways if name not in (CLEAN, *always)]
        order = generator("conditions", presented.species, presented.name).permutation(len(left))
        return (*always, *(left[each] for each in order[: OTHERS.get(presented.species, 1)]))
