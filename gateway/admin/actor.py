"""Who acts: an operator who is logged in, or a user of the system who runs a command."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from gateway.admin.roles import Role

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in what role and from where.

    `id` is the account of a person, and `system:` with the user id for a user of the system.
    """

    id: str
    name: str
    role: Role
    address: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def account_id(self) -> str | None:
        """The account of a person; a user of the system has none."""
        return None if self.id.startswith(f"{SYSTEM}:") else self.id


def user_of_the_system() -> Actor:
    """Return who runs this process; nothing they type can say otherwise.

    Whoever reads the key file and writes to the database needs no role, and has all.
    """
    uid = os.getuid()
    return Actor(f"{SYSTEM}:{uid}", _user(uid), Role.ADMIN)


def name_of(actor_id: str, usernames: Mapping[str, str]) -> str:
    """Name an actor by their id: a person, or a user of the system as this machine knows them."""
    kind, _, uid = actor_id.partition(":")
    if kind == SYSTEM and uid.isdecimal():
        return _user(int(uid))
    return usernames.get(actor_id, actor_id)


def _user(uid: int) -> str:
    name = "?"
    with suppress(KeyError, OverflowError):  # a user without a name, as in a container
        name = pwd.getpwuid(uid).pw_name
    return f"{name} ({uid})"
