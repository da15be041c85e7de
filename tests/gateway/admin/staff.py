"""People who run a house, as they are when they can come in."""

from __future__ import annotations

from itertools import count

from gateway.admin.actor import Actor
from gateway.admin.roles import Role
from tests.gateway.account.test_guard import passkey
from tests.gateway.conftest import House

NUMBERS = count()
ROOT = Actor("system:0", "root (0)", Role.ADMIN)


def give_passkey(house: House, account_id: str) -> str:
    """Let a person have one more passkey; return the id of the credential."""
    with house.store.write() as tx:
        return tx.credentials.add(account_id, "webauthn", passkey(next(NUMBERS)))


def able(house: House, username: str, role: Role) -> Actor:
    """Make an operator who can come in."""
    with house.store.write() as tx:
        account = tx.accounts.add(username, f"{username}@example.org")
        tx.operators.grant(account.id, role, ROOT.id)
    give_passkey(house, account.id)
    return Actor(account.id, username, role, "203.0.113.9")


def events(house: House) -> list[str]:
    """Name what happened, the newest first."""
    with house.store.read() as tx:
        return [record.event for record in tx.audit.list(50)]
