"""Finds the factors: the folders of this package, and strangers by entry point."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module, metadata
from types import ModuleType

from pydantic_settings import BaseSettings

import verifiers
from contracts.abilities import Consented
from contracts.errors import Misconfigured
from contracts.factor import Factor, Kind, Workshop
from contracts.inference import Loader
from contracts.text import Text

GROUP = "gatehouse.factors"
LAST = 1_000
"""Where a factor without an `ORDER` stands: behind all that have one, by name."""

MEMBERS = {*Factor.__annotations__, *(name for name in vars(Factor) if not name.startswith("_"))}


@dataclass(frozen=True, slots=True)
class _Source:
    """A module that makes a factor, and the name of its `build`."""

    name: str
    module: ModuleType
    attribute: str

    @property
    def rank(self) -> tuple[int, str]:
        """Return the place among the factors."""
        return getattr(self.module, "ORDER", LAST), self.name


def load(workshop: Workshop) -> dict[str, Factor]:
    """Build every factor that is available, in order. Raises Misconfigured naming a broken one."""
    built = ((source, _build(source, workshop)) for source in _sources())
    return {source.name: factor for source, factor in built if factor is not None}


def jobs() -> dict[str, Loader]:
    """Return the inference jobs of all factors; nothing heavy is imported before one is loaded."""
    found: dict[str, Loader] = {}
    for source in _sources():
        for name, loader in getattr(source.module, "JOBS", {}).items():
            if name in found:
                raise _broken(source.name, f"there is another inference job named {name}")
            found[name] = loader
    return found


def pooled() -> set[str]:
    """Name the factors that have jobs in the inference pool."""
    return {source.name for source in _sources() if getattr(source.module, "JOBS", None)}


def names() -> list[str]:
    """Name every factor, available or not, in order."""
    return [source.name for source in _sources()]


def settings() -> list[type[BaseSettings]]:
    """Return the settings class of every factor that has one, in order."""
    modules = (source.module for source in _sources())
    return [module.SETTINGS for module in modules if hasattr(module, "SETTINGS")]


def _sources() -> Sequence[_Source]:
    """List who makes factors. Raises Misconfigured where two have one name."""
    found: dict[str, _Source] = {}
    for source in (*_built_in(), *_strangers()):
        if source.name in found:
            raise _broken(source.name, "there is another factor of this name")
        found[source.name] = source
    return sorted(found.values(), key=lambda source: source.rank)


def _built_in() -> Iterator[_Source]:
    for folder in pkgutil.iter_modules(verifiers.__path__, "verifiers."):
        name = folder.name.rpartition(".")[2]
        if folder.ispkg and hasattr(module := _import(name, folder.name), "build"):
            yield _Source(name, module, "build")


def _strangers() -> Iterator[_Source]:
    for point in metadata.entry_points(group=GROUP):
        yield _Source(point.name, _import(point.name, point.module), point.attr)


def _import(name: str, module: str) -> ModuleType:
    try:
        return import_module(module)
    except Exception as error:  # the code is a stranger's: it can raise anything
        raise _broken(name, repr(error)) from error


def _build(source: _Source, workshop: Workshop) -> Factor | None:
    try:
        factor: Factor | None = getattr(source.module, source.attribute)(workshop)
    except Misconfigured as error:
        raise _broken(source.name, str(error.public)) from error
    except Exception as error:  # as above
        raise _broken(source.name, repr(error)) from error
    if factor is not None:
        _check(source.name, factor)
    return factor


def _check(name: str, factor: Factor) -> None:
    """Raise Misconfigured where an object is not a whole factor of this name."""
    if missing := sorted(member for member in MEMBERS if not hasattr(factor, member)):
        raise _broken(name, f"it lacks {', '.join(missing)}")
    if factor.name != name:
        raise _broken(name, f"it calls itself {factor.name}")
    if factor.kind is Kind.INHERENCE and not isinstance(factor, Consented):
        raise _broken(name, "it measures people and asks for no consent")


def _broken(name: str, why: str) -> Misconfigured:
    text = Text("The factor %(name)s cannot be loaded: %(why)s.", {"name": name, "why": why})
    return Misconfigured(text, detail=str(text))
