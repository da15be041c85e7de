"""Inviting people: a link that works once, to an account that has nothing yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from contracts.clock import Clock
from contracts.errors import BadRequest, Conflict
from contracts.factor import Channel, Factor, Message
from contracts.text import Text, Value
from enrollment.messages import post
from gateway.people.person import Prepared, prepare, read
from gateway.settings import Settings
from store import Account, Store, Transaction
from web.pages import languages, translate_into

SET_UP = Text("The account %(name)s is set up already: its owner logs in and changes it there.")
OTHER = Text("The account %(name)s is disabled, or has another address.")
NO_LANGUAGE = Text("There are these languages: %(languages)s.")
INVITED = Text("You are invited to %(service)s")
HOW = Text(
    "There is an account for you at %(service)s. Your username: %(name)s\n\n"
    "Set it up here: %(link)s\n\n"
    "The link works once, until %(until)s. Give it to nobody: whoever opens it first has the "
    "account.\n\nIf you do not know what this is about, you need not do anything."
)


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is invited, and in which language."""

    username: str
    email: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What opens the account: what comes after `#` is seen by no server and in no log."""

    link: str = field(repr=False)
    valid_until: datetime


class Inviter:
    """Invites people to accounts that nobody can log in to yet."""

    def __init__(
        self, store: Store, clock: Clock, factors: Mapping[str, Factor], settings: Settings
    ) -> None:
        self._store = store
        self._clock = clock
        self._factors = factors
        self._settings = settings

    def invite(self, guest: Guest, *, send: bool) -> Invitation:
        """Make a link; those before it stop working. Raises BadRequest, Conflict."""
        if guest.language not in languages():
            raise BadRequest(replace(NO_LANGUAGE, values={"languages": ", ".join(languages())}))
        person = read({"username": guest.username, "email": guest.email})
        prepared, lifetime = prepare(person, self._factors), self._settings.span("ticket")
        with self._store.write() as tx:
            account = _account(tx, prepared)
            tx.accounts.speaks(account.id, guest.language)
            tx.tickets.withdraw(account.id)
            ticket = tx.tickets.issue(account.id, lifetime)
            link = f"{self._settings.issuer}/enroll/ticket#{ticket}"
            invitation = Invitation(link, self._clock.now() + lifetime)
            tx.audit.add("account.invited", account_id=account.id, detail={"sent": send})
            if send:
                letter = self._letter(guest, account, invitation)
                post(tx, letter, partial(translate_into, guest.language), lifetime)
        return invitation

    def _letter(self, guest: Guest, account: Account, invitation: Invitation) -> Message:
        values: dict[str, Value] = {
            "service": self._settings.service_name,
            "name": account.username,
            "link": invitation.link,
            "until": invitation.valid_until,
        }
        subject, text = replace(INVITED, values=values), replace(HOW, values=values)
        return Message(Channel.EMAIL, account.email or guest.email, subject, text)


def _account(tx: Transaction, prepared: Prepared) -> Account:
    """Return the account of a guest, added where there is none. Raises Conflict."""
    account, email = tx.accounts.find(prepared.username), prepared.email
    if account is None:
        account = tx.accounts.add(prepared.username, email)
        tx.audit.add("account.added", account_id=account.id)
    if tx.credentials.list(account.id):
        raise Conflict(replace(SET_UP, values={"name": account.username}))
    if not account.active or (account.email or "").casefold() not in {"", (email or "").casefold()}:
        raise Conflict(replace(OTHER, values={"name": account.username}))
    tx.accounts.set_email(account.id, email)
    return replace(account, email=email)
