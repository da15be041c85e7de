"""The walk of an authorization request: checked, kept, authenticated, consented, answered."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.assurance import Assurance
from gateway.oidc.authorize.arrivals import Arrivals
from gateway.oidc.authorize.asked import Knowledge
from gateway.oidc.authorize.checks import check_client, check_redirect_uri
from gateway.oidc.authorize.consent import Asking, consent_to, grant_lifetime
from gateway.oidc.authorize.demands import Demands
from gateway.oidc.authorize.errors import (
    AccessDenied,
    AuthorizationError,
    ConsentRequired,
    LoginRequired,
    UnmetAuthenticationRequirements,
)
from gateway.oidc.authorize.interactions import Interaction, Interactions
from gateway.oidc.authorize.outcomes import AskAccount, AskConsent, FormPost, Held, Redirect
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.authorize.request import AuthorizationRequest, checked
from gateway.oidc.authorize.response_modes import RESPONSE_MODES, answered
from gateway.oidc.authorize.rfc9207 import authorization_response
from gateway.oidc.clients import fapi2
from gateway.oidc.clients.registered import Clients
from gateway.oidc.clients.strangers import lures
from gateway.oidc.ports import ANYBODY, Authentication
from gateway.oidc.settings import ProviderSettings
from store import Transaction
from store.clients import Client
from store.codes import Code
from store.events import Event

Answer = Redirect | FormPost
Outcome = Answer | Held | AskAccount | AskConsent


class Authorization:
    """Answers authorization requests (RFC 6749 section 4.1, OpenID Connect Core section 3.1.2)."""

    def __init__(
        self,
        *,
        settings: ProviderSettings,
        clients: Clients,
        knowledge: Knowledge,
        arrivals: Arrivals,
        authentication: Authentication,
    ) -> None:
        store = knowledge.store
        self._store = store
        self._clock = knowledge.clock
        self._knowledge = knowledge
        self._arrivals = arrivals
        self._settings = settings
        self._clients = clients
        self._authentication = authentication
        self._demands = Demands(store, authentication)
        self._interactions = Interactions(
            store, clients, authentication, settings.interaction_lifetime
        )

    def start(self, sent: Parameters) -> Answer | Held:
        """Check a request and keep it. Raises BadRequest without a trusted way back."""
        client = check_client(sent, self._clients)
        arrived = self._arrivals.at_the_endpoint(sent, client)
        parameters = arrived.parameters
        redirect_uri = check_redirect_uri(parameters, client)
        try:
            request = checked(arrived.asked(client, self._knowledge))
            if request.silent:
                return self._at_once(client, request)
            return Redirect(self._interactions.keep(client, request))
        except AuthorizationError as error:
            state = None if parameters.repeated("state") else parameters["state"] or None
            answer = self._failed(redirect_uri, parameters["response_mode"], state, error)
            silent = parameters["prompt"] == "none"  # which a page in a frame waits for
            held = lures(client, redirect_uri) and not silent
            return Held(answer, redirect_uri) if held else answer

    def resume(self, handle: str, *, returning: bool, chosen: str = "") -> Outcome:
        """Go on with a kept request, `returning` from a login or for the first time.

        `chosen` is the session that the person has said to go on with.
        """
        interaction = self._interactions.find(handle)
        if not self._demands.possible(interaction):
            return self._refused(interaction, UnmetAuthenticationRequirements())
        here = self._authentication.current(ANYBODY)
        if here and self._demands.another_person(here, interaction) and returning:
            return self._refused(interaction, LoginRequired("Somebody else has logged in."))
        if here and not returning and self._demands.choice(here, interaction, chosen):
            return self._choice(here, interaction)
        return self._with(
            self._authentication.current(interaction.requirement), interaction, returning
        )

    def choose(self, handle: str, *, sid: str, same: bool) -> Redirect:
        """Take the choice of an account: go on as the `same` person, or log somebody else in."""
        interaction = self._interactions.find(handle)
        if same:
            return Redirect(f"{interaction.path}?account={sid}")
        self._authentication.end()
        return self._login(interaction)

    def decide(self, handle: str, *, sid: str, allowed: bool) -> Answer:
        """Take the answer to the consent page; it counts for the session that was shown it."""
        interaction = self._interactions.find(handle)
        assurance = self._authentication.current(interaction.requirement)
        if not allowed:
            return self._refused(interaction, AccessDenied("The person did not allow it."))
        if (
            assurance is None
            or assurance.sid != sid
            or not self._demands.met(assurance, interaction)
        ):
            return Redirect(interaction.path)
        return self._granted(assurance, interaction, consented=True)

    def cancel(self, handle: str) -> Answer:
        """Give up a request: the person left the login."""
        interaction = self._interactions.find(handle)
        return self._refused(interaction, AccessDenied("The person cancelled the login."))

    def _with(
        self, assurance: Assurance | None, interaction: Interaction, returning: bool
    ) -> Outcome:
        if assurance is None or not (returning or self._demands.enough(assurance, interaction)):
            return self._login(interaction)
        if not self._demands.met(assurance, interaction):
            return self._refused(interaction, UnmetAuthenticationRequirements())
        if self._demands.consent(assurance, interaction):
            return self._consent(assurance, interaction)
        return self._granted(assurance, interaction)

    def _consent(self, assurance: Assurance, interaction: Interaction) -> AskConsent:
        request = interaction.request
        asking = Asking(
            client=interaction.client,
            request=request,
            action=f"{interaction.path}?sid={assurance.sid}",
            redirect_uri=request.redirect_uri,
        )
        return consent_to(asking, self._settings, self._store)

    def _at_once(self, client: Client, request: AuthorizationRequest) -> Answer:
        """Answer `prompt=none`, which shows no page."""
        requirement = request.requirement(client, self._clock.now())
        interaction = Interaction(None, client, request, requirement)
        if not self._demands.possible(interaction):
            raise UnmetAuthenticationRequirements()
        assurance = self._authentication.current(requirement)
        if assurance is None or not self._demands.met(assurance, interaction):
            raise LoginRequired("The person would have to authenticate.")
        if self._demands.consent(assurance, interaction):
            raise ConsentRequired("The person would have to consent.")
        return self._granted(assurance, interaction)

    def _login(self, interaction: Interaction) -> Redirect:
        path = interaction.path
        location = self._authentication.begin(
            interaction.requirement, f"{path}/continue", f"{path}/cancel"
        )
        return Redirect(location)

    def _choice(self, here: Assurance, interaction: Interaction) -> AskAccount:
        with self._store.read() as tx:
            account = tx.accounts.get(here.subject)
        return AskAccount(
            action=f"{interaction.path}/account?sid={here.sid}",
            cancel=f"{interaction.path}/cancel",
            client_id=interaction.client.id,
            client_name=interaction.client.name,
            redirect_uri=interaction.request.redirect_uri,
            username=account.username if account else "",
            fits=not self._demands.another_person(here, interaction),
            ui_locales=interaction.request.ui_locales,
        )

    def _granted(
        self, assurance: Assurance, interaction: Interaction, *, consented: bool = False
    ) -> Answer:
        client, request = interaction.client, interaction.request
        with self._store.write() as tx:
            self._interactions.close(tx, interaction)
            if consented:
                scopes = request.scope.split()
                tx.consents.give(assurance.subject, client.id, scopes, request.resource)
                tx.events.happened(
                    Event.CONSENT_GIVEN, assurance.subject, clients=[client.id], client=client.id
                )
            code = self._code(tx, assurance, interaction)
        return self._answer(
            request.redirect_uri, request.response_mode, request.state, {"code": code}
        )

    def _code(self, tx: Transaction, assurance: Assurance, interaction: Interaction) -> str:
        client, request = interaction.client, interaction.request
        lifetime = grant_lifetime(request, self._settings)
        grant = tx.grants.open(
            assurance, client.id, request.access, lifetime, listed=client.metadata.token_status_list
        )
        tx.audit.add(
            "code.issued",
            account_id=assurance.subject,
            client_id=client.id,
            detail={"grant": grant.id, "acr": assurance.acr, "amr": list(assurance.amr)},
        )
        code = Code(grant.id, request.redirect_uri, request.code_challenge, request.dpop_jkt)
        return tx.codes.put(code, fapi2.code_lifetime(client, self._settings.code_lifetime))

    def _refused(self, interaction: Interaction, error: AuthorizationError) -> Answer:
        request = interaction.request
        with self._store.write() as tx:
            self._interactions.close(tx, interaction)
            detail = {"error": error.error}
            tx.audit.add("authorization.refused", client_id=interaction.client.id, detail=detail)
        return self._failed(request.redirect_uri, request.response_mode, request.state, error)

    def _failed(
        self, redirect_uri: str, response_mode: str, state: str | None, error: AuthorizationError
    ) -> Answer:
        parameters = {"error": error.error}
        if error.description:
            parameters["error_description"] = error.description
        return self._answer(redirect_uri, response_mode, state, parameters)

    def _answer(
        self,
        redirect_uri: str,
        response_mode: str,
        state: str | None,
        parameters: Mapping[str, str],
    ) -> Answer:
        mode = response_mode if response_mode in RESPONSE_MODES else "query"
        said = authorization_response(self._settings.issuer, state, parameters)
        return answered(redirect_uri, mode, said)
