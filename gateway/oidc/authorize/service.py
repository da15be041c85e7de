"""The walk of an authorization request: checked, kept, authenticated, consented, answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.assurance import Assurance, Requirement
from contracts.clock import Clock
from contracts.errors import Expired
from gateway.oidc.authorize.asked import Asked, Knowledge
from gateway.oidc.authorize.checks import check_client, check_redirect_uri
from gateway.oidc.authorize.errors import (
    AccessDenied,
    AuthorizationError,
    ConsentRequired,
    LoginRequired,
    UnmetAuthenticationRequirements,
)
from gateway.oidc.authorize.outcomes import AskConsent, Redirect
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.authorize.request import AuthorizationRequest, checked
from gateway.oidc.authorize.rfc9207 import authorization_response
from gateway.oidc.clients.registered import Clients
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.ports import Authentication
from gateway.oidc.settings import ProviderSettings
from store import Store, Transaction
from store.clients import Client
from store.codes import Code

Outcome = Redirect | AskConsent


@dataclass(frozen=True, slots=True)
class Interaction:
    """A checked request on its way, seen from one browser; no handle where it never pauses."""

    handle: str | None
    client: Client
    request: AuthorizationRequest
    requirement: Requirement

    @property
    def path(self) -> str:
        """Return where the browser comes back to."""
        return f"/oauth/authorize/{self.handle}"


class Authorization:
    """Answers authorization requests (RFC 6749 section 4.1, OpenID Connect Core section 3.1.2)."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        settings: ProviderSettings,
        clients: Clients,
        keys: KeyRing,
        authentication: Authentication,
    ) -> None:
        self._store = store
        self._clock = clock
        self._knowledge = Knowledge(settings.issuer, store, clock, keys)
        self._settings = settings
        self._clients = clients
        self._authentication = authentication

    def start(self, parameters: Parameters) -> Redirect:
        """Check a request and keep it. Raises BadRequest without a trusted way back."""
        client = check_client(parameters, self._clients)
        redirect_uri = check_redirect_uri(parameters, client)
        try:
            request = checked(Asked(parameters, client, self._knowledge))
            return self._at_once(client, request) if request.silent else self._kept(client, request)
        except AuthorizationError as error:
            state = None if parameters.repeated("state") else parameters["state"] or None
            return self._failed(redirect_uri, state, error)

    def resume(self, handle: str, *, returning: bool) -> Outcome:
        """Go on with a kept request, `returning` from a login or for the first time."""
        interaction = self._find(handle)
        assurance = self._authentication.current(interaction.requirement)
        if assurance is None or not (returning or self._enough(assurance, interaction)):
            return self._login(interaction)
        if not self._met(assurance, interaction):
            return self._refused(interaction, UnmetAuthenticationRequirements())
        if self._consent_needed(assurance, interaction):
            return self._consent(interaction, assurance)
        return self._granted(assurance, interaction)

    def decide(self, handle: str, *, sid: str, allowed: bool) -> Redirect:
        """Take the answer to the consent page; it counts for the session that was shown it."""
        interaction = self._find(handle)
        assurance = self._authentication.current(interaction.requirement)
        if not allowed:
            return self._refused(interaction, AccessDenied("The person did not allow it."))
        if assurance is None or assurance.sid != sid or not self._met(assurance, interaction):
            return Redirect(interaction.path)
        return self._granted(assurance, interaction, consented=True)

    def cancel(self, handle: str) -> Redirect:
        """Give up a request: the person left the login."""
        return self._refused(self._find(handle), AccessDenied("The person cancelled the login."))

    def _kept(self, client: Client, request: AuthorizationRequest) -> Redirect:
        with self._store.write() as tx:
            handle = tx.interactions.put(
                self._authentication.browser(),
                client.id,
                request.to_dict(),
                self._settings.interaction_lifetime,
            )
        return Redirect(f"/oauth/authorize/{handle}")

    def _at_once(self, client: Client, request: AuthorizationRequest) -> Redirect:
        """Answer `prompt=none`, which shows no page."""
        requirement = request.requirement(client, self._clock.now())
        interaction = Interaction(None, client, request, requirement)
        assurance = self._authentication.current(requirement)
        if assurance is None or not self._met(assurance, interaction):
            raise LoginRequired("The person would have to authenticate.")
        if self._consent_needed(assurance, interaction):
            raise ConsentRequired("The person would have to consent.")
        return self._granted(assurance, interaction)

    def _find(self, handle: str) -> Interaction:
        with self._store.read() as tx:
            found = tx.interactions.find(handle, self._authentication.browser())
        client = found and self._clients.get(found.client_id)
        if not found or not client:
            raise Expired()
        request = AuthorizationRequest.from_dict(found.request)
        requirement = request.requirement(client.record, found.created_at)
        return Interaction(handle, client.record, request, requirement)

    def _login(self, interaction: Interaction) -> Redirect:
        path = interaction.path
        location = self._authentication.begin(
            interaction.requirement, f"{path}/continue", f"{path}/cancel"
        )
        return Redirect(location)

    def _met(self, assurance: Assurance, interaction: Interaction) -> bool:
        wanted = interaction.requirement.required_acr
        return self._authentication.satisfies(assurance.acr, wanted)

    def _enough(self, assurance: Assurance, interaction: Interaction) -> bool:
        """Tell whether a login could add nothing that was asked for."""
        wished = interaction.requirement.acr_values
        satisfies = self._authentication.satisfies
        return self._met(assurance, interaction) and (
            not wished or any(satisfies(assurance.acr, value) for value in wished)
        )

    def _consent_needed(self, assurance: Assurance, interaction: Interaction) -> bool:
        if "consent" in interaction.request.prompt:
            return True
        if not interaction.client.consent:
            return False
        with self._store.read() as tx:
            given = tx.consents.find(assurance.subject, interaction.client.id)
        return not set(interaction.request.scope.split()) <= given

    def _consent(self, interaction: Interaction, assurance: Assurance) -> AskConsent:
        client, request = interaction.client, interaction.request
        lasting = int(self._settings.refresh_absolute.total_seconds())
        return AskConsent(
            action=f"{interaction.path}?sid={assurance.sid}",
            client_name=client.name,
            redirect_uri=request.redirect_uri,
            scope=request.scope,
            lifetime=lasting if request.offline else client.access_token_seconds,
        )

    def _granted(
        self, assurance: Assurance, interaction: Interaction, *, consented: bool = False
    ) -> Redirect:
        client, request = interaction.client, interaction.request
        with self._store.write() as tx:
            self._take(tx, interaction)
            if consented:
                tx.consents.give(assurance.subject, client.id, set(request.scope.split()))
            code = self._code(tx, assurance, interaction)
        return self._answer(request.redirect_uri, request.state, {"code": code})

    def _code(self, tx: Transaction, assurance: Assurance, interaction: Interaction) -> str:
        client, request = interaction.client, interaction.request
        grant = tx.grants.open(
            assurance, client.id, request.access, self._settings.refresh_absolute
        )
        tx.audit.add(
            "code.issued",
            account_id=assurance.subject,
            client_id=client.id,
            detail={"grant": grant.id, "acr": assurance.acr, "amr": list(assurance.amr)},
        )
        code = Code(grant.id, request.redirect_uri, request.code_challenge, request.dpop_jkt)
        return tx.codes.put(code, self._settings.code_lifetime)

    def _refused(self, interaction: Interaction, error: AuthorizationError) -> Redirect:
        with self._store.write() as tx:
            self._take(tx, interaction)
            detail = {"error": error.error}
            tx.audit.add("authorization.refused", client_id=interaction.client.id, detail=detail)
        return self._failed(interaction.request.redirect_uri, interaction.request.state, error)

    def _take(self, tx: Transaction, interaction: Interaction) -> None:
        """Close the request, once. Raises Expired for whoever comes second."""
        browser = self._authentication.browser()
        if interaction.handle and tx.interactions.take(interaction.handle, browser) is None:
            raise Expired()

    def _failed(self, redirect_uri: str, state: str | None, error: AuthorizationError) -> Redirect:
        parameters = {"error": error.error}
        if error.description:
            parameters["error_description"] = error.description
        return self._answer(redirect_uri, state, parameters)

    def _answer(
        self, redirect_uri: str, state: str | None, parameters: Mapping[str, str]
    ) -> Redirect:
        issuer = self._settings.issuer
        return Redirect(authorization_response(redirect_uri, issuer, state, parameters))
