"""The first admin: whoever holds the one-time link makes an account that begins with a passkey.

There is no default account. While there is no admin who could come in, whoever starts the gateway
or runs commands on its machine is given a link; it works once, and a newer one takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.clock import Clock
from contracts.errors import Conflict, Expired, TooMany
from contracts.factor import Factor
from contracts.text import Text
from gateway import people
from gateway.addresses import network
from gateway.admin.actor import SYSTEM
from gateway.admin.roles import Role
from gateway.limits.hourly import Hourly
from gateway.lockout import Lockout
from gateway.settings import Settings
from store import Account, Store, Transaction

PAGE = "/admin/setup"
LIFETIME = timedelta(days=1)
PER_SOURCE = 20
"""Tries an hour of one network. Nobody guesses a hundred bits: this keeps the database quiet."""

UNKNOWN = Text("This link is not valid, or not any more. Start the gateway again for a new one.")
SET_UP = Text("There is an admin already: ask them to make you one.")
TAKEN = Text("This username is taken. Choose another.")
BY = f"{SYSTEM}:setup"


@dataclass(frozen=True, slots=True)
class Link:
    """What opens the set-up: what comes after `#` is seen by no server and in no log."""

    link: str = field(repr=False)
    valid_until: datetime


class Setup:
    """Makes links, and the first admin of whoever brings one."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, factors: Mapping[str, Factor]
    ) -> None:
        self._settings = settings
        self._store = store
        self._factors = factors
        self._lockout = Lockout(factors, clock)
        self.factor = next((each.name for each in factors.values() if each.usernameless), "")
        self._hourly = Hourly(store, enabled=settings.limits == "on")

    def needed(self) -> bool:
        """Tell whether there is no admin who could come in, and a way for one to begin."""
        with self._store.read() as tx:
            return bool(self.factor) and not self._lockout.admins(tx)

    def link(self) -> Link:
        """Make a link; those before it stop working."""
        with self._store.write() as tx:
            token, until = tx.setups.make(LIFETIME)
        return Link(f"{self._settings.issuer}{PAGE}#{token}", until)

    def begin(self, token: str, username: str, email: str, source: str) -> str:
        """Spend a token; return the handle of the enrolment in which the admin adds a passkey.

        Raises Expired for a token that is not good, and Conflict, BadRequest: the token is unspent.
        """
        self._allow(source)
        person = people.read({"username": username, "email": email or None})
        prepared = people.prepare(person, self._factors)
        with self._store.write() as tx:
            if not tx.setups.spend(token):
                raise Expired(UNKNOWN, detail="no such set-up token")
            if self._lockout.admins(tx):
                raise Conflict(SET_UP)
            account = _first(tx, prepared.username, prepared.email)
            tx.audit.add("admin.setup", account_id=account.id, source=source)
            return tx.enrolments.open(account.id, None, self._settings.span("enrolment"))

    def _allow(self, source: str) -> None:
        if wait := self._hourly.hit(f"setups:{network(source)}", PER_SOURCE):
            raise TooMany(detail=f"set-ups from {source}", retry_after=wait)


def _first(tx: Transaction, username: str, email: str | None) -> Account:
    """Return the account of the first admin, new unless it was begun with an earlier link."""
    account = tx.accounts.find(username)
    if account is None:
        account = tx.accounts.add(username, email)
        tx.audit.add("account.added", account_id=account.id)
        tx.operators.grant(account.id, Role.ADMIN, BY)
        return account
    operator = tx.operators.get(account.id)
    begun = operator is not None and operator.active and operator.role == Role.ADMIN
    if not begun or tx.credentials.list(account.id):
        raise Conflict(TAKEN)
    return account
