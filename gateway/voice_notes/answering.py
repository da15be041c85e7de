"""The client's side: it hands a voice message on, and hears yes, no or once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from contracts.assurance import AuthEvent
from contracts.clock import Clock
from contracts.errors import Expired, NotAllowed, Unavailable
from enrollment.ceremonies import REFUSED, Ceremonies
from enrollment.outcomes import Asked, Judged
from enrollment.renewing import TooManyQuestions
from enrollment.submission import Submission, Upload
from enrollment.terms import USUAL, Terms
from gateway.login.elsewhere import FACTOR, client_of
from gateway.login.limits import Limits, Try
from gateway.login.plan import event
from gateway.login.steps import Visit
from gateway.voice_notes.challenge import Said, Status, asked_at
from gateway.voice_notes.consent import stands
from store import Client, Login, Store, Transaction
from store.voice_notes import VoiceNote

WAVE = "audio/wav"


class Result(StrEnum):
    """All that a client ever hears."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a client hears, and the proof that an accepted answer made."""

    result: Result
    proof: AuthEvent | None = None


Also = Callable[[Transaction, Outcome], None]
"""What is written down together with an outcome."""


def _nothing(tx: Transaction, outcome: Outcome) -> None:
    """Write nothing more."""


@dataclass(frozen=True, slots=True)
class Open:
    """A challenge that its client may answer now, and the login that it is of."""

    client: Client
    login: Login
    note: VoiceNote
    said: Said

    @property
    def tried(self) -> Try:
        """Name what is counted of an answer: for the person, by the client it came by.

        Whoever else is heard by that client does not wait for it.
        """
        account_id = self.note.account_id
        visit = Visit("", "", f"client {self.client.id}")
        return Try(account_id, FACTOR, visit, account_id, device=self.client.id)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the answers are judged with."""

    store: Store
    clock: Clock
    decode: Callable[[bytes], bytes]
    ceremonies: Ceremonies
    limits: Limits
    failures_per_login: int


class Answering:
    """Judges what clients hand on, by the one runner of all ceremonies."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def open(self, client: Client, transaction: str) -> Open:
        """Return what a client may answer now, and count the try.

        Raises NotAllowed, alike for a request that is not there, another's, not consented to, not
        preceded by possession, answered or too old; and TooMany.
        """
        with self._parts.store.read() as tx:
            note = tx.voice.notes.named(client.id, transaction) if transaction else None
            opened = self._open(tx, client, note)
        self._parts.limits.again(opened.tried)
        return opened

    def open_again(self, client: Client, note: str) -> Open:
        """Return what was opened before and can still be answered. Raises NotAllowed."""
        with self._parts.store.read() as tx:
            return self._open(tx, client, tx.voice.notes.get(note))

    def answer(self, opened: Open, audio: bytes) -> Result:
        """Judge one message.

        Raises BadRequest, Unavailable, TooMany, and NotAllowed: not open any more.
        """
        with self.given_back(opened):
            return self.judge(opened, self.decode(audio)).result

    @contextmanager
    def given_back(self, opened: Open) -> Iterator[None]:
        """Uncount the try of what a busy house did not hear."""
        try:
            yield
        except Unavailable:
            self._parts.limits.unjudged(opened.tried)
            raise

    def decode(self, audio: bytes) -> bytes:
        """Return the WAV of what a messenger or a telephone sent. Raises BadRequest, Unavailable"""
        return self._parts.decode(audio)

    def judge(
        self, opened: Open, wave: bytes, terms: Terms = USUAL, also: Also = _nothing
    ) -> Outcome:
        """Judge one recording, and keep what came of it for the browser.

        `also` is called within the transaction that does: raising takes both back.
        """
        said, client_id = opened.said, opened.client.id
        uploads = {said.sample: Upload(WAVE, wave)}
        sent = Submission({}, uploads, f"client {client_id}", forwarded=client_id)
        try:
            came = self._parts.ceremonies.answer(
                said.ceremony, opened.login.handle_hash, sent, terms
            )
        except Expired as over:
            raise NotAllowed(detail="answered before, or too old") from over
        except TooManyQuestions as many:
            self._write(opened, replace(said, status=Status.REFUSED, error=many.public))
            raise
        return self._keep(opened, came, also)

    def _open(self, tx: Transaction, client: Client, note: VoiceNote | None) -> Open:
        login = tx.logins.known(note.login_hash) if note else None
        if note is None or login is None or client_of(tx, login) is None:
            raise NotAllowed(detail="no such challenge of this client")
        said = Said.load(note.state)
        waits = said.unanswered and self._parts.clock.now() < said.until
        if not waits or not stands(tx, note.account_id, client.id):
            raise NotAllowed(detail="no open challenge of this client")
        return Open(client, login, note, said)

    def _keep(self, opened: Open, came: object, also: Also) -> Outcome:
        """Write down what came of an answer, if the person still agrees to that."""
        match came:
            case Asked():
                return self._again(opened, came, also)
            case Judged() if came.verdict.accepted and came.account_id == opened.note.account_id:
                return self._accepted(opened, came, also)
            case Judged():
                return self._refused(opened, also)
        raise NotAllowed(detail="nothing was judged")

    def _again(self, opened: Open, asked: Asked, also: Also) -> Outcome:
        said = asked_at(self._parts.clock.now(), asked, Status.AGAIN)
        said = replace(said, until=opened.said.until) if _same(said, opened.said) else said
        outcome = Outcome(Result.AGAIN)
        self._write(opened, said, lambda tx: also(tx, outcome))
        if asked.status == Unavailable.status:
            raise Unavailable(asked.error)
        return outcome

    def _accepted(self, opened: Open, judged: Judged, also: Also) -> Outcome:
        proof = event(judged.factor, judged.verdict, self._parts.clock.now())
        said = replace(opened.said, status=Status.ACCEPTED, error=None, proof=proof)
        outcome = Outcome(Result.ACCEPTED, proof)

        def then(tx: Transaction) -> None:
            self._parts.limits.right(tx, opened.tried)
            also(tx, outcome)

        self._write(opened, said, then)
        return outcome

    def _refused(self, opened: Open, also: Also) -> Outcome:
        outcome = Outcome(Result.REFUSED)

        def then(tx: Transaction) -> None:
            also(tx, outcome)
            if tx.logins.failed(opened.login) >= self._parts.failures_per_login:
                tx.logins.close(opened.login)

        self._write(opened, replace(opened.said, status=Status.REFUSED, error=REFUSED), then)
        return outcome

    def _write(
        self, opened: Open, said: Said, then: Callable[[Transaction], None] = lambda _: None
    ) -> None:
        with self._parts.store.write() as tx:
            tx.accounts.hold(opened.note.account_id)
            agrees = stands(tx, opened.note.account_id, opened.client.id)
            if not agrees or not tx.voice.notes.change(opened.note, said.dump()):
                raise NotAllowed(detail="begun anew, or withdrawn, while it was judged")
            then(tx)


def _same(one: Said, other: Said) -> bool:
    """Whether the same is asked once more: that makes a challenge no younger."""
    return one.words == other.words
