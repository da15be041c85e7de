"""Presentation attack detection (ISO/IEC 30107-3): is this a person, here and now?"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from verifiers.voice.arrays import Floats
    from verifiers.voice.settings import VoiceSettings

log = logging.getLogger("gatehouse.voice")


class Detector(Protocol):
    """What tells people from attacks.

    `threshold` is the least score of what counts as bona fide.
    """

    threshold: float

    def score(self, waveform: Floats) -> float:
        """Return how much rather a person than an attack speaks: higher is likelier a person.

        The waveform (samples,) in [-1, 1] at 16 kHz goes from the first to the last speech. The
        scale is that of a natural logarithm of a likelihood ratio.
        """
        ...


class Detectors:
    """All detectors of an installation: each of them must take a recording for bona fide."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = tuple(detectors)

    def margin(self, waveform: Floats) -> float | None:
        """Return by how much the strictest detector accepts, below 0 rejects; None without any."""
        scores = (each.score(waveform) - each.threshold for each in self._detectors)
        return min(scores, default=None)


def load(settings: VoiceSettings) -> Detectors:
    """Load the detectors that the settings ask for, in a process of the pool.

    Raises Misconfigured where a file is missing or another than was named.
    """
    from verifiers.voice.pad.aasist import Aasist  # noqa: PLC0415  # brings numpy along
    from verifiers.voice.pad.shipped import Shipped  # noqa: PLC0415  # brings numpy along

    if not settings.pad:
        log.warning("presentation attack detection is switched off for voice")
        return Detectors(())
    own: list[Detector] = [Shipped.load(settings.pad_threshold)]
    if settings.aasist and settings.aasist_threshold is not None:
        own.append(Aasist.load(settings.aasist, settings.aasist_sha256, settings.aasist_threshold))
        rates = f"BPCER {settings.aasist_bpcer}, worst APCER {settings.aasist_apcer}"
        log.info("%s detects attacks as well; as its operator measured: %s", settings.aasist, rates)
    return Detectors(own)
