"""Voice: a voiceprint by CAM++, compared one to one; no liveness is claimed."""

from __future__ import annotations

from importlib.util import find_spec

from contracts.factor import Factor, Workshop
from contracts.inference import Job
from verifiers.voice.encoding import JOB, PooledEncoder
from verifiers.voice.factor import Voice
from verifiers.voice.matcher import CosineMatcher
from verifiers.voice.models import MODELS
from verifiers.voice.settings import VoiceSettings

ORDER = 50
SETTINGS = VoiceSettings

__all__ = ["JOBS", "MODELS", "ORDER", "SETTINGS", "build"]


def build(workshop: Workshop) -> Factor | None:
    """Make the factor; None where it is switched off or the voice extra is not installed."""
    settings = VoiceSettings.load()
    if not settings.enabled or find_spec("onnxruntime") is None:
        return None
    return Voice(PooledEncoder(workshop.infer), CosineMatcher(), settings)


def load() -> Job:
    """Load the networks, in a process of the inference pool."""
    from verifiers.voice.job import load as load_job  # noqa: PLC0415  # brings numpy along

    return load_job()


JOBS = {JOB: load}
