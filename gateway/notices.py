"""Telling people what happened to their account, at every address that is known to be theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from contracts.factor import Channel, Factor, Reachable
from contracts.text import Text
from enrollment.usable import readable
from store import Account, Transaction
from store.outbox import MESSAGE

LIFETIME = timedelta(days=1)
"""For how long a message is tried again."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message about an account: what happened, and what to do if it was somebody else."""

    subject: Text
    text: Text


class Notices:
    """Writes notices to the outbox, in the language that the person was last seen with."""

    def __init__(self, factors: Mapping[str, Factor], render: Callable[[str, Text], str]) -> None:
        """Take what puts a text into a language as `render`."""
        self._factors = factors
        self._render = render

    def tell(self, tx: Transaction, account_id: str, notice: Notice) -> int:
        """Tell a person at every address of theirs; return how many these are."""
        account = tx.accounts.get(account_id)
        if account is None:
            return 0
        addresses = self._addresses(tx, account)
        subject, text = (
            self._rendered(account, notice.subject),
            self._rendered(account, notice.text),
        )
        for channel, to in addresses:
            payload = {"channel": channel.value, "to": to, "subject": subject, "text": text}
            tx.outbox.put(MESSAGE, payload, LIFETIME)
        return len(addresses)

    def _rendered(self, account: Account, text: Text) -> str:
        return self._render(account.language or "", text)

    def _addresses(self, tx: Transaction, account: Account) -> list[tuple[Channel, str]]:
        """Return each address once: the one an operator vouched for, and those that were shown."""
        found = [(Channel.EMAIL, account.email)] if account.email else []
        for factor in self._factors.values():
            if isinstance(factor, Reachable):
                found += factor.addresses(readable(tx, account.id, factor.name))
        return list({(channel, to.casefold()): (channel, to) for channel, to in found}.values())
