"""What decides about voices, by name: the calibration and every limit as it is set."""

from __future__ import annotations

from verifiers.voice.calibration import Calibration
from verifiers.voice.settings import VoiceSettings

ELSEWHERE = {"calibration", "cohort", "aasist", "recognisers", "enabled"}
"""Where files lie, which says nothing of what is in them: they are named by their digests."""


def basis(settings: VoiceSettings, calibration: Calibration) -> dict[str, str]:
    """Return names and values; whatever changes a decision changes one of them."""
    limits = settings.model_dump(mode="json", exclude=ELSEWHERE)
    named = {"calibration": calibration.id, "cohort": calibration.cohort or ""}
    return {name: str(value) for name, value in (named | limits).items()}
