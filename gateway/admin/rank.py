"""Whoever runs the house is looked after by admins alone: a role is no ladder to a higher one."""

from __future__ import annotations

from contracts.errors import NotAllowed
from contracts.text import Text
from gateway.admin.actor import Actor
from gateway.admin.roles import Role
from store import Store

RANKED = Text("This person has a role here: only an admin can do this.")


def check_rank(store: Store, actor: Actor, person: str, operation: str) -> None:
    """Raise NotAllowed, and leave a trace, where somebody with a role is a matter for admins."""
    if actor.role is Role.ADMIN or not ranked(store, person):
        return
    with store.write() as tx:
        detail = {"operation": operation, "role": actor.role}
        tx.audit.add("admin.refused", account_id=person, detail=detail)
    raise NotAllowed(RANKED, detail=f"{actor.role} asked for {operation} of an operator")


def ranked(store: Store, person: str) -> bool:
    """Tell whether a person has a role."""
    with store.read() as tx:
        return tx.operators.get(person) is not None
