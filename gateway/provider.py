"""How the OpenID Provider is built from the settings."""

from __future__ import annotations

from contracts.assurance import AuthEvent
from gateway import oidc, policy
from gateway.keeper import make_keeper
from gateway.login.authentication import Authentication
from gateway.login.plan import event
from gateway.parts import Parts
from gateway.settings import Settings


def make_provider(parts: Parts, authentication: Authentication) -> oidc.Provider:
    """Build the provider; all it knows of logging in is what it may ask."""
    settings, keeper = parts.settings, make_keeper(parts.settings)
    return oidc.provider(
        store=parts.store,
        clock=parts.clock,
        authentication=authentication,
        keeper=keeper,
        settings=oidc.ProviderSettings(
            issuer=settings.issuer,
            code_lifetime=settings.span("code"),
            id_token_lifetime=settings.span("id_token"),
            message_token=settings.span("message_token"),
            refresh_idle=settings.span("refresh_idle"),
            refresh_absolute=settings.span("refresh_absolute"),
            interaction_lifetime=settings.span("login"),
            jwks_max_age=settings.span("jwks"),
            dpop_nonce_required=settings.dpop_nonce == "required",
            algorithms=keeper.algorithms,
            acr_values=policy.issued(_prospects(parts)),
            require_pushed=settings.require_pushed_authorization_requests,
            client_certificates=bool(settings.client_certificate_header),
            clients=_strangers(settings),
            device=_device(settings),
            backchannel=_backchannel(settings),
        ),
    )


def _prospects(parts: Parts) -> list[AuthEvent]:
    """Return what new credentials of every factor could prove."""
    now = parts.clock.now()
    return [event(name, factor.prospect(()), now) for name, factor in parts.factors.items()]


def _device(settings: Settings) -> oidc.DeviceSettings:
    return oidc.DeviceSettings(
        lifetime=settings.span("device_code"),
        limited=settings.limits == "on",
        per_browser=settings.failures_per_login,
        per_source=settings.failures_per_source,
        per_hour=settings.device_entries_per_hour,
    )


def _backchannel(settings: Settings) -> oidc.BackchannelSettings:
    return oidc.BackchannelSettings(
        lifetime=settings.span("backchannel"),
        longest=settings.span("backchannel_longest"),
        silence=settings.span("backchannel_silence"),
        per_hour=settings.backchannel_requests_per_hour,
        switching_fresh=settings.span("fresh"),
    )


def _strangers(settings: Settings) -> oidc.ClientPolicy:
    return oidc.ClientPolicy(
        registration=settings.client_registration,
        registrations_per_hour=settings.registrations_per_hour,
        documents=settings.client_metadata_documents,
        loopback=settings.fetch_loopback,
        on_trial=settings.on_trial,
        scope=settings.dynamic_client_scope,
        require_acr=settings.dynamic_client_acr,
        access_token_seconds=settings.access_token_seconds,
    )
