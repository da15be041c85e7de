"""Which model files the factors of this installation need."""

from __future__ import annotations

import pkgutil
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

import verifiers
from contracts.errors import Misconfigured
from verifiers.models import Exported, Model, recorded


@dataclass(frozen=True, slots=True)
class State:
    """One model file as `gatehouse models list` shows it."""

    name: str
    purpose: str
    source: str
    licence: str
    sha256: str
    path: str
    card: str
    present: bool

    def json(self) -> dict[str, str | bool]:
        """Return the row as plain data."""
        return asdict(self)


def catalogue() -> tuple[Model, ...]:
    """Collect the `MODELS` of every built-in factor: what is pulled unless something is named."""
    return tuple(model for factor in factors() for model in getattr(factor, "MODELS", ()))


def exports() -> tuple[Exported, ...]:
    """Collect the `EXPORTS` of every built-in factor: what is made here, each when it is named."""
    return tuple(model for factor in factors() for model in getattr(factor, "EXPORTS", ()))


def factors() -> list[ModuleType]:
    """Import the folders of the factors."""
    return [import_module(f"verifiers.{info.name}") for info in folders()]


def folders() -> list[pkgutil.ModuleInfo]:
    """Find the folders of the factors."""
    return [info for info in pkgutil.iter_modules(verifiers.__path__) if info.ispkg]


def exported(key: str) -> Exported:
    """Find what is made here by its key. Raises Misconfigured."""
    found = {each.key: each for each in exports()}
    if key not in found:
        raise Misconfigured(detail=f"there is no model {key}, but {', '.join(found)}")
    return found[key]


def listing() -> list[State]:
    """Say of each model file where it lies and whether it is whole."""
    return [*map(state, catalogue()), *map(made, exports())]


def state(model: Model) -> State:
    """Describe one model file; its hash is computed anew."""
    return State(
        name=model.name,
        purpose=model.purpose,
        source=model.package.requirement,
        licence=model.licence,
        sha256=model.sha256,
        path=str(Path(model.path)),
        card=model.card,
        present=model.present(),
    )


def made(model: Exported) -> State:
    """Describe one file that is made here; its hash is whatever was recorded of it."""
    present = model.present()
    record = recorded(model.name, model.command) if present else {}
    return State(
        name=model.name,
        purpose=model.purpose,
        source=str(record.get("source", model.hub.name)),
        licence=str(record.get("licence", model.licence)),
        sha256=str(record.get("sha256", "")),
        path=str(model.path),
        card=model.card,
        present=present,
    )
