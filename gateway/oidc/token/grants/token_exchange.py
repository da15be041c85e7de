"""Token exchange (RFC 8693): a client that was given a person's token gets one for the next hop.

Denied unless an operator allows this client to exchange the tokens of that client, for named
audiences and scopes. The result says less than the token it comes from, in every respect, and
belongs to the same grant, with which it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import (
    InvalidRequestError,
    InvalidScopeError,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin

from gateway.oidc.clients.registered import CONFIDENTIAL, narrowed
from gateway.oidc.issued.rfc9068 import AccessToken
from gateway.oidc.issued.standing import Spoken
from gateway.oidc.resources import rfc9396
from gateway.oidc.resources.types.message import is_for_one_message
from gateway.oidc.token import narrowing
from gateway.oidc.token.issuing import Issuing
from gateway.oidc.token.login import Login
from gateway.oidc.token.narrowing import InvalidTarget
from gateway.oidc.token.targets import Narrowed

if TYPE_CHECKING:
    from store.grants import Grant

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the name of a type
TYPES = {ACCESS_TOKEN, "urn:ietf:params:oauth:token-type:jwt"}
"""What an access token of ours is: both (section 3)."""

DEEPEST = 4
"""How many act for a person in one chain; a longer one is a loop."""


class TokenExchangeGrant(Issuing, BaseGrant, TokenEndpointMixin):
    """Exchanges an access token of ours; the actor is the client that asks (section 1.1)."""

    GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL

    subject: Spoken

    def validate_token_request(self) -> None:
        """Check who asks, and the token that they hold (section 2.1)."""
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError()
        self.request.client = client
        self._check_types(self.request.form)
        found = self.server.standing.spoken(self.request.form["subject_token"])
        if found is None or not found.token.concerns(client.record):
            raise InvalidRequestError("The subject token is not one that this client holds.")
        self.subject = found
        self._check_subject(found.token.claims)

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        """Answer with a narrower token, and never a refresh token (section 2.2.1)."""
        self.request.user = Login(self.subject.grant)
        token = self.generate_token(self.request.user)
        self.server.standing.note_exchange(self.subject, self.request.client.record.id)
        issued = {**token, "issued_token_type": ACCESS_TOKEN}
        return 200, issued, self.TOKEN_RESPONSE_HEADER

    def wanted(self, user: Login | None, scope: str) -> AccessToken:
        """Let nothing outlive the subject token, and name who acts (section 4.1)."""
        claims, token = self.subject.token.claims, super().wanted(user, scope)
        self._check_binding(claims.get("cnf", {}), token)
        act = {"sub": token.client.id, **({"act": claims["act"]} if "act" in claims else {})}
        return replace(token, lifetime=min(token.lifetime, self.subject.left), act=act)

    def narrowed(self, grant: Grant | None, scope: str) -> Narrowed:  # noqa: ARG002
        """Return what both the subject token holds and the policy allows (section 2.1)."""
        policy, claims = self._policy(), self.subject.token.claims
        uri = self._target(policy)
        found = self.server.targets.resources.get(uri)
        held = narrowed(claims.get("scope", ""), policy["scope"])
        held = narrowed(held, found.scope) if found else held
        details = narrowing.details(self.request, tuple(claims.get("authorization_details", ())))
        understands = found.authorization_details if found else ()
        return Narrowed((uri,), self._scope(held), rfc9396.understood(details, understands))

    def _check_types(self, form: Mapping[str, str]) -> None:
        """Refuse what is not an access token of ours, given and wanted."""
        if not form.get("subject_token") or form.get("subject_token_type") not in TYPES:
            raise InvalidRequestError("A subject_token that is an access token is needed.")
        if form.get("requested_token_type", ACCESS_TOKEN) != ACCESS_TOKEN:
            raise InvalidRequestError("Only access tokens are issued.")
        if form.get("actor_token") or form.get("actor_token_type"):
            raise InvalidRequestError("The client that asks is the actor: send no actor_token.")

    def _check_subject(self, claims: Mapping[str, Any]) -> None:
        """Refuse a token for one message, and a chain of actors that has become too long."""
        if is_for_one_message(claims.get("authorization_details", ())):
            raise InvalidRequestError("A token for one message is not exchanged.")
        depth, act = 1, claims.get("act")
        while act:
            depth, act = depth + 1, act.get("act")
        if depth > DEEPEST:
            raise InvalidRequestError("Too many have acted before.")

    def _check_binding(self, cnf: Mapping[str, str], token: AccessToken) -> None:
        """Refuse to turn a bound token into a bearer token (RFC 9449, section 5).

        Whoever the token was issued to shows its key again; whoever it was meant for cannot, and
        binds the new one to a key of their own.
        """
        own = self.subject.token.client_id == token.client.id
        if cnf and not token.cnf:
            raise InvalidRequestError("A bound token is exchanged with proof of a key.")
        if cnf and own and cnf != token.cnf:
            raise InvalidRequestError("The subject token is bound to another key.")

    def _policy(self) -> Mapping[str, Any]:
        """Return what the operator allows this client to do with tokens of that one."""
        issued_to, client = self.subject.token.client_id, self.request.client.record
        policies: tuple[dict[str, Any], ...] = client.metadata.token_exchange
        for allowed in policies:
            if allowed["client_id"] == issued_to:
                return allowed
        raise InvalidRequestError("Tokens of that client are not exchanged by this one.")

    def _target(self, policy: Mapping[str, Any]) -> str:
        """Return the one target, by `resource` or `audience`; the only one allowed by default."""
        named = (*self.request.resource, *self.request.audience) or tuple(policy["audience"])
        if len(named) != 1 or named[0] not in policy["audience"]:
            raise InvalidTarget()
        return str(named[0])

    def _scope(self, held: str) -> str:
        asked = self.request.payload.scope or held
        if not set(asked.split()) <= set(held.split()):
            raise InvalidScopeError()
        return asked
