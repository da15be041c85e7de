"""A person, as every operation about people names and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.admin import veil
from gateway.admin.actor import Actor
from gateway.admin.operation import Model
from store import Account, Transaction

UNKNOWN = Text("There is no such person.")

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
PersonId = Annotated[Id, Field(description="Id of the account")]


class Who(Model):
    """One person."""

    person: PersonId


class Person(Model):
    """A person, as a list shows them; whoever may only look sees no whole address."""

    id: str
    username: str
    email: str | None
    created_at: datetime
    disabled_at: datetime | None
    erase_at: datetime | None


def account(tx: Transaction, person: str) -> Account:
    """Return the account of a person. Raises BadRequest where there is none."""
    found = tx.accounts.get(person)
    if found is None:
        raise BadRequest(UNKNOWN)
    return found


def shown(actor: Actor, found: Account) -> Person:
    """Return what an actor sees of a person."""
    return Person(
        id=found.id,
        username=found.username,
        email=veil.email(actor, found.email),
        created_at=found.created_at,
        disabled_at=found.disabled_at,
        erase_at=found.erase_at,
    )
