"""What people log in with: which there are, never what is in them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from contracts.abilities import Protecting
from contracts.errors import BadRequest
from contracts.text import Text
from enrollment.service import Enroller
from gateway.account.service import make_account_service
from gateway.admin import veil
from gateway.admin.actor import Actor
from gateway.admin.calls.person import Id, Who, account
from gateway.admin.operation import Model, Nothing, operation
from gateway.admin.rank import check_rank
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from store import Credential

UNKNOWN = Text("This person has no such way to log in.")
OPERATOR = "operator"
"""Where a change comes from that its person did not make."""


class Held(Model):
    """One way to log in; an address in its label is masked.

    Of what is `protected` the template can be protected anew.
    """

    id: str
    factor: str
    title: str
    label: str
    created_at: datetime
    last_used_at: datetime | None
    last_used_from: str
    disabled_at: datetime | None
    expires_at: datetime | None
    virtual: bool
    failures: int
    protected: bool


class Holdings(Model):
    """What a person logs in with, the oldest first."""

    factors: list[Held]


class Removal(Who):
    """Which way to log in is removed."""

    factor: Id = Field(description="`id` of the factor")
    end_sessions: bool = Field(False, description="Log the person out everywhere, too")


class Factors:
    """What can be done with the factors of people."""

    def __init__(self, tools: Tools) -> None:
        self._store, self._known = tools.store, tools.known_factors
        changed = tools.changes.made
        self._accounts = make_account_service(tools.store, tools.clock, tools.factors, changed)

    @operation("GET", "/people/{person}/factors")
    def list(self, actor: Actor, who: Who) -> Holdings:
        """List what a person logs in with."""
        with self._store.read() as tx:
            account(tx, who.person)
            held = tx.credentials.list(who.person)
        return Holdings(factors=[self._held(actor, each) for each in held])

    @operation("DELETE", "/people/{person}/factors/{factor}", roles=at_least(Role.OPERATOR))
    def remove(self, actor: Actor, removal: Removal) -> Nothing:
        """Remove a way to log in, never the last; the person is told."""
        check_rank(self._store, actor, removal.person, "factors.remove")
        with self._store.read() as tx:
            held = {each.id for each in tx.credentials.list(removal.person)}
        if removal.factor not in held:
            raise BadRequest(UNKNOWN)
        # Without a session of its own: `alone` leaves none.
        who = Enroller(removal.person, "", OPERATOR)
        self._accounts.remove(who, removal.factor, alone=removal.end_sessions)
        return Nothing()

    def _held(self, actor: Actor, found: Credential) -> Held:
        factor = self._known.get(found.factor)
        return Held(
            id=found.id,
            factor=found.factor,
            title=str(factor.title) if factor else found.factor,
            label=found.label,
            created_at=found.created_at,
            last_used_at=found.last_used_at,
            last_used_from=veil.source(actor, found.last_used_from),
            disabled_at=found.disabled_at,
            expires_at=found.expires_at,
            virtual=found.virtual,
            failures=found.failures,
            protected=isinstance(factor, Protecting),
        )
