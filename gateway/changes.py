"""The one place that hears of every change of a factor, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from contracts.factor import Factor, Kind
from contracts.signals import Classed
from contracts.text import Text
from enrollment.consent import end
from enrollment.outcomes import Change, Happened
from gateway.callers import caller
from gateway.notices import Notice, Notices
from store import Transaction
from store.events import POLICY, Event

SUBJECTS = {
    Happened.ADDED: Text("A way to log in was added to your account"),
    Happened.REPLACED: Text("A way to log in to your account was changed"),
    Happened.REMOVED: Text("A way to log in was removed from your account"),
    Happened.IDLE: Text("A way to log in that you have not used was deleted"),
    Happened.DISABLED: Text("A way to log in to your account was switched off"),
    Happened.SPENT: Text("A code that works only once was used on your account"),
}

GONE = frozenset({Happened.REMOVED, Happened.IDLE})
WITHDRAWN = frozenset({Happened.ADDED, Happened.REPLACED, Happened.REMOVED})
"""Whoever makes such a change has proven all that the account has, and needs no recovery."""

EVENTS = {
    Happened.ADDED: (Event.FACTOR_ENROLLED, "create"),
    Happened.REPLACED: (Event.FACTOR_CHANGED, "update"),
    Happened.DISABLED: (Event.FACTOR_CHANGED, "revoke"),
    Happened.REMOVED: (Event.FACTOR_REMOVED, "delete"),
    Happened.IDLE: (Event.FACTOR_REMOVED, "delete"),
}
"""What others hear, and what they call it (CAEP 1.0, `change_type`)."""

BY_THEMSELVES = frozenset({Happened.DISABLED, Happened.IDLE})
"""Changes that nobody makes."""

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
    Happened.IDLE: Text(
        "You have not logged in to %(service)s with this for %(days)d days, so what was kept for "
        "it is deleted: %(what)s.\n\n"
        "What else you have still works. You can add it again: %(account)s"
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
        self._end_consent(tx, change)
        self._tell_others(tx, change)
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

    def _end_consent(self, tx: Transaction, change: Change) -> None:
        """End what was agreed to with the last template that it was agreed to for."""
        held = [one.factor for one in tx.credentials.list(change.account_id)]
        if change.happened in GONE and held.count(change.factor) <= 1:
            end(tx, change.account_id, change.factor, caller().address)

    def _tell_others(self, tx: Transaction, change: Change) -> None:
        """Note what others may want to hear of: no codes used up, no browsers remembered."""
        factor = self._factors.get(change.factor)
        if change.happened not in EVENTS or (factor and factor.silent):
            return
        event, how = EVENTS[change.happened]
        kind = factor.credential_type if isinstance(factor, Classed) else change.factor
        by = POLICY if change.happened in BY_THEMSELVES else ""
        tx.events.happened(
            event,
            change.account_id,
            by=by,
            factor=change.factor,
            credential_type=kind,
            change=how,
        )

    def _notice(self, change: Change) -> Notice:
        values: dict[str, str | int] = {
            "service": self._service,
            "account": self._account,
            "left": change.left,
            "days": change.days,
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
