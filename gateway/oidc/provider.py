"""The parts of the provider, put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from contracts.clock import Clock
from gateway.oidc.authorize.arrivals import Arrivals
from gateway.oidc.authorize.asked import Knowledge
from gateway.oidc.authorize.rfc9101 import RequestObjects
from gateway.oidc.authorize.rfc9126 import PushedAuthorizationRequestEndpoint, Pushing
from gateway.oidc.authorize.service import Authorization
from gateway.oidc.backchannel.approvals import Approvals
from gateway.oidc.backchannel.service import Backchannel
from gateway.oidc.clients.jwks import ClientKeys
from gateway.oidc.clients.metadata_document import MetadataDocuments
from gateway.oidc.clients.methods import methods
from gateway.oidc.clients.registered import Clients
from gateway.oidc.clients.rfc7591 import Registrar
from gateway.oidc.device.service import Devices
from gateway.oidc.dpop.proofs import Proofs
from gateway.oidc.fetching.fetch import Fetcher
from gateway.oidc.issued.binding import Binding
from gateway.oidc.issued.nested import Envelopes
from gateway.oidc.issued.oidc_core import IDToken
from gateway.oidc.issued.rfc9068 import AccessTokens
from gateway.oidc.issued.standing import Standing
from gateway.oidc.issued.subject import Subjects
from gateway.oidc.issued.userinfo import UserInfo
from gateway.oidc.keys.keeper import Keeper
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.keys.wrapped import WRAPPED
from gateway.oidc.logout.service import Logout
from gateway.oidc.ports import Authentication
from gateway.oidc.resources.rfc8707 import Resources
from gateway.oidc.resources.rfc9728 import ResourceMetadata
from gateway.oidc.settings import ProviderSettings
from gateway.oidc.supported import supported, with_a_person
from gateway.oidc.token.possession import Possession
from gateway.oidc.token.redemption import Redemption
from gateway.oidc.token.server import AuthorizationServer, Parts
from gateway.oidc.token.targets import Targets
from store import Store


@dataclass(frozen=True, slots=True)
class Provider:
    """What the endpoints call: one service each."""

    settings: ProviderSettings
    store: Store
    authorization: Authorization
    server: AuthorizationServer
    registrar: Registrar
    userinfo: UserInfo
    proofs: Proofs
    devices: Devices
    backchannel: Backchannel
    approvals: Approvals
    logout: Logout


def provider(
    *,
    store: Store,
    clock: Clock,
    settings: ProviderSettings,
    authentication: Authentication,
    keeper: Keeper = WRAPPED,
) -> Provider:
    """Build the provider."""
    keys = KeyRing(store, clock, keeper)
    choices = supported(settings.algorithms, certificates=settings.client_certificates)
    fetcher = Fetcher(store, loopback=settings.clients.loopback)
    operators = Fetcher(store, loopback=settings.clients.loopback, whose="operators")
    strangers = (store, clock, fetcher, settings.clients)
    personal = with_a_person(choices)
    clients = Clients(store, clock, MetadataDocuments(*strangers, personal).find)
    vouched = settings.clients.registration == "token"
    subjects, client_keys = Subjects(store.vault), ClientKeys(fetcher, clock, operators)
    proofs = Proofs(store, clock, settings.issuer, nonce_required=settings.dpop_nonce_required)
    trial = settings.clients.on_trial
    known = Resources(store, clock, timedelta()) if trial else Resources(store, clock)
    tools = ResourceMetadata(store, clock, settings.issuer, on_trial=trial)
    knowledge = Knowledge(settings.issuer, store, clock, keys, settings.require_pushed, tools.learn)
    arrivals = Arrivals(store, RequestObjects(settings.issuer, client_keys, clock))
    server = AuthorizationServer(
        clients,
        methods(settings.issuer, client_keys, store, clock),
        Parts(
            redemption=Redemption(store, settings),
            access_tokens=AccessTokens(settings.issuer, keys, clock, subjects),
            id_tokens=IDToken(
                settings.issuer,
                settings.id_token_lifetime,
                Envelopes(keys, client_keys),
                store,
                clock,
            ),
            standing=Standing(store, clock, settings.issuer, keys),
            possession=Possession(proofs),
            targets=Targets(known, settings.message_token),
        ),
    )
    pushing = Pushing(arrivals, knowledge, proofs)
    server.register_endpoint(PushedAuthorizationRequestEndpoint(pushing))
    return Provider(
        settings,
        store,
        Authorization(
            settings=settings,
            clients=clients,
            knowledge=knowledge,
            arrivals=arrivals,
            authentication=authentication,
        ),
        server,
        Registrar(*strangers, choices if vouched else personal),
        UserInfo(
            store=store,
            clock=clock,
            issuer=settings.issuer,
            keys=keys,
            binding=Binding(proofs),
            clients=clients,
            envelopes=Envelopes(keys, client_keys),
        ),
        proofs,
        Devices(knowledge, settings, clients, authentication),
        Backchannel(knowledge, settings.backchannel),
        Approvals(knowledge, settings, clients, authentication),
        Logout(
            store=store,
            issuer=settings.issuer,
            clients=clients,
            keys=keys,
            authentication=authentication,
        ),
    )
