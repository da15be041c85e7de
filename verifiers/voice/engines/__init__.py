"""The engines that make embeddings of voices, all behind one port.

An engine is one file here, with `load`, and one entry in `manifest.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from contracts.errors import Misconfigured
from verifiers.models import PULL, recorded

if TYPE_CHECKING:
    from verifiers.voice.audio.speech import Floats

DEFAULT = "campplus"
VERSION = 2
"""Of what templates hold of an embedding; whoever changes that raises it, and people enrol anew."""


class Engine(Protocol):
    """A network that turns speech into an embedding. Not for use by several threads at a time.

    `format` names the engine and its version, and goes with every template: what another made is
    never compared. `dimension` is how many numbers an embedding has.
    """

    format: str
    dimension: int

    def embed(self, waveform: Floats) -> Floats:
        """Return the embedding (dimension,) of speech (samples,) in [-1, 1] at 16 kHz."""
        ...


@dataclass(frozen=True, slots=True)
class Described:
    """What is known of an engine before it is loaded, in processes that never load one."""

    name: str
    title: str
    format: str
    dimension: int
    licence: str
    card: str


@cache
def manifest() -> Mapping[str, Mapping[str, Any]]:
    """Read which engines there are."""
    file = Path(__file__).with_name("manifest.json")
    entries: dict[str, dict[str, Any]] = json.loads(file.read_text("utf-8"))
    return entries


def known() -> tuple[str, ...]:
    """Return the names of all engines, whether their files are here or not."""
    return tuple(manifest())


def described(name: str) -> Described:
    """Say what an engine makes. Raises Misconfigured where its file was not pulled yet.

    What an operator's own checkpoint makes is in the record that was written with its file.
    """
    entry = manifest()[name]
    made = entry if "template" in entry else recorded(entry["file"], f"{PULL} {name}")
    return Described(
        name=name,
        title=entry["title"],
        format=f"{made['template']}/{VERSION}",
        dimension=int(made["dimension"]),
        licence=entry["licence"],
        card=entry["card"],
    )


def load(name: str) -> Engine:
    """Load an engine's network, in a process of the inference pool. Raises Misconfigured."""
    if name not in manifest():
        raise Misconfigured(detail=f"there is no voice engine {name}, but {', '.join(known())}")
    engine: Engine = import_module(f"{__name__}.{name}").load()
    return engine
