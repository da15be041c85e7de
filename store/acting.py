"""In whose name something is done: noted with every event of the trail, however deep it is written.

An operator's act goes through services that know nothing of operators; a parameter through all of
them could be forgotten in one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Acting:
    """An operator: an account's id or `system:` with a user id, a name, an address."""

    id: str
    name: str
    address: str


_ACTING: ContextVar[Acting | None] = ContextVar("acting", default=None)


@contextmanager
def acting(actor_id: str, name: str, address: str) -> Iterator[None]:
    """Do what follows in the name of an operator."""
    token = _ACTING.set(Acting(actor_id, name, address))
    try:
        yield
    finally:
        _ACTING.reset(token)


def who() -> Acting | None:
    """Return in whose name something is done; None where people act for themselves."""
    return _ACTING.get()
