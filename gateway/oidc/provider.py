"""The parts of the provider, put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

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
from gateway.oidc.clients.registering import Supported
from gateway.oidc.clients.rfc7591 import Registrar
from gateway.oidc.clients.subject import Subjects
from gateway.oidc.device.service import Devices
from gateway.oidc.dpop.proofs import Proofs
from gateway.oidc.fetching.fetch import Fetcher
from gateway.oidc.issued.binding import Binding
from gateway.oidc.issued.nested import Envelopes
from gateway.oidc.issued.oidc_core import IDToken
from gateway.oidc.issued.rfc9068 import AccessTokens
from gateway.oidc.issued.standing import Standing
from gateway.oidc.issued.status_list import StatusLists
from gateway.oidc.issued.userinfo import UserInfo
from gateway.oidc.keys.keeper import Keeper
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.keys.wrapped import WRAPPED
from gateway.oidc.logout.service import Logout
from gateway.oidc.ports import Authentication
from gateway.oidc.resources.rfc8707 import Resources
from gateway.oidc.resources.rfc9728 import ResourceMetadata
from gateway.oidc.settings import ProviderSettings
from gateway.oidc.ssf.authority import Authority
from gateway.oidc.ssf.configuration import Terms
from gateway.oidc.ssf.rfc8417 import SecurityEventTokens
from gateway.oidc.ssf.rfc8936 import Polling
from gateway.oidc.ssf.streams import Streams
from gateway.oidc.ssf.subjects import Named
from gateway.oidc.ssf.views import BASE, POLLED, Signals
from gateway.oidc.supported import supported, with_a_person
from gateway.oidc.token.possession import Possession
from gateway.oidc.token.redemption import Redemption
from gateway.oidc.token.server import AuthorizationServer, Parts
from gateway.oidc.token.targets import Targets
from store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What the endpoints call: one service each."""

    settings: ProviderSettings
    store: Store
    authorization: Authorization
    server: AuthorizationServer
    registrar: Registrar
    userinfo: UserInfo
    proofs: Proofs
    binding: Binding
    standing: Standing
    devices: Devices
    backchannel: Backchannel
    approvals: Approvals
    logout: Logout
    signals: Signals
    status_lists: StatusLists


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the services stand on, each part made once."""

    store: Store
    clock: Clock
    settings: ProviderSettings
    keys: KeyRing

    @cached_property
    def clients(self) -> Clients:
        """Those of the store, and those that their own documents describe."""
        documents = MetadataDocuments(
            self.store, self.clock, self.fetcher, self.settings.clients, with_a_person(self.choices)
        )
        return Clients(self.store, self.clock, documents.find)

    @cached_property
    def choices(self) -> Supported:
        """What clients choose from when they are registered."""
        certificates = self.settings.client_certificates
        return supported(self.settings.algorithms, certificates=certificates)

    @cached_property
    def fetcher(self) -> Fetcher:
        """Fetches what strangers name."""
        return Fetcher(self.store, loopback=self.settings.clients.loopback)

    @cached_property
    def client_keys(self) -> ClientKeys:
        """The public keys of clients."""
        loopback = self.settings.clients.loopback
        operators = Fetcher(self.store, loopback=loopback, whose="operators")
        return ClientKeys(self.fetcher, self.clock, operators)

    @cached_property
    def envelopes(self) -> Envelopes:
        """What signs for clients and encrypts to them."""
        return Envelopes(self.keys, self.client_keys)

    @cached_property
    def proofs(self) -> Proofs:
        """What checks DPoP proofs."""
        required = self.settings.dpop_nonce_required
        return Proofs(self.store, self.clock, self.settings.issuer, nonce_required=required)

    @cached_property
    def binding(self) -> Binding:
        """What holds tokens against the keys that come with them."""
        return Binding(self.proofs)

    @cached_property
    def standing(self) -> Standing:
        """What knows whether a token of ours still stands."""
        return Standing(self.store, self.clock, self.settings.issuer, self.keys)

    @cached_property
    def knowledge(self) -> Knowledge:
        """What the checks of a request look up."""
        issuer, trial = self.settings.issuer, self.settings.clients.on_trial
        tools = ResourceMetadata(self.store, self.clock, issuer, on_trial=trial)
        return Knowledge(
            issuer, self.store, self.clock, self.keys, self.settings.require_pushed, tools.learn
        )

    @cached_property
    def arrivals(self) -> Arrivals:
        """What opens requests, however they come."""
        objects = RequestObjects(self.settings.issuer, self.client_keys, self.clock)
        return Arrivals(self.store, objects)

    @property
    def resources(self) -> Resources:
        """The protected resources; on trial, they change while somebody looks."""
        if self.settings.clients.on_trial:
            return Resources(self.store, self.clock, timedelta())
        return Resources(self.store, self.clock)


def provider(
    *,
    store: Store,
    clock: Clock,
    settings: ProviderSettings,
    authentication: Authentication,
    keeper: Keeper = WRAPPED,
) -> Provider:
    """Build the provider."""
    ground = Ground(store=store, clock=clock, settings=settings, keys=KeyRing(store, clock, keeper))
    knowledge, clients = ground.knowledge, ground.clients
    people = (knowledge, settings, clients, authentication)
    return Provider(
        settings=settings,
        store=store,
        authorization=Authorization(
            settings=settings,
            clients=clients,
            knowledge=knowledge,
            arrivals=ground.arrivals,
            authentication=authentication,
        ),
        server=_server(ground),
        registrar=_registrar(ground),
        userinfo=_userinfo(ground),
        proofs=ground.proofs,
        binding=ground.binding,
        standing=ground.standing,
        devices=Devices(*people),
        backchannel=Backchannel(knowledge, settings.backchannel),
        approvals=Approvals(*people),
        logout=Logout(
            store=store,
            issuer=settings.issuer,
            clients=clients,
            keys=ground.keys,
            authentication=authentication,
        ),
        signals=_signals(ground),
        status_lists=StatusLists(store, clock, settings, ground.keys),
    )


def _server(ground: Ground) -> AuthorizationServer:
    issuer, store, clock = ground.settings.issuer, ground.store, ground.clock
    server = AuthorizationServer(
        ground.clients, methods(issuer, ground.client_keys, store, clock), _parts(ground)
    )
    pushing = Pushing(ground.arrivals, ground.knowledge, ground.proofs)
    server.register_endpoint(PushedAuthorizationRequestEndpoint(pushing))
    return server


def _parts(ground: Ground) -> Parts:
    settings, store, clock, keys = ground.settings, ground.store, ground.clock, ground.keys
    issuer, lifetime = settings.issuer, settings.id_token_lifetime
    return Parts(
        redemption=Redemption(store, settings),
        access_tokens=AccessTokens(issuer, keys, clock, Subjects(store.vault)),
        id_tokens=IDToken(issuer, lifetime, ground.envelopes, store, clock),
        standing=ground.standing,
        possession=Possession(ground.proofs),
        targets=Targets(ground.resources, settings.message_token),
    )


def _registrar(ground: Ground) -> Registrar:
    """Let whoever an operator vouches for by a token register what an operator could."""
    policy, choices = ground.settings.clients, ground.choices
    offered = choices if policy.registration == "token" else with_a_person(choices)
    return Registrar(ground.store, ground.clock, ground.fetcher, policy, offered)


def _signals(ground: Ground) -> Signals:
    settings, store, keys = ground.settings, ground.store, ground.keys
    issuer, base = settings.issuer, settings.issuer.rstrip("/")
    terms = Terms(issuer, base + POLLED, settings.clients.on_trial)
    return Signals(
        Authority(ground.standing, ground.clients, ground.binding, base + BASE),
        Streams(store, terms, Named(issuer, Subjects(store.vault))),
        Polling(store, SecurityEventTokens(issuer, keys, settings.algorithms)),
    )


def _userinfo(ground: Ground) -> UserInfo:
    return UserInfo(
        store=ground.store,
        clock=ground.clock,
        issuer=ground.settings.issuer,
        keys=ground.keys,
        binding=ground.binding,
        clients=ground.clients,
        envelopes=ground.envelopes,
    )
