"""One-time tickets, by which people enrol at a kiosk or at home."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from enrollment.tickets import Tickets as Office
from gateway.admin.actor import Actor
from gateway.admin.calls.person import Who, account
from gateway.admin.operation import Model, operation
from gateway.admin.rank import check_rank
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools


class Ticket(Model):
    """A ticket; it is shown this one time."""

    ticket: str = Field(repr=False)
    valid_until: datetime


class Tickets:
    """What can be done with tickets."""

    def __init__(self, tools: Tools) -> None:
        self._store, self._clock = tools.store, tools.clock
        self._lifetime = tools.settings.span("ticket")

    @operation("POST", "/people/{person}/tickets", roles=at_least(Role.OPERATOR))
    def issue(self, actor: Actor, who: Who) -> Ticket:
        """Give a person a ticket; whoever holds it enrols for that account, once."""
        check_rank(self._store, actor, who.person, "tickets.issue")
        with self._store.read() as tx:
            found = account(tx, who.person)
        made = Office(self._store).issue(found.username, self._lifetime)
        return Ticket(ticket=made, valid_until=self._clock.now() + self._lifetime)
