"""People: looked for, looked at, kept out and let in again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.admin.actor import Actor
from gateway.admin.operation import Model, Paged, operation
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from store import Account, Transaction
from store.events import Event

UNKNOWN = Text("There is no such person.")

PersonId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="Id of the account")]


class Search(Paged):
    """Which people."""

    username: str = Field("", max_length=255, description="Those whose username holds this")
    disabled: bool | None = Field(None, description="Those who are kept out, or those who are not")


class Who(Model):
    """One person."""

    person: PersonId


class Person(Model):
    """A person, as a list shows them."""

    id: str
    username: str
    email: str | None
    created_at: datetime
    disabled_at: datetime | None
    erase_at: datetime | None


class Found(Model):
    """Some people; `next` begins the next page, empty where there is none."""

    people: list[Person]
    next: str


class People:
    """What can be done with people."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store

    @operation("GET", "/people")
    def list(self, actor: Actor, search: Search) -> Found:
        """List people by username, a page at a time."""
        with self._store.read() as tx:
            found = tx.accounts.search(
                search.username,
                disabled=search.disabled,
                after=search.after,
                limit=search.limit + 1,
            )
        people = [_person(account) for account in found[: search.limit]]
        more = len(found) > search.limit
        return Found(people=people, next=people[-1].username if more else "")

    @operation("GET", "/people/{person}")
    def get(self, actor: Actor, who: Who) -> Person:
        """Look at one person."""
        with self._store.read() as tx:
            return _person(account(tx, who.person))

    @operation("POST", "/people/{person}/disable", roles=at_least(Role.OPERATOR))
    def disable(self, actor: Actor, who: Who) -> Person:
        """Keep a person out: sessions end, tokens are not refreshed, nothing is deleted."""
        return self._set(who.person, disabled=True)

    @operation("POST", "/people/{person}/enable", roles=at_least(Role.OPERATOR))
    def enable(self, actor: Actor, who: Who) -> Person:
        """Let a person in again."""
        return self._set(who.person, disabled=False)

    def _set(self, person: str, *, disabled: bool) -> Person:
        event = Event.ACCOUNT_DISABLED if disabled else Event.ACCOUNT_ENABLED
        with self._store.write() as tx:
            account(tx, person)
            tx.accounts.set_disabled(person, disabled)
            tx.audit.add(event, account_id=person)
            tx.events.happened(event, person)
            return _person(account(tx, person))


def account(tx: Transaction, person: str) -> Account:
    """Return the account of a person. Raises BadRequest where there is none."""
    found = tx.accounts.get(person)
    if found is None:
        raise BadRequest(UNKNOWN)
    return found


def _person(found: Account) -> Person:
    return Person(
        id=found.id,
        username=found.username,
        email=found.email,
        created_at=found.created_at,
        disabled_at=found.disabled_at,
        erase_at=found.erase_at,
    )
