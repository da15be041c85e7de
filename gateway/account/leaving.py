"""Leaving: a person asks to be erased, is told so everywhere, and may think better of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from contracts.clock import Clock
from contracts.errors import Expired
from contracts.text import Text, Value
from gateway.callers import caller
from gateway.lockout import Lockout
from gateway.notices import Notice, Notices
from gateway.settings import Settings
from store import Store

ASKED = Notice(
    Text("Your account will be deleted"),
    Text(
        "Your account at %(service)s will be deleted on %(day)s. Until then you can keep it: "
        "log in and say so.\n\n"
        "%(when)s · %(device)s · %(address)s\n\n"
        "If it was not you, log in, keep your account and change what you log in with: %(account)s"
    ),
)
UNUSED = Notice(
    Text("Your account will be deleted because you do not use it"),
    Text(
        "You have not used your account at %(service)s for %(days)d days. It will be deleted on "
        "%(day)s. To keep it, log in and say so: %(account)s"
    ),
)
KEPT = Notice(
    Text("Your account will not be deleted"),
    Text(
        "Your account at %(service)s was to be deleted, and will now be kept.\n\n"
        "%(when)s · %(device)s · %(address)s\n\n"
        "If it was not you, log in, change what you log in with and end all sessions: %(account)s"
    ),
)


class Leaving:
    """Plans that accounts are erased, and calls it off."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, notices: Notices, lockout: Lockout
    ) -> None:
        self._store = store
        self._clock = clock
        self._notices = notices
        self._lockout = lockout
        self._grace = settings.erasure_grace
        self._values = {
            "service": settings.service_name,
            "account": f"{settings.issuer}/account",
        }

    def ask(self, account_id: str, *, unused_days: int = 0) -> datetime:
        """Plan it, end all sessions, tell every address; return when it will be.

        Nobody asked where nobody has used it for so many days. Raises Expired, and Conflict for the
        last admin.
        """
        at = self._clock.now() + self._grace
        with self._store.write() as tx:
            self._lockout.keep(tx, account_id)
            account = tx.accounts.get(account_id)
            if account is None:
                raise Expired(detail="the account is gone")
            if not tx.erasures.plan(account_id, at):
                return account.erase_at or at
            tx.audit.add("account.leaving", account_id=account_id, source=caller().address)
            notice = UNUSED if unused_days else ASKED
            told = self._notice(notice, day=at.date(), days=unused_days)
            self._notices.tell(tx, account_id, told)
        return at

    def keep(self, account_id: str, sid: str = "") -> None:
        """Call it off; sessions but this one end. Raises Expired where it is too late."""
        with self._store.write() as tx:
            if not tx.erasures.call_off(account_id):
                raise Expired(detail="the account is erased, or was not to be")
            tx.endings.account(account_id, sid)
            tx.audit.add("account.kept", account_id=account_id, source=caller().address)
            self._notices.tell(tx, account_id, self._notice(KEPT))

    def planned(self, account_id: str) -> datetime:
        """Return when an account will be erased. Raises Expired where it will not."""
        with self._store.read() as tx:
            account = tx.accounts.get(account_id)
        if account is None or account.erase_at is None:
            raise Expired(detail="the account is gone, or stays")
        return account.erase_at

    def _notice(self, notice: Notice, **more: Value) -> Notice:
        return replace(notice, text=replace(notice.text, values={**self._values, **more}))
