"""What a command opens: the settings, the store, the clock; and for which gateway it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from contracts.clock import Clock, SystemClock
from contracts.errors import Misconfigured
from contracts.text import Text
from gateway.admin.actor import user_of_the_system
from gateway.governing import governed
from gateway.opening import open_store
from gateway.settings import Settings, load
from store import Store
from store.acting import acting

ADDRESS = "GATEHOUSE_ADMIN_URL"
HERE = Text(
    "This command is for the gateway of this machine, and GATEHOUSE_ADMIN_URL names %(issuer)s. "
    "Unset it first."
)


@dataclass(frozen=True, slots=True)
class House:
    """Open for the time of one command."""

    settings: Settings
    store: Store
    clock: Clock


@contextmanager
def opened(*, policy: bool = True) -> Iterator[House]:
    """Open the store of this machine's settings, under the policy or not. Raises Misconfigured.

    Whatever is done with it is done in the name of the user of the system who runs the command.
    What is meant for a gateway elsewhere is not done here instead.
    """
    if issuer := elsewhere():
        raise Misconfigured(Text(HERE.message, {"issuer": issuer}))
    settings, clock, actor = load(), SystemClock(), user_of_the_system()
    store = open_store(settings, clock)
    try:
        with acting(actor.id, actor.name, actor.address):
            yield House(governed(settings, store) if policy else settings, store, clock)
    finally:
        store.close()


def elsewhere() -> str:
    """Return the address of the gateway that commands are for, empty for that of this machine."""
    return os.environ.get(ADDRESS, "").rstrip("/")
