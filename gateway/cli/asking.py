"""How commands ask for operations: as the user of the system who runs them, on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from gateway.admin.actor import user_of_the_system
from gateway.admin.opened import open_desk
from gateway.cli.house import opened

Given = dict[str, Any]
Ask = Callable[..., Given]


@contextmanager
def asking(*, policy: bool = True) -> Iterator[Ask]:
    """Give what asks for an operation by its name, with what it takes, and returns what it gives.

    Under the policy, or not: a policy that does not hold must not be in the way of the next.
    Raises Misconfigured.
    """
    actor = user_of_the_system()
    with opened(policy=policy) as house:
        desk = open_desk(house.settings, house.store, house.clock)
        yield lambda name, **taken: desk.call(actor, name, taken).model_dump()
