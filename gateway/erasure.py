"""Forgetting people whose time has come, in an order that a crash at any point cannot harm.

What is left is a signed proof that names nobody; it goes to every address of the person as the last
message that they get.
"""

from __future__ import annotations

import logging
from dataclasses import asdict

from contracts.clock import Clock
from contracts.factor import Channel
from contracts.text import Text
from gateway.notices import Notice, Notices, Reach
from gateway.settings import Settings
from store import Store, Transaction
from store.erasures import Erased
from store.events import Event

FAREWELL = Text("Your account is deleted")
WITH_PROOF = Text(
    "Your account at %(service)s is deleted, with all that was kept of you. Nobody can bring it "
    "back.\n\n"
    "This is the proof, signed by %(service)s. It names you nowhere; keep it if you may have to "
    "show it one day.\n\n"
    "%(proof)s"
)
IN_SHORT = Text(
    "Your account at %(service)s is deleted, with all that was kept of you. The proof of it has "
    "the number %(number)s."
)

log = logging.getLogger("gatehouse.erasure")


class Eraser:
    """Erases people, and says farewell to them."""

    def __init__(
        self, store: Store, clock: Clock, settings: Settings, notices: Notices | None = None
    ) -> None:
        """Without `notices` nobody is told: they were, when they were erased the first time."""
        self._store = store
        self._clock = clock
        self._settings = settings
        self._notices = notices

    def due(self) -> int:
        """Erase every account whose time has come; return how many these were."""
        with self._store.read() as tx:
            due = tx.erasures.due()
        for account_id in due:
            self.finish(account_id)
        return len(due)

    def now(self, account_id: str) -> str:
        """Erase an account whose time had not come; return the proof, empty where it was gone."""
        with self._store.write() as tx:
            tx.erasures.plan(account_id, self._clock.now())
        return self.finish(account_id)

    def finish(self, account_id: str) -> str:
        """Erase one account whose time has come: first its key, then its rows; return the proof.

        Begun again after a crash it goes on where it was; what is gone is no error.
        """
        with self._store.write() as tx:
            if not tx.erasures.begin(account_id):
                return ""
            if self._notices and (reach := self._notices.reach(tx, account_id)):
                tx.erasures.keep_reach(account_id, asdict(reach))
        self._store.keystore.erase(account_id)
        destroyed_at = self._clock.now()
        with self._store.write() as tx:
            erased = tx.erasures.finish(account_id, destroyed_at, self._settings.issuer)
            if erased:
                tx.events.happened(Event.ACCOUNT_ERASED, erased.pseudonym)
                self._say_farewell(tx, erased)
        self._store.database.truncate_log()
        log.info("an account was erased")
        return erased.proof if erased else ""

    def replay(self) -> int:
        """Erase anew what a restored backup brought back, of either database; return how many."""
        with self._store.read() as tx:
            keys = self._store.keystore.among(tx.erasures.recorded())
            people = tx.erasures.among(self._store.keystore.erased())
        for subject_id in keys:
            self._store.keystore.erase(subject_id)
        for account_id in people:
            self.now(account_id)
        return len(keys) + len(people)

    def _say_farewell(self, tx: Transaction, erased: Erased) -> None:
        """Send it to each address; a message to a phone is too short for the proof."""
        if self._notices is None or not erased.reach:
            return
        values = {"service": self._settings.service_name, "number": erased.pseudonym}
        values["proof"] = erased.proof
        for to, text in ((Channel.EMAIL, WITH_PROOF), (Channel.PHONE, IN_SHORT)):
            known = [(to, where) for channel, where in erased.reach["addresses"] if channel == to]
            notice = Notice(FAREWELL, Text(text.message, values))
            self._notices.send(tx, Reach(erased.reach["language"], known), notice)


def erase_when_due(store: Store, clock: Clock, settings: Settings) -> int:
    """Erase whoever's time has come; return how many these were."""
    with store.read() as tx:
        if not tx.erasures.due():
            return 0
    # Pages and factors are heavy, and many a worker never needs them.
    from gateway.opening import known_factors  # noqa: PLC0415
    from web.pages import translate_into  # noqa: PLC0415

    notices = Notices(known_factors(settings, store, clock), translate_into, clock)
    return Eraser(store, clock, settings, notices).due()
