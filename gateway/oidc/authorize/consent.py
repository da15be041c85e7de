"""What a person is asked to allow, and for how long they allow it."""

from __future__ import annotations

from datetime import timedelta

from contracts.assurance import Assurance
from gateway.oidc.authorize.interactions import Interaction
from gateway.oidc.authorize.outcomes import AskConsent
from gateway.oidc.authorize.request import AuthorizationRequest
from gateway.oidc.clients.strangers import stranger
from gateway.oidc.resources import rfc9396
from gateway.oidc.settings import ProviderSettings
from store import Store


def consent_to(
    interaction: Interaction, assurance: Assurance, settings: ProviderSettings, store: Store
) -> AskConsent:
    """Return what the consent page says of a request."""
    client, request = interaction.client, interaction.request
    with store.read() as tx:
        resources = [found for uri in request.resource if (found := tx.resources.get(uri))]
        details = rfc9396.shown(request.authorization_details, tx)
    return AskConsent(
        action=f"{interaction.path}?sid={assurance.sid}",
        client_name=client.name,
        redirect_uri=request.redirect_uri,
        scope=request.scope,
        lifetime=int(_lasting(interaction, settings).total_seconds()),
        ui_locales=request.ui_locales,
        stranger=stranger(client),
        resources=[resource.name for resource in resources],
        details=details,
        for_one_message=request.for_one_message,
    )


def grant_lifetime(request: AuthorizationRequest, settings: ProviderSettings) -> timedelta:
    """Return how long tokens may be issued: for one message, until its code and token are over."""
    if request.for_one_message:
        return settings.code_lifetime + settings.message_token
    return settings.refresh_absolute


def _lasting(interaction: Interaction, settings: ProviderSettings) -> timedelta:
    """Return how long the person lets the client have what it asks for."""
    if interaction.request.offline:
        return settings.refresh_absolute
    lifetime = timedelta(seconds=interaction.client.access_token_seconds)
    short = interaction.request.for_one_message
    return min(lifetime, settings.message_token) if short else lifetime
