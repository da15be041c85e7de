"""The engines that make embeddings of voices, all behind one port.

An engine is one file here, with `load`, and one entry in `manifest.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from contracts.errors import Misconfigured
from verifiers.models import PULL, recorded
from verifiers.voice.engines.manifest import Pinned, entries

if TYPE_CHECKING:
    from verifiers.voice.arrays import Floats

DEFAULT = "campplus"
VERSION = 3
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
    format: str
    dimension: int


def known() -> tuple[str, ...]:
    """Return the names of all engines, whether their files are here or not."""
    return tuple(entries())


def described(name: str) -> Described:
    """Say what an engine makes. Raises Misconfigured where its file was not pulled yet.

    What an operator's own checkpoint makes is in the record that was written with its file.
    """
    entry = entries()[name]
    if isinstance(entry, Pinned):
        return Described(name, _format(entry), entry.dimension)
    record = recorded(entry.file, f"{PULL} {name}")
    return Described(name, f"{record['template']}/{VERSION}", int(record["dimension"]))


def _format(entry: Pinned) -> str:
    return f"{entry.template}/{VERSION}"


def correction(format: str) -> Path | None:
    """Return the file that telephone embeddings of this format are corrected by, if any."""
    for entry in entries().values():
        if isinstance(entry, Pinned) and entry.correction and _format(entry) == format:
            return Path(__file__).with_name(entry.correction)
    return None


def load(name: str) -> Engine:
    """Load an engine's network, in a process of the inference pool. Raises Misconfigured."""
    if name not in entries():
        raise Misconfigured(detail=f"there is no voice engine {name}, but {', '.join(known())}")
    engine: Engine = import_module(f"{__name__}.{name}").load()
    return engine
