"""A logout request of a client (OpenID Connect RP-Initiated Logout 1.0, section 2), checked.

What does not hold is an error page, never a redirect, and logs nobody out (section 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from authlib.common.urls import add_params_to_uri

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.clients.registered import Clients
from gateway.oidc.issued import hint
from gateway.oidc.issued.hint import Hint, id_token_hint
from gateway.oidc.keys.ring import KeyRing
from store.clients import Client

NAMES = (
    *("id_token_hint", "logout_hint", "client_id", "post_logout_redirect_uri"),
    *("state", "ui_locales"),
)
LONGEST = 2048

MALFORMED = Text("The application that sent you here to log out made a mistake. Please go back.")
UNKNOWN = Text("The application that sent you here to log out is not known. Please go back to it.")
NOWHERE = Text(
    "The application that sent you here to log out gave an address that is not registered for it."
)


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """Who asks to log whom out, and where the person goes on: nowhere without a known client."""

    client: Client | None
    hint: Hint | None
    back: str | None
    sent: dict[str, str]

    @property
    def ui_locales(self) -> Sequence[str]:
        """Return the languages that the client asks for."""
        return self.sent.get("ui_locales", "").split()


def checked(
    parameters: Parameters, clients: Clients, *, issuer: str, keys: KeyRing
) -> LogoutRequest:
    """Make every check. Raises BadRequest."""
    sent = {name: parameters[name] for name in NAMES if parameters[name]}
    if any(parameters.repeated(name) or not _fits(name, parameters[name]) for name in NAMES):
        raise BadRequest(MALFORMED, detail="a parameter is repeated, too long or not printable")
    hinted = _hint(sent.get("id_token_hint"), issuer, keys)
    client = _client(sent.get("client_id"), hinted, clients)
    return LogoutRequest(client, hinted, _back(sent, client), sent)


def _fits(name: str, value: str) -> bool:
    longest = hint.LONGEST if name == "id_token_hint" else LONGEST
    return len(value) <= longest and value.isprintable()


def _hint(sent: str | None, issuer: str, keys: KeyRing) -> Hint | None:
    """Read the hint; an ID token of ours that has expired is as good as any (section 4)."""
    found = id_token_hint(sent, issuer=issuer, keys=keys) if sent else None
    if sent and found is None:
        raise BadRequest(MALFORMED, detail="id_token_hint is not an ID token of ours")
    return found


def _client(client_id: str | None, hinted: Hint | None, clients: Clients) -> Client | None:
    """Return the client that is named, or that the hint was issued to; both are one (section 2)."""
    if client_id and hinted and client_id not in hinted.aud:
        raise BadRequest(MALFORMED, detail="id_token_hint was issued to another client")
    named = client_id or (hinted.aud[0] if hinted else None)
    found = clients.get(named) if named else None
    if named and found is None:
        raise BadRequest(UNKNOWN, detail="no such client")
    return found.record if found else None


def _back(sent: dict[str, str], client: Client | None) -> str | None:
    """Return where to go on, `state` with it: an address registered character by character."""
    uri = sent.get("post_logout_redirect_uri")
    if uri is None or client is None:
        return None
    if uri not in client.metadata.post_logout_redirect_uris:
        raise BadRequest(NOWHERE, detail="post_logout_redirect_uri is not registered")
    state = [("state", sent["state"])] if "state" in sent else []
    return str(add_params_to_uri(uri, state)) if state else uri
