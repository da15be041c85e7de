"""How commands ask for operations: here as the user of the system who runs them, or elsewhere.

Where GATEHOUSE_ADMIN_URL names a gateway, they are asked of it, as whoever has logged in there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from gateway.admin.actor import user_of_the_system
from gateway.admin.opened import open_desk
from gateway.admin.operation import MOST
from gateway.cli.house import elsewhere, opened

Given = dict[str, Any]
Ask = Callable[..., Given]


@contextmanager
def asking(*, policy: bool = True) -> Iterator[Ask]:
    """Give what asks for an operation by its name, with what it takes, and returns what it gives.

    Under the policy, or not: a policy that does not hold must not be in the way of the next.
    Raises Misconfigured.
    """
    if issuer := elsewhere():
        from gateway.cli import remote  # noqa: PLC0415 - most commands run where the gateway does

        yield lambda operation, /, **taken: remote.ask(issuer, operation, taken)
        return
    actor = user_of_the_system()
    with opened(policy=policy) as house:
        desk = open_desk(house.settings, house.store, house.clock)

        def ask(operation: str, /, **taken: object) -> Given:
            return desk.call(actor, operation, taken).model_dump()

        yield ask


def every(ask: Ask, name: str, member: str, **taken: object) -> Iterator[Given]:
    """Yield all that a list has under `member`, asking for a page after the other."""
    page = ask(name, limit=MOST, **taken)
    yield from page[member]
    while page["next"]:
        page = ask(name, limit=MOST, after=page["next"], **taken)
        yield from page[member]
