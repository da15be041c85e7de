"""Telling people what happened to their account, at every address that is known to be theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from contracts.clock import Clock
from contracts.factor import Channel, Factor, Message
from contracts.text import Text
from enrollment.messages import post
from enrollment.usable import addresses
from gateway.callers import caller, in_words
from store import Account, Transaction

LIFETIME = timedelta(days=1)
"""For how long a message is tried again."""

HOUR = timedelta(hours=1)
MOST = 10
"""Messages of one kind that a person is sent in an hour: whoever gets in could go on for ever."""

UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about an account: what happened, and what to do if it was somebody else.

    The text may say `%(when)s`, `%(address)s` and `%(device)s`: of the request that it is about.
    `words` are values of the text that are themselves put into the person's language.
    """

    subject: Text
    text: Text
    words: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where messages reach a person, and the language that they were last seen with."""

    language: str
    addresses: Sequence[tuple[Channel, str]] = field(repr=False)


class Notices:
    """Writes notices to the outbox, in the language that the person was last seen with."""

    def __init__(
        self, factors: Mapping[str, Factor], render: Callable[[str, Text], str], clock: Clock
    ) -> None:
        """Take what puts a text into a language as `render`."""
        self._factors = factors
        self._render = render
        self._clock = clock

    def tell(self, tx: Transaction, account_id: str, notice: Notice) -> int:
        """Tell a person at every address of theirs; return how many these are."""
        known = self.reach(tx, account_id)
        kind = f"notices:{account_id}:{notice.subject.message}"
        if known is None or tx.limits.hit(kind, MOST, HOUR):
            return 0
        return self.send(tx, known, notice)

    def reach(self, tx: Transaction, account_id: str) -> Reach | None:
        """Return where messages reach a person; None where there is no such person."""
        account = tx.accounts.get(account_id)
        if account is None:
            return None
        return Reach(account.language or "", self._addresses(tx, account))

    def send(self, tx: Transaction, reach: Reach, notice: Notice) -> int:
        """Send a notice to these addresses; return how many these are."""
        render = partial(self._render, reach.language)
        text = self._text(reach.language, notice)
        for channel, to in reach.addresses:
            post(tx, Message(channel, to, notice.subject, text), render, LIFETIME)
        return len(reach.addresses)

    def _text(self, language: str, notice: Notice) -> Text:
        seen = caller()
        words = {"device": in_words(seen.device), **notice.words}
        values = {
            "when": self._clock.now(),
            "address": seen.address or UNKNOWN,
            **{name: self._render(language, text) for name, text in words.items()},
            **notice.text.values,
        }
        return replace(notice.text, values=values)

    def _addresses(self, tx: Transaction, account: Account) -> list[tuple[Channel, str]]:
        """Return each address once: the one an operator vouched for, and those that were shown."""
        found = [(Channel.EMAIL, account.email)] if account.email else []
        found += addresses(tx, account.id, self._factors.values())
        return list({(channel, to.casefold()): (channel, to) for channel, to in found}.values())
