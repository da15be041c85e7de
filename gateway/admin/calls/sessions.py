"""Where people are logged in."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.account.service import Place, make_account_service
from gateway.admin import veil
from gateway.admin.actor import Actor
from gateway.admin.calls.person import Id, Who, account
from gateway.admin.operation import Model, Nothing, operation
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools

UNKNOWN = Text("This person has no such session, or it has ended.")


class Session(Model):
    """A browser in which a person is logged in, and the applications that this let in."""

    id: str
    device: str
    address: str
    created_at: datetime
    last_used_at: datetime
    let_in: list[str]


class Places(Model):
    """Where a person is logged in, the last used first."""

    sessions: list[Session]


class Ending(Who):
    """Which session ends."""

    session: Id = Field(description="`id` of the session")


class Sessions:
    """What can be done with the sessions of people."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        changed = tools.changes.made
        self._accounts = make_account_service(tools.store, tools.clock, tools.factors, changed)

    @operation("GET", "/people/{person}/sessions")
    def list(self, actor: Actor, who: Who) -> Places:
        """List where a person is logged in."""
        with self._store.read() as tx:
            account(tx, who.person)
        places = self._accounts.places(who.person, "")
        return Places(sessions=[_session(actor, place) for place in places])

    @operation("DELETE", "/people/{person}/sessions/{session}", roles=at_least(Role.HELPDESK))
    def end(self, actor: Actor, ending: Ending) -> Nothing:
        """End one session of a person; what it let in is told."""
        with self._store.read() as tx:
            there = {session.sid for session in tx.sessions.list(ending.person)}
        if ending.session not in there:
            raise BadRequest(UNKNOWN)
        self._accounts.end_session(ending.person, ending.session)
        return Nothing()

    @operation("DELETE", "/people/{person}/sessions", roles=at_least(Role.HELPDESK))
    def end_all(self, actor: Actor, who: Who) -> Nothing:
        """Log a person out everywhere; their grants and logins under way end too."""
        with self._store.read() as tx:
            account(tx, who.person)
        self._accounts.end_sessions(who.person)
        return Nothing()


def _session(actor: Actor, place: Place) -> Session:
    return Session(
        id=place.sid,
        device=str(place.device),
        address=veil.source(actor, place.address),
        created_at=place.created_at,
        last_used_at=place.last_used_at,
        let_in=[*place.let_in],
    )
