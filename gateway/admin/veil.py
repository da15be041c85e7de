"""What whoever may only look is not shown in full: where people are reached, and where they are."""

from __future__ import annotations

from gateway.admin.actor import Actor
from gateway.admin.roles import Role

HIDDEN = "•••"


def email(actor: Actor, address: str | None) -> str | None:
    """Return an address for e-mail, for a viewer what its owner would recognise."""
    if address is None or actor.role is not Role.VIEWER:
        return address
    mailbox, _, domain = address.rpartition("@")
    return f"{mailbox[:1]}{HIDDEN}@{domain}"


def source(actor: Actor, address: str | None) -> str:
    """Return an address of the network, for a viewer none."""
    return "" if actor.role is Role.VIEWER else address or ""
