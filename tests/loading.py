"""Each example is a program of its own: it is imported from its folder, and forgotten again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

EXAMPLES = Path(__file__).parents[1] / "examples"


@contextmanager
def example(folder: str, name: str) -> Iterator[ModuleType]:
    """Import a module of an example, which finds its neighbours as it does when it runs."""
    place, before = str(EXAMPLES / folder), set(sys.modules)
    sys.path.insert(0, place)
    try:
        yield import_module(name)
    finally:
        sys.path.remove(place)
        for module in set(sys.modules) - before:
            if (getattr(sys.modules[module], "__file__", None) or "").startswith(place):
                del sys.modules[module]
