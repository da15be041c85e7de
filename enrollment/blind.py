"""Verifications that begin before anybody has proven who they are: all are asked alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from contracts.abilities import Reachable
from contracts.clock import Clock
from contracts.errors import Tampered, TooMany
from contracts.factor import Challenge, Enrolled, Factor, Subject
from contracts.text import Text
from enrollment.asking import CODE_LIFETIME, HOUR, Asking
from enrollment.outcomes import Asked, Callbacks, Rules
from enrollment.usable import named, usable
from store import Ceremony, Purpose, Store, Transaction

NOBODY = Subject("", "")
MAYBE_SENT = Text("If the account has an address, a code is on its way to it.")
UNSENT = "unsent"
"""The kind of a message that nobody carries: it is over when it is written, and purged."""


class Blind:
    """Asks everybody alike: who has the factor, who has it not, and who does not exist.

    What only its owner can see, a code in a mailbox, is sent all the same. The answer is judged by
    the runner of all ceremonies.
    """

    def __init__(
        self,
        store: Store,
        factors: Mapping[str, Factor],
        clock: Clock,
        rules: Rules,
        render: Callable[[Text], str],
    ) -> None:
        self._store = store
        self._factors = factors
        self._rules = rules
        self._render = render
        self._asking = Asking(store, clock, factors, rules, Callbacks(render))

    def begin(self, factor: str, owner: str, subject: Subject) -> Asked:
        """Start a verification that belongs to `owner` alone. Raises NotAllowed."""
        chosen = named(self._factors, factor)
        if chosen.usernameless:  # the answer says whose it is
            return self._ask(factor, owner, NOBODY, chosen.begin_verify(None, ()))
        with self._store.read() as tx:
            enrolled = self._enrolled(tx, chosen, subject)
        real = chosen.begin_verify(subject, enrolled)
        asks = chosen.begin_verify(NOBODY, ()).asks
        challenge = replace(real, asks=asks)
        if not isinstance(chosen, Reachable):
            return self._ask(factor, owner, subject, challenge)
        return replace(self._send(factor, owner, subject, challenge), notice=MAYBE_SENT)

    def _send(self, factor: str, owner: str, subject: Subject, challenge: Challenge) -> Asked:
        """Send no code where the account was sent too many: that too would tell that it exists."""
        try:
            return self._ask(factor, owner, subject, challenge)
        except TooMany:
            return self._ask(factor, owner, subject, replace(challenge, messages=()))

    def _ask(self, factor: str, owner: str, subject: Subject, challenge: Challenge) -> Asked:
        whose = subject.id or None
        ceremony = Ceremony(whose, owner, factor, Purpose.VERIFY, None, b"", 1, 1)
        with self._store.write() as tx:
            if not challenge.messages and isinstance(self._factors[factor], Reachable):
                self._pretend(tx, owner)
            return self._asking.ask(tx, ceremony, challenge)

    def _enrolled(self, tx: Transaction, factor: Factor, subject: Subject) -> Sequence[Enrolled]:
        """Return the subject's; for nobody somebody's are read, so that time does not tell."""
        stand_in = tx.credentials.anyone(factor.name) or ""
        try:
            found = usable(tx, subject.id or stand_in, factor, self._rules.biometric_failures)
        except Tampered:
            return ()
        return found if subject.id else ()

    def _pretend(self, tx: Transaction, owner: str) -> None:
        """Write what a message would have been written as, and send nothing."""
        tx.limits.hit(f"messages:{owner}", self._rules.messages_per_hour, HOUR)
        words = self._render(MAYBE_SENT)
        payload = {"channel": "", "to": "", "subject": self._render(MAYBE_SENT), "text": words}
        tx.outbox.put(UNSENT, payload, CODE_LIFETIME * 0)
