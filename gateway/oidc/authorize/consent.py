"""What a person is asked to allow, and for how long they allow it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gateway.oidc.authorize.outcomes import AskConsent
from gateway.oidc.authorize.wish import Wish
from gateway.oidc.clients.strangers import stranger
from gateway.oidc.resources import rfc9396
from gateway.oidc.settings import ProviderSettings
from store import Client, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who wishes for what, where the answer goes, and where the browser goes after it."""

    client: Client
    request: Wish
    action: str
    redirect_uri: str = ""


def consent_to(asking: Asking, settings: ProviderSettings, store: Store) -> AskConsent:
    """Return what the page says on which the person decides."""
    client, request = asking.client, asking.request
    with store.read() as tx:
        resources = [found for uri in request.resource if (found := tx.resources.get(uri))]
        details = rfc9396.shown(request.authorization_details, tx)
    return AskConsent(
        action=asking.action,
        client_id=client.id,
        client_name=client.name,
        redirect_uri=asking.redirect_uri,
        scope=request.scope,
        lifetime=int(_lasting(client, request, settings).total_seconds()),
        ui_locales=request.ui_locales,
        stranger=stranger(client),
        resources=[resource.name for resource in resources],
        details=details,
        for_one_message=request.for_one_message,
    )


def grant_lifetime(request: Wish, settings: ProviderSettings) -> timedelta:
    """Return how long tokens may be issued: for one message, until its code and token are over."""
    if request.for_one_message:
        return settings.code_lifetime + settings.message_token
    return settings.refresh_absolute


def _lasting(client: Client, request: Wish, settings: ProviderSettings) -> timedelta:
    """Return how long the person lets the client have what it asks for."""
    if request.offline:
        return settings.refresh_absolute
    lifetime = timedelta(seconds=client.access_token_seconds)
    return min(lifetime, settings.message_token) if request.for_one_message else lifetime
