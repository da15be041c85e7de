"""Answers that are given in a chat of the client that a login is for, and count in this browser."""

from __future__ import annotations

from contracts.assurance import AuthEvent
from contracts.errors import Expired
from contracts.factor import Kind
from contracts.sample import Modality
from gateway import policy
from gateway.login.found import found
from gateway.login.plan import Offer
from gateway.login.steps import Choose, Step, Visit
from store import Login, Store, Transaction
from store.clients import OPERATOR, Client
from store.encoding import load_events
from store.voice_notes import VoiceNote

FACTOR = Modality.VOICE.value
"""What is answered elsewhere: a voice message can be handed on, a passkey cannot."""

OFFER = (FACTOR, "", False)


def page(handle: str) -> str:
    """Return the path of the page that says how a login is answered elsewhere."""
    return f"/login/{handle}/note"


class Elsewhere:
    """Knows which logins can be answered elsewhere, and collects what came of it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def offered(self, handle: str, visit: Visit, step: Step) -> str:
        """Return where a person goes who answers a choice elsewhere; empty where they cannot."""
        if not isinstance(step, Choose) or OFFER not in map(_named, step.offers):
            return ""
        with self._store.read() as tx:
            fits = client_of(tx, found(tx, handle, visit)) is not None
        return page(handle) if fits else ""

    def answered(self, login: Login) -> VoiceNote | None:
        """Return what was answered elsewhere since this login was looked at last."""
        if not login.events:
            return None
        with self._store.read() as tx:
            note = tx.voice.notes.of(login)
        return note if note and note.state["proof"] else None


def take(tx: Transaction, note: VoiceNote) -> AuthEvent:
    """Return, once, what an answer proves. Raises Expired where it was taken, or taken back."""
    tx.accounts.hold(note.account_id)
    if not tx.voice.notes.take(note):
        raise Expired(detail="collected before, or taken back meanwhile")
    return load_events(note.state["proof"])[0]


def client_of(tx: Transaction, login: Login) -> Client | None:
    """Return the client in whose chat this login can be answered; None where in nobody's.

    An operator has switched it on, the request has a name that the client knows, and the person has
    shown two kinds of proof, in this very login that they possess something: a voice message only
    adds to that.
    """
    client = tx.clients.get(login.requirement.client_id)
    if client is None or not login.requirement.transaction or not _enough(login):
        return None
    return client if listens(client) else None


def listens(client: Client) -> bool:
    """Whether an operator lets people answer by voice messages that this client hands on."""
    return client.metadata.voice_notes and client.source == OPERATOR and not client.public


def possesses(login: Login) -> bool:
    """Whether something was shown to be possessed in the course of this login."""
    shown = (proof for proof in policy.anew(login.events) if proof.at >= login.created_at)
    return any(Kind.POSSESSION in proof.kinds for proof in shown)


def _enough(login: Login) -> bool:
    shown = policy.level(policy.anew(login.events))
    return possesses(login) and shown.satisfies(policy.parse("mfa"))


def _named(offer: Offer) -> tuple[str, str, bool]:
    return (offer.factor, offer.credential, offer.enrol)
