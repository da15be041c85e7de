"""How a voiceprint follows its owner: slowly, never far, and back again when asked to.

What was enrolled stays beside what successes have made of it, and nobody is led astray by small
steps: whatever is learnt from must be beyond doubt by what was enrolled, not by what was learnt.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from contracts.factor import Enrolled
from verifiers.voice.deciding import Decider
from verifiers.voice.protection import Transform
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import Voiceprint
from verifiers.voice.utterance import Utterance
from verifiers.voice.vectors import cosine, mean, pack, scaled, unpack


class Adaptation:
    """Learns from successes, where the operator has switched it on."""

    def __init__(self, decider: Decider, settings: VoiceSettings) -> None:
        self._decider = decider
        self._on = settings.adaptation
        self._weight = settings.adaptation_weight
        self._nearest = settings.adaptation_cosine

    def learn(self, enrolled: Enrolled, voiceprint: Voiceprint, probe: Utterance) -> Voiceprint:
        """Return the voiceprint moved towards an utterance, or as it is.

        The utterance has said the words it was asked for and no attack was found in it; where
        nobody looks for attacks, nothing is learnt. It is learnt from where it came over the
        channel of the voiceprint and is by far of the voice that was enrolled.
        """
        if not self._on or probe.attack is None or probe.channel != voiceprint.channel:
            return voiceprint
        plain = replace(enrolled, template=reverted(voiceprint).dump())
        if not self._decider.strong(self._decider.decide(probe, [plain])):
            return voiceprint
        return self.moved(voiceprint, enrolled.seed, unpack(probe.embedding))

    def moved(self, voiceprint: Voiceprint, seed: bytes, embedding: Sequence[float]) -> Voiceprint:
        """Move a voiceprint towards an embedding, in its own domain and within its bound."""
        mine = Transform(seed, voiceprint.salt, len(embedding)).apply(embedding)
        held = unpack(voiceprint.current)
        towards = mean([held, mine], [1 - self._weight, self._weight])
        near = within(unpack(voiceprint.mean), towards, self._nearest)
        return replace(voiceprint, adapted=pack(near))


def reverted(voiceprint: Voiceprint) -> Voiceprint:
    """Return what was enrolled, with nothing learnt."""
    return replace(voiceprint, adapted=None)


def within(centre: Sequence[float], vector: Sequence[float], nearest: float) -> list[float]:
    """Return the unit vector next to one whose cosine with a centre is `nearest` or more."""
    towards = scaled(vector)
    if cosine(centre, towards) >= nearest:
        return towards
    axis = scaled(centre)
    along = cosine(centre, towards)
    across = scaled([value - along * base for value, base in zip(towards, axis, strict=True)])
    aside = math.sqrt(1 - nearest * nearest)
    pairs = zip(axis, across, strict=True)
    return [nearest * base + aside * value for base, value in pairs]
