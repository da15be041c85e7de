"""What the pages of both protocols show."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.oidc.authorize.outcomes import AskConsent
from gateway.oidc.decoupled.request import DecoupledRequest
from gateway.oidc.settings import ProviderSettings
from store.clients import Client


@dataclass(frozen=True, slots=True)
class Decided:
    """The person has answered; `back` is where more may wait for them."""

    allowed: bool
    client_name: str
    back: str = "/"


def consent(
    client: Client, request: DecoupledRequest, settings: ProviderSettings, action: str
) -> AskConsent:
    """Return what the person is asked to allow; nobody is sent on from here."""
    lasting = int(settings.refresh_absolute.total_seconds())
    offline = "offline_access" in request.scope.split()
    return AskConsent(
        action=action,
        client_name=client.name,
        redirect_uri="",
        scope=request.scope,
        lifetime=lasting if offline else client.access_token_seconds,
    )
