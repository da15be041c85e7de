"""The species of attacks, in the order of how they are shown."""

from __future__ import annotations

from gateway.evaluation.attacks import conversion, injection, replay, synthesis
from gateway.evaluation.attacks.neural import Kokoro, Piper
from gateway.evaluation.attacks.presentation import Species
from gateway.evaluation.attacks.splicing import Splicing

SPECIES: tuple[Species, ...] = (
    synthesis.ESPEAK,
    synthesis.DIPHONE,
    synthesis.STATISTICAL,
    Piper(),
    Kokoro(),
    conversion.LPC,
    conversion.MEL,
    conversion.SHIFT,
    replay.PHONE,
    replay.GOOD,
    injection.FILE,
    injection.MESSAGE,
    Splicing(),
)
