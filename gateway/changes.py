"""The one place that hears of every change of a factor, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from contracts.factor import Factor, Kind
from contracts.text import Text
from enrollment.outcomes import Change, Happened
from gateway.notices import Notice, Notices
from store import Transaction

SUBJECTS = {
    Happened.ADDED: Text("A way to log in was added to your account"),
    Happened.REPLACED: Text("A way to log in to your account was changed"),
    Happened.REMOVED: Text("A way to log in was removed from your account"),
    Happened.DISABLED: Text("A way to log in to your account was switched off"),
    Happened.SPENT: Text("A code that works only once was used on your account"),
}

WITHDRAWN = frozenset({Happened.ADDED, Happened.REPLACED, Happened.REMOVED})
"""Whoever makes such a change has proven all that the account has, and needs no recovery."""

TEXTS = {
    Happened.ADDED: Text(
        "Now you can also log in to %(service)s with this: %(what)s.\n\n"
        "%(when)s · %(device)s · %(address)s\n\n"
        "If it was not you, log in, remove it and end all sessions: %(account)s"
    ),
    Happened.REPLACED: Text(
        "What you log in to %(service)s with was changed: %(what)s.\n\n"
        "%(when)s · %(device)s · %(address)s\n\n"
        "If it was not you, log in, change it again and end all sessions: %(account)s"
    ),
    Happened.REMOVED: Text(
        "You can no longer log in to %(service)s with this: %(what)s.\n\n"
        "%(when)s · %(device)s · %(address)s\n\n"
        "If it was not you, log in, add it again and end all sessions: %(account)s"
    ),
    Happened.DISABLED: Text(
        "After too many wrong answers you can no longer log in to %(service)s with this: "
        "%(what)s.\n\n%(when)s · %(device)s · %(address)s\n\n"
        "What else you have still works. Log in, remove it and add it again: "
        "%(account)s"
    ),
    Happened.SPENT: Text(
        "One of these was used at %(service)s and cannot be used again: %(what)s.\n\n"
        "%(when)s · %(device)s · %(address)s\n\n"
        "How many are left: %(left)d. Make new ones before they are used up.\n\n"
        "If it was not you, log in, make new ones and end all sessions: %(account)s"
    ),
}

REMEMBERED = Text("A browser is remembered for your account")
REMEMBERED_TEXT = Text(
    "In this browser you are asked for your password alone for a while: %(what)s.\n\n"
    "%(when)s · %(device)s · %(address)s\n\n"
    "If it was not you, log in, remove it, change your password and end all sessions: %(account)s"
)
FORGOTTEN = Text("A browser is no longer remembered for your account")
FORGOTTEN_TEXT = Text(
    "In this browser you are asked for everything again: %(what)s.\n\n"
    "%(when)s · %(device)s · %(address)s\n\n"
    "If it was not you, log in, change your password and end all sessions: %(account)s"
)
BROWSERS = {
    Happened.ADDED: (REMEMBERED, REMEMBERED_TEXT),
    Happened.REMOVED: (FORGOTTEN, FORGOTTEN_TEXT),
}
"""What is told of factors that browsers prove by themselves."""


class Changes:
    """Tells people of what became of their factors."""

    def __init__(
        self, factors: Mapping[str, Factor], notices: Notices, *, service: str, issuer: str
    ) -> None:
        self._factors = factors
        self._notices = notices
        self._service = service
        self._account = f"{issuer}/account"

    def made(self, tx: Transaction, change: Change) -> None:
        """Take note of a change, within the transaction that makes it.

        What any browser remembers of a login ends with it.
        """
        self._forget_browsers(tx, change)
        self._withdraw_recovery(tx, change)
        self._notices.tell(tx, change.account_id, self._notice(change))

    def _forget_browsers(self, tx: Transaction, change: Change) -> None:
        for factor in self._factors.values():
            if factor.silent and factor.name != change.factor:
                gone = tx.credentials.remove_factor(change.account_id, factor.name)
                _noted(tx, change, factor.name, gone)

    def _withdraw_recovery(self, tx: Transaction, change: Change) -> None:
        """End a recovery; a browser that is remembered, or a kiosk's visit, is no such change."""
        factor = self._factors.get(change.factor)
        own = factor and not factor.silent and factor.kind is not Kind.INHERENCE
        if own and change.happened in WITHDRAWN and tx.recoveries.withdraw(change.account_id):
            tx.audit.add("recovery.withdrawn", account_id=change.account_id)

    def _notice(self, change: Change) -> Notice:
        values: dict[str, str | int] = {
            "service": self._service,
            "account": self._account,
            "left": change.left,
            **self._named(change),
        }
        subject, text = self._words(change)
        return Notice(subject, replace(text, values=values), self._title(change))

    def _words(self, change: Change) -> tuple[Text, Text]:
        factor = self._factors.get(change.factor)
        usual = SUBJECTS[change.happened], TEXTS[change.happened]
        return BROWSERS.get(change.happened, usual) if factor and factor.silent else usual

    def _named(self, change: Change) -> dict[str, str]:
        known = change.factor in self._factors
        return {"what": change.label or change.factor} if change.label or not known else {}

    def _title(self, change: Change) -> dict[str, Text]:
        factor = self._factors.get(change.factor)
        return {"what": factor.title} if factor else {}


def _noted(tx: Transaction, change: Change, factor: str, count: int) -> None:
    if count:
        detail = {"factor": factor, "count": count, "because": f"{change.factor} {change.happened}"}
        tx.audit.add("credentials.forgotten", account_id=change.account_id, detail=detail)
