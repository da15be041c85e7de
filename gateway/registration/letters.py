"""What the owner of an address hears of sign-ups."""

from __future__ import annotations

from dataclasses import dataclass, replace

from contracts.factor import Message
from contracts.text import Text
from gateway.notices import Notice
from store import Transaction

HAVE_ONE = Text("You have an account already")
HOW = Text(
    "Somebody, probably you, wanted to make an account at %(service)s with this address. "
    "You have one already. Your username: %(names)s\n\n"
    "Log in here: %(account)s\n\n"
    "If it was not you, you need not do anything."
)
READY = Text("Your account is ready")
WELCOME = Text(
    "You made an account at %(service)s. Your username: %(name)s\n\n"
    "%(when)s · %(device)s · %(address)s\n\n"
    "Here you see and change how you log in: %(account)s\n\n"
    "If it was not you, somebody can read your messages: they typed the code that we sent here."
)


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes in the name of a service, with the address of its account pages."""

    service: str
    account: str

    def instead(self, tx: Transaction, message: Message) -> Message:
        """Return the message, or where its address has an account, what its owner should know.

        Nobody else learns of it: what the page says and does is the same.
        """
        held = tx.accounts.at(message.to)
        if not held:
            return message
        names = ", ".join(sorted(account.username for account in held))
        values = {"service": self.service, "account": self.account, "names": names}
        return replace(message, subject=HAVE_ONE, text=replace(HOW, values=values))

    def welcome(self, username: str) -> Notice:
        """Return what a new account's owner is told."""
        values = {"service": self.service, "account": self.account, "name": username}
        return Notice(READY, replace(WELCOME, values=values))
