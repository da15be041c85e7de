"""Who runs the house, each with one role."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from contracts.errors import BadRequest, Conflict
from contracts.text import Text
from gateway.admin.actor import Actor, name_of
from gateway.admin.calls.person import PersonId, Who, account
from gateway.admin.operation import CHANGED, Model, Nothing, RowVersion, operation
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from gateway.lockout import Lockout
from store import Transaction
from store.operators import Operator

UNFIT = Text("Only somebody who is active and has a passkey can be given a role.")
BUSY = Text(
    "A recovery of this person's account is under way. Wait for its end, or stop it: else whoever "
    "began it might get the role."
)
HAS = Text("This person has a role already: change it instead.")
HAS_NONE = Text("This person has no role.")


class Ranked(Model):
    """A person with a role; `able`, they can come in with a passkey."""

    person: str
    username: str
    role: Role
    granted_by: str
    granted_at: datetime
    version: int
    able: bool


class Everybody(Model):
    """Everybody who has a role, by username."""

    operators: list[Ranked]


class Grant(Model):
    """Who gets which role."""

    person: PersonId
    role: Role = Field(description="viewer, helpdesk, operator, admin or auditor")


class Change(Grant):
    """Who gets which role in the place of the one they have."""

    version: RowVersion = Field(ge=1, description="`version` of the role that is changed")


class Withdrawal(Who):
    """Whose role is taken away."""

    version: RowVersion = Field(ge=1, description="`version` of the role that is taken away")


class Operators:
    """What can be done with roles."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        self._lockout = Lockout(tools.factors, tools.clock)

    @operation("GET", "/operators")
    def list(self, actor: Actor, taken: Nothing) -> Everybody:
        """List everybody who has a role."""
        with self._store.read() as tx:
            found = tx.operators.list()
            names = tx.accounts.names({each.granted_by for each in found})
            return Everybody(operators=[self._ranked(tx, each, names) for each in found])

    @operation("POST", "/operators", roles=at_least(Role.ADMIN), fresh=True)
    def grant(self, actor: Actor, grant: Grant) -> Ranked:
        """Give a role to a person who is active and has a passkey already."""
        with self._store.write() as tx:
            tx.accounts.hold(grant.person)
            self._check_fit(tx, grant.person)
            if not tx.operators.grant(grant.person, grant.role, actor.id):
                raise Conflict(HAS)
            tx.audit.add("operator.granted", account_id=grant.person, detail={"role": grant.role})
            return self._of(tx, grant.person)

    @operation("PUT", "/operators/{person}", roles=at_least(Role.ADMIN), fresh=True)
    def change(self, actor: Actor, change: Change) -> Ranked:
        """Give a person another role; never so that no admin is left."""
        with self._store.write() as tx:
            if change.role is not Role.ADMIN:
                self._lockout.keep(tx, change.person)
            before = self._of(tx, change.person).role
            if not tx.operators.change(change.person, change.role, actor.id, change.version):
                raise Conflict(CHANGED)
            detail = {"role": change.role, "before": before}
            tx.audit.add("operator.changed", account_id=change.person, detail=detail)
            return self._of(tx, change.person)

    @operation("DELETE", "/operators/{person}", roles=at_least(Role.ADMIN), fresh=True)
    def withdraw(self, actor: Actor, withdrawal: Withdrawal) -> Nothing:
        """Take a person's role away, at once; never so that no admin is left."""
        person = withdrawal.person
        with self._store.write() as tx:
            self._lockout.keep(tx, person)
            before = self._of(tx, person).role
            if not tx.operators.withdraw(person, withdrawal.version):
                raise Conflict(CHANGED)
            tx.audit.add("operator.withdrawn", account_id=person, detail={"before": before})
        return Nothing()

    def _check_fit(self, tx: Transaction, person: str) -> None:
        if not account(tx, person).active or not self._lockout.able(tx, person):
            raise BadRequest(UNFIT)
        if tx.recoveries.under_way(person):
            raise Conflict(BUSY)

    def _of(self, tx: Transaction, person: str) -> Ranked:
        found = tx.operators.get(person)
        if found is None:
            raise BadRequest(HAS_NONE)
        return self._ranked(tx, found, tx.accounts.names([found.granted_by]))

    def _ranked(self, tx: Transaction, found: Operator, names: Mapping[str, str]) -> Ranked:
        return Ranked(
            person=found.account_id,
            username=found.username,
            role=Role(found.role),
            granted_by=name_of(found.granted_by, names),
            granted_at=found.granted_at,
            version=found.version,
            able=found.active and self._lockout.able(tx, found.account_id),
        )
