"""What happened to an account, in words for its owner.

Which events are told, and which not, is written here alone: a test compares it with the code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.factor import Factor
from contracts.text import Text
from gateway.callers import in_words
from store import Store, Transaction
from store.audit import Record

PAGE = 50

WORDS: Mapping[str, Text] = {
    "account.added": Text("Your account was made"),
    "account.disabled": Text("An operator switched your account off"),
    "account.enabled": Text("An operator switched your account on again"),
    "account.exported": Text("Your data was downloaded"),
    "account.invited": Text("An operator invited you"),
    "account.kept": Text("Your account is kept, and will not be deleted"),
    "account.leaving": Text("It was decided to delete your account"),
    "account.registered": Text("You made your account"),
    "admin.setup": Text("You set this service up, and look after it"),
    "backchannel.allowed": Text("You confirmed what an application asked you"),
    "backchannel.asked": Text("An application asked for you"),
    "backchannel.denied": Text("You refused what an application asked you"),
    "backchannel.device_added": Text("Applications may ask for you on one more device"),
    "backchannel.device_removed": Text("Applications may no longer ask for you on a device"),
    "backchannel.unmet": Text("You were not logged in well enough for what an application asked"),
    "backchannel.mismatched": Text("A wrong number was chosen when an application asked for you"),
    "code.issued": Text("You logged in to an application"),
    "consent.biometric_given": Text("You agreed to be measured"),
    "consent.biometric_withdrawn": Text(
        "Your consent to be measured ended, and what was measured was deleted"
    ),
    "consent.withdrawn": Text("You withdrew what an application may have"),
    "credential.added": Text("A way to log in was added"),
    "credential.removed": Text("A way to log in was removed"),
    "credential.renamed": Text("A way to log in was given another name"),
    "credentials.forgotten": Text("Devices that were remembered are forgotten"),
    "device.allowed": Text("You connected a device"),
    "device.denied": Text("You refused to connect a device"),
    "factor.forged": Text("A copy of your voice, or a forgery, may have been tried in your place"),
    "factor.rejected": Text("A wrong answer was given when somebody logged in"),
    "limit.reached": Text("Somebody gave too many wrong answers and has to wait"),
    "login.finished": Text("You logged in"),
    "logout": Text("You logged out"),
    "operator.changed": Text("Your role in running this service was changed"),
    "operator.granted": Text("You were given a role in running this service"),
    "operator.withdrawn": Text("Your role in running this service was taken away"),
    "recovery.approved": Text("A second operator agreed to your recovery"),
    "recovery.asked": Text("An operator began a recovery for you"),
    "recovery.claimed": Text("The wait was over, and you could add a way to log in"),
    "recovery.finished": Text("Your recovery is finished"),
    "recovery.proven": Text("Somebody showed that it is you, to begin a recovery"),
    "recovery.started": Text("A recovery was begun, and waits"),
    "recovery.stopped": Text("The recovery was stopped"),
    "recovery.withdrawn": Text("The recovery ended, because you still have a way to log in"),
    "session.ended": Text("A session was ended"),
    "sessions.ended": Text("Sessions were ended"),
    "ticket.issued": Text("An operator made a ticket that lets you add a way to log in"),
    "template.reissued": Text("What was measured of you is protected anew"),
    "template.reverted": Text("What was learnt of you since you enrolled is forgotten"),
    "ticket.redeemed": Text("The ticket of an operator was used"),
    "token.exchanged": Text("An application acted for you elsewhere"),
    "voice_notes.agreed": Text("You let an application hand on your voice messages"),
    "voice_notes.speaker_changed": Text("Somebody else spoke in a call in which you had answered"),
    "voice_notes.withdrawn": Text("An application may no longer hand on your voice messages"),
}

LIMITS: Mapping[str, Text] = {
    "questions": Text("Somebody asked for too many new questions and has to wait"),
    "samples": Text("Too many recordings or captures of you were sent; more are taken later"),
}
"""What limit was reached, where it is not one of wrong answers."""

UNTOLD = frozenset(
    {
        "account.erased",  # nobody is left to be told
        "admin.refused",  # an operator tried something, and was told
        "approval.redeemed",  # what programs do among themselves
        "approval.replayed",
        "code.misused",
        "code.redeemed",
        "credential.bound",  # the operator's record; the person hears that it was added
        "credential.unbound",
        "enrolment.failed",  # the page has said so, and what to do
        "factor.accepted",  # each login says it once
        "recovery.reminded",  # it was told at every address
        "refresh_token.repeated",
        "refresh_token.rotated",
        "refresh_token.used",
        "sample.refused",  # the page has said so, and what to do
    }
)
"""What happens to an account and is not for its owner."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: which factor, through which application, from where."""

    id: int
    at: datetime
    words: Text
    factor: Text | None
    application: str
    address: str
    device: Text | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what happened, the newest first; `older` is where the next page begins."""

    entries: Sequence[Entry]
    older: int | None


class History:
    """Reads the trail for the person whom it is about. Scores, reasons and details stay in it."""

    def __init__(self, store: Store, factors: Mapping[str, Factor]) -> None:
        self._store = store
        self._factors = factors

    def page(self, account_id: str, before: int | None = None) -> Page:
        """Return what happened last, or before an entry."""
        with self._store.read() as tx:
            records = tx.audit.of(account_id, WORDS, PAGE + 1, before)
            names = _names(tx, records)
        entries = [self._entry(record, names) for record in records[:PAGE]]
        return Page(entries, entries[-1].id if len(records) > PAGE else None)

    def _entry(self, record: Record, names: Mapping[str, str]) -> Entry:
        factor = self._factors.get(str(record.detail.get("factor")))
        device = record.detail.get("device")
        return Entry(
            record.id,
            record.at,
            LIMITS.get(str(record.detail.get("limit")), WORDS[record.event]),
            factor.title if factor else None,
            names.get(record.client_id or "", ""),
            record.source,
            in_words(str(device)) if device else None,
        )


def _names(tx: Transaction, records: Sequence[Record]) -> Mapping[str, str]:
    """Return the names of the applications that these records are about."""
    found = (tx.clients.get(each) for each in {record.client_id for record in records} if each)
    return {client.id: client.name for client in found if client}
