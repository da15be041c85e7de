"""The parts of the provider, put together."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.clock import Clock
from gateway.oidc.authorize.service import Authorization
from gateway.oidc.clients.fetch import Fetcher
from gateway.oidc.clients.jwks import ClientKeys
from gateway.oidc.clients.methods import methods
from gateway.oidc.clients.registered import Clients
from gateway.oidc.issued.oidc_core import IDToken
from gateway.oidc.issued.rfc9068 import AccessTokens
from gateway.oidc.issued.standing import Standing
from gateway.oidc.issued.subject import Subjects
from gateway.oidc.issued.userinfo import UserInfo
from gateway.oidc.keys.keeper import Keeper
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.keys.wrapped import WRAPPED
from gateway.oidc.ports import Authentication
from gateway.oidc.settings import ProviderSettings
from gateway.oidc.token.redemption import Redemption
from gateway.oidc.token.server import AuthorizationServer
from store import Store


@dataclass(frozen=True, slots=True)
class Provider:
    """What the endpoints call: one service each."""

    settings: ProviderSettings
    store: Store
    authorization: Authorization
    server: AuthorizationServer
    userinfo: UserInfo


def provider(
    *,
    store: Store,
    clock: Clock,
    settings: ProviderSettings,
    authentication: Authentication,
    keeper: Keeper = WRAPPED,
) -> Provider:
    """Build the provider."""
    keys, clients = KeyRing(store, clock, keeper), Clients(store, clock)
    subjects, client_keys = Subjects(store.vault), ClientKeys(Fetcher(store), clock)
    return Provider(
        settings,
        store,
        Authorization(
            store=store,
            clock=clock,
            settings=settings,
            clients=clients,
            keys=keys,
            authentication=authentication,
        ),
        AuthorizationServer(
            clients,
            Redemption(store, settings),
            AccessTokens(settings.issuer, keys, clock, subjects),
            IDToken(settings.issuer, settings.id_token_lifetime, keys, clock, subjects),
            Standing(store, clock, settings.issuer, keys),
            methods(settings.issuer, client_keys, store, clock),
        ),
        UserInfo(store, clock, settings.issuer, keys),
    )
