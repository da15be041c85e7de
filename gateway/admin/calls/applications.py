"""What people let applications have."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from gateway.account.service import Application, make_account_service
from gateway.admin.actor import Actor
from gateway.admin.calls.person import Who, account
from gateway.admin.operation import Model, Nothing, operation
from gateway.admin.rank import check_rank
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools


class Allowed(Model):
    """What one application may have; `until` when what it holds now is good."""

    client_id: str
    name: str
    scope: str
    since: datetime
    until: datetime | None


class AllAllowed(Model):
    """What a person let applications have, by their names."""

    applications: list[Allowed]


class Withdrawal(Who):
    """From which application it is taken back."""

    client_id: str = Field(max_length=255, description="Id of the client")


class Applications:
    """What can be done with the consents of people."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        changed = tools.changes.made
        self._accounts = make_account_service(tools.store, tools.clock, tools.factors, changed)

    @operation("GET", "/people/{person}/applications")
    def list(self, actor: Actor, who: Who) -> AllAllowed:
        """List what a person lets applications have, and what these hold now."""
        with self._store.read() as tx:
            account(tx, who.person)
        found = self._accounts.applications(who.person)
        return AllAllowed(applications=[_allowed(each) for each in found])

    @operation("POST", "/people/{person}/applications/withdraw", roles=at_least(Role.OPERATOR))
    def withdraw(self, actor: Actor, withdrawal: Withdrawal) -> Nothing:
        """Take a consent back in a person's name, and with it whatever the application holds."""
        check_rank(self._store, actor, withdrawal.person, "applications.withdraw")
        with self._store.read() as tx:
            account(tx, withdrawal.person)
        self._accounts.withdraw(withdrawal.person, withdrawal.client_id)
        return Nothing()


def _allowed(found: Application) -> Allowed:
    return Allowed(
        client_id=found.client_id,
        name=found.name,
        scope=found.scope,
        since=found.since,
        until=found.until,
    )
