"""Logging out: who asks, whom it concerns, and who is told.

Other clients hear of it over the back channel, as of any end of a session (`store.endings`);
those with a front channel are shown in frames of the page that says that it is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from authlib.common.urls import add_params_to_uri

from contracts.assurance import Assurance
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.clients.registered import Clients
from gateway.oidc.clients.subject import Subjects
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.logout.request import LogoutRequest, checked
from gateway.oidc.ports import ANYBODY, Authentication
from store import Store
from store.clients import Client


@dataclass(frozen=True, slots=True)
class SignedOut:
    """The session is over: where the person goes on, and what is shown in frames before."""

    back: str | None = None
    frames: Sequence[str] = ()
    client_name: str = ""
    ui_locales: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class AskLogout:
    """Ask the person whether they want to log out; `sent` comes back with the answer."""

    username: str
    client_name: str
    back: str | None
    sent: dict[str, str]
    ui_locales: Sequence[str] = ()


class Logout:
    """Answers logout requests (RP-Initiated Logout 1.0)."""

    def __init__(
        self,
        *,
        store: Store,
        issuer: str,
        clients: Clients,
        keys: KeyRing,
        authentication: Authentication,
    ) -> None:
        self._store = store
        self._issuer = issuer
        self._clients = clients
        self._keys = keys
        self._authentication = authentication
        self._subjects = Subjects(store.vault)

    def start(self, parameters: Parameters) -> SignedOut | AskLogout:
        """Log the person out whom the hint names, and ask any other. Raises BadRequest."""
        request = self._checked(parameters)
        here = self._authentication.current(ANYBODY)
        if here is None or self._meant(request, here):
            return self._done(request, here)
        with self._store.read() as tx:
            account = tx.accounts.get(here.subject)
        name = account.username if account else ""
        told = request.client.name if request.client else ""
        return AskLogout(name, told, request.back, request.sent, request.ui_locales)

    def confirmed(self, parameters: Parameters) -> SignedOut:
        """Log out whoever is there and has said so. Raises BadRequest."""
        request = self._checked(parameters)
        return self._done(request, self._authentication.current(ANYBODY))

    def here(self) -> SignedOut:
        """Log out whoever is there, who has asked us and no client to do so."""
        return SignedOut("/", self._ended(self._authentication.current(ANYBODY), None))

    def _checked(self, parameters: Parameters) -> LogoutRequest:
        return checked(parameters, self._clients, issuer=self._issuer, keys=self._keys)

    def _meant(self, request: LogoutRequest, here: Assurance) -> bool:
        """Tell whether the hint is of this very session; one of another is suspect (section 2)."""
        if request.hint is None or request.client is None:
            return False
        same = request.hint.sub == self._subjects.of(request.client, here.subject)
        return same and request.hint.sid == self._subjects.session(request.client, here.sid)

    def _done(self, request: LogoutRequest, here: Assurance | None) -> SignedOut:
        return SignedOut(
            back=request.back,
            frames=self._ended(here, request.client),
            client_name=request.client.name if request.client else "",
            ui_locales=request.ui_locales,
        )

    def _ended(self, here: Assurance | None, asked_by: Client | None) -> Sequence[str]:
        """End the session; return the front channels of the clients that it let in."""
        if here is None:
            self._authentication.end()
            return ()
        with self._store.read() as tx:
            let_in = tx.endings.let_in(here.sid)
        self._authentication.end()
        with self._store.write() as tx:
            by = asked_by.id if asked_by else None
            tx.audit.add("logout", account_id=here.subject, client_id=by)
        framed = (client for client in let_in if client.metadata.frontchannel_logout_uri)
        return [self._frame(client, here.sid) for client in framed]

    def _frame(self, client: Client, sid: str) -> str:
        """Return the address of a frame (Front-Channel Logout 1.0, section 2)."""
        said = [("iss", self._issuer), ("sid", self._subjects.session(client, sid))]
        return str(add_params_to_uri(client.metadata.frontchannel_logout_uri, said))
