"""The person's side: what they are shown in their browser while they answer in the chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.clock import Clock
from contracts.errors import NotAllowed
from contracts.text import Text
from enrollment.agreeing import NEEDED
from enrollment.outcomes import Asked
from gateway.login.elsewhere import OFFER, client_of
from gateway.login.found import found
from gateway.login.service import LoginService
from gateway.login.steps import Visit
from gateway.voice_notes.challenge import KEPT, Said, asked_at
from gateway.voice_notes.consent import VERSION, ChatConsents, points, stands
from store import Client, Login, Store


@dataclass(frozen=True, slots=True)
class Agree:
    """Ask whether somebody agrees before anything of theirs is handed on."""

    client: Client
    version: str
    points: Sequence[Text]
    error: Text | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be said in the chat, and where that stands; `mark` changes with it.

    `taken`: an answer has come that is not judged yet, or that was given in a browser.
    """

    client: Client
    said: Said
    seconds: int
    mark: str
    taken: bool

    @property
    def waits(self) -> bool:
        """Whether an answer can still be given."""
        return self.seconds > 0 and not self.taken and self.said.unanswered


class Offering:
    """Offers to answer in a chat, and shows how that stands."""

    def __init__(
        self, store: Store, clock: Clock, logins: LoginService, consents: ChatConsents
    ) -> None:
        self._store = store
        self._clock = clock
        self._logins = logins
        self._consents = consents

    def begin(self, handle: str, visit: Visit, agreed: str | None) -> Agree | None:
        """Put a challenge that is answered in the chat; first ask whether the person agrees.

        Raises NotAllowed where this login cannot be answered there.
        """
        login, client = self._find(handle, visit)
        account_id = login.account_id or ""
        with self._store.read() as tx:
            agrees = stands(tx, account_id, client.id)
        if not agrees and not self._consents.agree(account_id, client.id, agreed or ""):
            error = None if agreed is None else NEEDED
            return Agree(client, str(VERSION), points(client), error)
        asked = self._logins.choose(handle, visit, OFFER)
        if not isinstance(asked, Asked):
            raise NotAllowed(detail="no challenge came of it")
        said = asked_at(self._clock.now(), asked)
        with self._store.write() as tx:
            tx.voice.notes.put(login, said.dump(), KEPT)
        return None

    def look(self, handle: str, visit: Visit) -> Shown | None:
        """Return where it stands; None where the login goes on without."""
        login, client = self._find(handle, visit)
        with self._store.read() as tx:
            note = tx.voice.notes.of(login)
            if note is None or note.state["proof"]:
                return None
            said = Said.load(note.state)
            taken = said.unanswered and not tx.ceremonies.stands(said.ceremony, login.handle_hash)
        left = (said.until - self._clock.now()).total_seconds()
        seconds = max(0, int(left))
        stands = "taken" if taken else said.status
        mark = f"{note.version}.{stands}" if seconds else "over"
        return Shown(client, said, seconds, mark, taken)

    def _find(self, handle: str, visit: Visit) -> tuple[Login, Client]:
        with self._store.read() as tx:
            login = found(tx, handle, visit)
            client = client_of(tx, login)
        if client is None:
            raise NotAllowed(detail="this login is not answered in a chat")
        return login, client
