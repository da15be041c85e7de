"""What the authorization endpoint answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.text import Text
from gateway.oidc.clients.strangers import Stranger
from gateway.oidc.resources.types.type import Shown

SCOPES = {
    "openid": Text("Know that it is you"),
    "profile": Text("See your user name"),
    "email": Text("See your e-mail address"),
    "offline_access": Text("Stay connected while you are away"),
}


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send the browser on."""

    location: str


@dataclass(frozen=True, slots=True)
class FormPost:
    """Have the browser post these parameters (OAuth 2.0 Form Post Response Mode 1.0)."""

    action: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Held:
    """Leave it to the person whether an error goes to an address that nobody here vouches for."""

    answer: Redirect | FormPost
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Decided:
    """Show what the person has answered elsewhere; `back` is where more may wait for them."""

    allowed: bool
    client_name: str
    back: str = "/"


@dataclass(frozen=True, slots=True)
class AskAccount:
    """Let the person go on as who they are, where that `fits` the request, or be somebody else."""

    action: str
    cancel: str
    client_id: str
    client_name: str
    redirect_uri: str
    username: str
    fits: bool
    ui_locales: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class AskConsent:
    """Show the person who asks for what, and for how many seconds at the most."""

    action: str
    client_id: str
    client_name: str
    redirect_uri: str
    scope: str
    lifetime: int
    ui_locales: Sequence[str] = ()
    stranger: Stranger | None = None
    resources: Sequence[str] = ()
    details: Sequence[Shown] = ()
    for_one_message: bool = False

    @property
    def scopes(self) -> list[tuple[str, Text]]:
        """Return each scope value with its meaning in words."""
        return scopes(self.scope)


def scopes(scope: str) -> list[tuple[str, Text]]:
    """Return each scope value with its meaning in words."""
    unknown = "Use “%(scope)s”"
    return [(value, SCOPES.get(value, Text(unknown, {"scope": value}))) for value in scope.split()]
