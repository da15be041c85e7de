"""Putting a challenge to a person: remember it, send what must be sent, say what is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from contracts.clock import Clock
from contracts.errors import BadRequest, GatehouseError, Retry, TooMany, Unavailable
from contracts.factor import Challenge, Factor, Message
from contracts.text import Text
from enrollment.messages import post
from enrollment.outcomes import Asked, Callbacks, Rules
from enrollment.remembered import Remembered, pack
from enrollment.renewing import Questions
from store import Ceremony, Purpose, Store, Transaction

TOO_MANY_CODES = Text("Too many codes were sent to you. Please wait a while and try again.")
SENT_ANEW = Text("A new code is on its way. The one before is no longer valid.")
CODE_LIFETIME = timedelta(minutes=5)
HOUR = timedelta(hours=1)

Letter = Callable[[Transaction, Message], Message]
"""What is sent in place of a message, in view of who its address belongs to."""


def _as_it_is(tx: Transaction, message: Message) -> Message:  # noqa: ARG001 - the signature of all
    """Send the message itself."""
    return message


class Asking:
    """Writes ceremonies down, and the messages of their challenges with them."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        factors: Mapping[str, Factor],
        rules: Rules,
        callbacks: Callbacks,
        letter: Letter = _as_it_is,
    ) -> None:
        self._store = store
        self._clock = clock
        self._factors = factors
        self._rules = rules
        self._render: Callable[[Text], str] = callbacks.render
        self._letter = letter
        self._questions = Questions(factors, rules, callbacks)

    def ask(
        self,
        tx: Transaction,
        ceremony: Ceremony,
        challenge: Challenge,
        handle: str = "",
        apart: str = "",
    ) -> Asked:
        """Put a new challenge, or one of before under its `handle`.

        Raises TooMany where it would send too many messages.
        """
        for message in challenge.messages:
            self._send(tx, ceremony.account_id or message.to.casefold(), message)
        ends = self._clock.now() + challenge.lifetime
        timed = replace(ceremony, step=challenge.step, tries=challenge.tries, expires_at=ends)
        kept = challenge.steps, handle, apart
        remembered = Remembered(challenge.secret, tuple(challenge.asks), *kept)
        asked = self._put(tx, timed, remembered)
        if challenge.error is None:
            return asked
        return replace(asked, error=challenge.error, status=Retry.status)

    def anew(self, ceremony: Ceremony, remembered: Remembered, challenge: Challenge) -> Asked:
        """Put the same question with a new message, and no more tries than were left."""
        tries = min(challenge.tries, ceremony.tries)
        sent = replace(challenge, step=ceremony.step, steps=remembered.steps, tries=tries)
        with self._store.write() as tx:
            return replace(self.ask(tx, ceremony, sent), notice=SENT_ANEW)

    def begin(self, ceremony: Ceremony, challenge: Challenge, apart: str) -> Asked:
        """Put the first challenge of a ceremony: what was asked before, while it stands.

        Raises TooMany, and TooManyQuestions.
        """
        with self._store.write() as tx:
            if stands := self._questions.stands(tx, ceremony):
                return self.ask(tx, ceremony, *stands, apart)
            self._questions.count(tx, ceremony, apart)
            return self.ask(tx, ceremony, challenge, apart=apart)

    def again(self, ceremony: Ceremony, remembered: Remembered, why: GatehouseError) -> Asked:
        """Put the same challenge once more, in what is left of its time, and say why.

        Where each question is for one answer, it is another one, unless nobody got to hear it.
        Raises TooManyQuestions where there is none.
        """
        heard = isinstance(why, Retry | BadRequest)
        with self._store.write() as tx:
            question = (
                self._questions.another(tx, ceremony, remembered)
                if heard
                else self._questions.standing(ceremony, remembered)
            )
            asked = self._put(tx, ceremony, question or remembered)
        wait = why.retry_after if isinstance(why, TooMany | Unavailable) else 0
        return replace(asked, error=why.public, status=why.status, retry_after=wait)

    def renew(self, ceremony: Ceremony, remembered: Remembered) -> Asked | None:
        """Put a question that can be answered now; None where it is not for one answer.

        Raises TooManyQuestions.
        """
        question = self._questions.standing(ceremony, remembered)
        with self._store.write() as tx:
            question = question or self._questions.another(tx, ceremony, remembered)
            return self._put(tx, ceremony, question) if question else None

    def _put(self, tx: Transaction, ceremony: Ceremony, remembered: Remembered) -> Asked:
        left = ceremony.expires_at - self._clock.now()
        remembered = self._questions.named(ceremony, remembered)
        kept = replace(ceremony, secret=pack(remembered))
        handle = tx.ceremonies.put(kept, left, remembered.handle)
        return Asked(
            handle=handle,
            factor=ceremony.factor,
            title=self._factors[ceremony.factor].title,
            asks=remembered.asks,
            step=ceremony.step,
            steps=remembered.steps,
            enrolling=ceremony.purpose is Purpose.ENROLL,
        )

    def _send(self, tx: Transaction, whose: str, message: Message) -> None:
        wait = tx.limits.hit(f"messages:{whose}", self._rules.messages_per_hour, HOUR)
        if wait:
            raise TooMany(TOO_MANY_CODES, detail="messages to one person", retry_after=wait)
        post(tx, self._letter(tx, message), self._render, CODE_LIFETIME)
