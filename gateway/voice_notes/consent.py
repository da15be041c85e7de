"""What people agree to before a client may hand on their voice, and taking it back.

Whoever changes what a sentence means raises `VERSION`: what was agreed to before rests until people
agree anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.errors import Expired
from contracts.text import Text
from gateway.callers import caller
from gateway.login.elsewhere import listens
from store import Client, Store, Transaction
from store.events import Event

VERSION = 1
POINTS = (
    Text(
        "You answer here by a voice message, or by speaking in a call, to %(client)s. It hands "
        "what you say on to this service, which compares it with your voiceprint."
    ),
    Text(
        "%(client)s hears what you say and may keep it: this service has no say in that. It never "
        "gets your voiceprint, and is told nothing but yes, no or once more."
    ),
    Text(
        "A voice message only adds to what you have shown here before. Nobody can log in as you "
        "by your voice alone."
    ),
    Text(
        "You do not have to agree: you can speak into this browser, or choose another way. You can "
        "withdraw your consent at any time on the page of your account."
    ),
)


@dataclass(frozen=True, slots=True)
class Chat:
    """A client in whose chat a person may answer, and since when, if they agreed to it."""

    client_id: str
    name: str
    since: datetime | None


class ChatConsents:
    """Shows people in which chats they may answer, and takes that back."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def chats(self, account_id: str) -> Sequence[Chat]:
        """Return the chats a person agreed to, and those of other applications of theirs."""
        with self._store.read() as tx:
            given = [each for each in tx.voice.consents.list(account_id) if each.stands]
            held = {each.client_id for each in tx.consents.list(account_id)}
            held |= {each.client_id for each in tx.grants.held(account_id)}
            others = [tx.clients.get(id) for id in held - {each.client_id for each in given}]
        agreed = [Chat(each.client_id, each.client_name, each.given_at) for each in given]
        open = [Chat(each.id, each.name, None) for each in others if each and listens(each)]
        return sorted([*agreed, *open], key=lambda chat: chat.name.casefold())

    def client(self, client_id: str) -> Client:
        """Return a client in whose chat people may answer. Raises Expired: none."""
        with self._store.read() as tx:
            client = tx.clients.get(client_id)
        if client is None or not listens(client):
            raise Expired(detail=f"{client_id!r} takes no voice messages")
        return client

    def agree(self, account_id: str, client_id: str, version: str) -> bool:
        """Give consent to the words of a version; False where these are not today's."""
        client = self.client(client_id)
        if version != str(VERSION):
            return False
        with self._store.write() as tx:
            tx.accounts.hold(account_id)
            if not stands(tx, account_id, client_id):
                _give(tx, account_id, client.id)
        return True

    def withdraw(self, account_id: str, client_id: str) -> None:
        """End a consent, and whatever is under way by it. Raises Expired: none."""
        with self._store.write() as tx:
            tx.accounts.hold(account_id)
            if not withdrawn(tx, account_id, client_id):
                raise Expired(detail="no such consent stands")


def stands(tx: Transaction, account_id: str, client_id: str) -> bool:
    """Tell whether somebody lets a client hand on their voice, as it is done now."""
    return tx.voice.consents.stands(account_id, client_id, VERSION)


def withdrawn(tx: Transaction, account_id: str, client_id: str) -> bool:
    """End a consent, and whatever is under way by it; False where none stood."""
    if not tx.voice.withdraw(account_id, client_id):
        return False
    _note(tx, "voice_notes.withdrawn", account_id, client_id)
    tx.events.happened(
        Event.CONSENT_WITHDRAWN, account_id, clients=[client_id], voice_notes=client_id
    )
    return True


def points(client: Client) -> list[Text]:
    """Return what somebody agrees to, sentence by sentence."""
    return [Text(point.message, {"client": client.name}) for point in POINTS]


def _give(tx: Transaction, account_id: str, client_id: str) -> None:
    tx.voice.consents.give(account_id, client_id, VERSION)
    _note(tx, "voice_notes.agreed", account_id, client_id)
    said = {"voice_notes": client_id, "version": str(VERSION)}
    tx.events.happened(Event.CONSENT_GIVEN, account_id, clients=[client_id], **said)


def _note(tx: Transaction, event: str, account_id: str, client_id: str) -> None:
    source = caller().address
    tx.audit.add(event, account_id=account_id, client_id=client_id, source=source)
