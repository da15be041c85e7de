"""Ceremonies of people who have no account yet: what they enrol is handed back and not stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from contracts.abilities import Resending
from contracts.clock import Clock
from contracts.errors import BadRequest, Expired, Retry, TooMany, Unavailable
from contracts.factor import Factor, Subject, Template
from contracts.text import Text
from enrollment.asking import Asking, Letter
from enrollment.outcomes import Asked, Callbacks, Made, Rules
from enrollment.remembered import Remembered, unpack
from enrollment.submission import Submission
from enrollment.usable import named
from store import Ceremony, Purpose, Store


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody without an account: `owner` binds their ceremonies, `subject` is to be."""

    owner: str = field(repr=False)
    subject: Subject


class Newcomers:
    """Begins and finishes the ceremonies of newcomers."""

    def __init__(
        self,
        store: Store,
        factors: Mapping[str, Factor],
        clock: Clock,
        rules: Rules,
        render: Callable[[Text], str],
        letter: Letter,
    ) -> None:
        """Take what is sent to an address in place of a code as `letter`."""
        self._store = store
        self._factors = factors
        self._clock = clock
        self._asking = Asking(store, clock, factors, rules, Callbacks(render), letter)

    def begin(self, factor: str, newcomer: Newcomer) -> Asked:
        """Start to enrol a factor. Raises NotAllowed for no such factor."""
        challenge = named(self._factors, factor).begin_enroll(newcomer.subject, ())
        ceremony = Ceremony(None, newcomer.owner, factor, Purpose.ENROLL, None, b"", 1, 1)
        with self._store.write() as tx:
            return self._asking.ask(tx, ceremony, challenge)

    def answer(self, handle: str, newcomer: Newcomer, submission: Submission) -> Asked | Made:
        """Take the ceremony and one answer. Raises Expired as the ceremonies of accounts do."""
        ceremony, remembered = self._take(handle, newcomer)
        try:
            return self._proceed(ceremony, remembered, newcomer, submission)
        except (Retry, BadRequest, Unavailable) as unjudged:
            return self._asking.again(ceremony, remembered, unjudged)

    def resend(self, handle: str, newcomer: Newcomer) -> Asked:
        """Send anew what the ceremony sent: the message before counts no more, its tries do."""
        ceremony, remembered = self._take(handle, newcomer)
        factor = named(self._factors, ceremony.factor)
        try:
            if not isinstance(factor, Resending) or not remembered.secret:
                raise BadRequest(detail=f"{factor.name} has sent nothing")
            return self._asking.anew(ceremony, remembered, factor.resend(remembered.secret))
        except (BadRequest, TooMany) as refused:
            return self._asking.again(ceremony, remembered, refused)

    def _proceed(
        self,
        ceremony: Ceremony,
        remembered: Remembered,
        newcomer: Newcomer,
        submission: Submission,
    ) -> Asked | Made:
        factor = named(self._factors, ceremony.factor)
        answer = submission.answer(remembered.asks, self._clock.now())
        came = factor.continue_enroll(newcomer.subject, remembered.secret, answer)
        if isinstance(came, Template):
            return Made(factor.name, came)
        with self._store.write() as tx:
            return self._asking.ask(tx, ceremony, came)

    def _take(self, handle: str, newcomer: Newcomer) -> tuple[Ceremony, Remembered]:
        with self._store.write() as tx:
            ceremony = tx.ceremonies.take(handle, newcomer.owner)
        if ceremony is None:
            raise Expired(detail="no such ceremony of this newcomer")
        return ceremony, unpack(ceremony.secret)
