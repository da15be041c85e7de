"""Which model files the factors of this installation need."""

from __future__ import annotations

import pkgutil
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

import verifiers
from verifiers.models import Model


@dataclass(frozen=True, slots=True)
class State:
    """One model file as `gatehouse models list` shows it."""

    name: str
    purpose: str
    source: str
    licence: str
    sha256: str
    path: str
    present: bool

    def json(self) -> dict[str, str | bool]:
        """Return the row as plain data."""
        return asdict(self)


def catalogue() -> tuple[Model, ...]:
    """Collect the `MODELS` of every built-in factor."""
    factors = (import_module(f"verifiers.{info.name}") for info in folders())
    return tuple(model for factor in factors for model in getattr(factor, "MODELS", ()))


def folders() -> list[pkgutil.ModuleInfo]:
    """Find the folders of the factors."""
    return [info for info in pkgutil.iter_modules(verifiers.__path__) if info.ispkg]


def listing() -> list[State]:
    """Say of each model file where it lies and whether it is whole."""
    return [state(model) for model in catalogue()]


def state(model: Model) -> State:
    """Describe one model file; its hash is computed anew."""
    return State(
        name=model.name,
        purpose=model.purpose,
        source=model.package.requirement,
        licence=model.licence,
        sha256=model.sha256,
        path=str(Path(model.path)),
        present=model.present(),
    )
