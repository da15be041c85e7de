"""Voice: a voiceprint, compared one to one."""

from __future__ import annotations

from importlib.util import find_spec

from contracts.clock import Clock
from contracts.factor import Factor, Workshop
from contracts.inference import Job
from verifiers.voice.adaptation import Adaptation
from verifiers.voice.calibration import STRICTEST
from verifiers.voice.calls import Calls
from verifiers.voice.deciding import made
from verifiers.voice.enrolling import Enrolling
from verifiers.voice.factor import Voice
from verifiers.voice.models import EXPORTS, MODELS
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import ALONE, DECODE, LISTEN, RECOGNISE, Ears, PooledEars
from verifiers.voice.verifying import Verifying

ORDER = 50
SETTINGS = VoiceSettings

__all__ = ["EXPORTS", "JOBS", "MODELS", "ORDER", "SETTINGS", "assemble", "build"]


def build(workshop: Workshop) -> Factor | None:
    """Make the factor; None where it is switched off or the voice extra is not installed."""
    settings = VoiceSettings.load()
    if not settings.enabled or find_spec("onnxruntime") is None:
        return None
    ears = PooledEars(workshop.infer)
    return assemble(ears, settings, workshop.clock, workshop.target_fmr)


def assemble(
    ears: Ears, settings: VoiceSettings, clock: Clock, target_fmr: float = STRICTEST
) -> Voice:
    """Put the factor together from its parts. Raises Misconfigured."""
    decider = made(settings, target_fmr)
    learning = Adaptation(decider, settings)
    verifying = Verifying(ears, decider, learning, clock, settings)
    enrolling = Enrolling(ears, decider, settings, clock)
    calls = Calls(ears, verifying, decider, settings)
    return Voice(enrolling, verifying, decider, calls, settings)


def listen() -> Job:
    """Load the networks, in a process of the inference pool."""
    from verifiers.voice.job import load  # noqa: PLC0415  # brings numpy along

    return load()


def alone() -> Job:
    """Load the same networks, in a process of the inference pool."""
    from verifiers.voice.job import load_alone  # noqa: PLC0415  # brings numpy along

    return load_alone()


def recognise() -> Job:
    """Load the recognisers of digits, in a process of the inference pool."""
    from verifiers.voice.challenge.recogniser import load  # noqa: PLC0415  # brings numpy along

    return load()


def decode() -> Job:
    """Load the libraries that decode foreign recordings, in a process of the inference pool."""
    from verifiers.voice.audio.decode import load  # noqa: PLC0415  # brings FFmpeg's along

    return load()


JOBS = {LISTEN: listen, ALONE: alone, RECOGNISE: recognise, DECODE: decode}
