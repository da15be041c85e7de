"""Who calls the admin API: an operator, by an access token of ours that is bound to a key.

The token is meant for this API alone, speaks of a login with a passkey that is not too long ago,
and comes with a proof of the key that it is bound to. What it does not say is the role: that is
read at each call, and so a role that was withdrawn is of no use at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Request

from contracts.clock import Clock
from contracts.errors import NotAllowed, NotAuthenticated
from contracts.text import Text
from gateway import policy
from gateway.admin.actor import Actor
from gateway.admin.roles import ACR, LONGEST, Role
from gateway.oidc.dpop.key import ALGORITHMS
from gateway.oidc.issued.binding import Binding
from gateway.oidc.issued.rfc6750 import DPOP, Presented
from gateway.oidc.issued.standing import Spoken, Standing
from gateway.oidc.token.grants.ciba import BackchannelGrant
from gateway.oidc.token.grants.device_code import DeviceCodeGrant
from store import Store
from store.acting import acting

ELSEWHERE = frozenset({DeviceCodeGrant.GRANT_TYPE, BackchannelGrant.GRANT_TYPE})
"""Grants whose person is somewhere else than whoever asks: they can be talked into it."""

NO_TOKEN = Text("Log in first: this needs an access token with a DPoP proof.")
BAD_TOKEN = Text("The access token is not valid here, or not any more.")
NO_BEARER = Text("The access token must be bound to a key, and come with a DPoP proof of it.")
BAD_PROOF = Text("The DPoP proof is not valid, or lacks a nonce of ours.")
WEAK = Text("Log in again, with a passkey.")
NO_ROLE = Text("You are no operator here.")


class Challenged(NotAuthenticated):
    """The caller must come back with a token, or with a better one (RFC 9449, RFC 9470)."""

    def __init__(self, public: Text, error: str = "", *, detail: str = "", **said: str) -> None:
        super().__init__(public, detail=detail or error)
        self.error = error
        self.said = said

    def header(self, resource_metadata: str) -> str:
        """Return the value of `WWW-Authenticate` (RFC 9110, section 11.6.1; RFC 9728, 5.1)."""
        values = {"algs": " ".join(ALGORITHMS), "resource_metadata": resource_metadata}
        named = {"error": self.error, "error_description": str(self.public)} if self.error else {}
        listed = {**values, **named, **self.said}.items()
        return f"{DPOP} " + ", ".join(f'{name}="{value}"' for name, value in listed)


@dataclass(frozen=True, slots=True)
class Caller:
    """An operator, and when they logged in."""

    actor: Actor
    auth_time: datetime


class Bearers:
    """Knows operators by their tokens."""

    def __init__(
        self, store: Store, clock: Clock, standing: Standing, binding: Binding, resource: str
    ) -> None:
        """Take the URI of this API, for which tokens must be meant, as `resource`."""
        self._store = store
        self._clock = clock
        self._standing = standing
        self._binding = binding
        self._resource = resource

    def admit(self, request: Request, operation: str) -> Caller:
        """Return who calls. Raises Challenged, and NotAllowed for whoever has no role."""
        spoken = self._spoken(request)
        auth_time = _auth_time(spoken.token.claims)
        if not policy.satisfies(str(spoken.token.claims.get("acr", "")), ACR):
            raise stale(LONGEST, "no passkey")
        if self._clock.now() - auth_time > LONGEST:
            raise stale(LONGEST, "a login too long ago")
        return Caller(self._actor(spoken, request, operation), auth_time)

    def check_fresh(self, caller: Caller, fresh: timedelta) -> None:
        """Raise Challenged where a caller has not logged in just now."""
        if self._clock.now() - caller.auth_time > fresh:
            raise stale(fresh, "not fresh")

    def _spoken(self, request: Request) -> Spoken:
        shown = _shown(request)
        spoken = self._standing.spoken(shown.token)
        # Whoever got a token by an exchange acts for a person, and is not that person.
        if spoken is None or not self._meant(spoken.token.claims) or "act" in spoken.token.claims:
            raise Challenged(BAD_TOKEN, "invalid_token")
        self._check_client(spoken.token.client_id)
        self._check_binding(spoken.token.claims, shown, request)
        return spoken

    def _meant(self, claims: dict[str, Any]) -> bool:
        return bool(claims.get("aud") == self._resource)

    def _check_client(self, client_id: str) -> None:
        """Refuse a client that could have had its token allowed on somebody else's device."""
        with self._store.read() as tx:
            client = tx.clients.get(client_id)
        if client is None or not ELSEWHERE.isdisjoint(client.metadata.grant_types):
            raise Challenged(BAD_TOKEN, "invalid_token", detail=f"{client_id} may ask elsewhere")

    def _check_binding(self, claims: dict[str, Any], shown: Presented, request: Request) -> None:
        if "jkt" not in claims.get("cnf", {}):
            raise Challenged(NO_BEARER, "invalid_token", detail="not bound to a key")
        try:
            holds = self._binding.holds(claims, shown, request)
        except OAuth2Error as error:
            raise Challenged(BAD_PROOF, error.error, detail=error.description or "") from error
        if not holds:
            raise Challenged(BAD_TOKEN, "invalid_token", detail="another key")

    def _actor(self, spoken: Spoken, request: Request, operation: str) -> Actor:
        account_id, address = spoken.grant.account_id, request.remote_addr or ""
        with self._store.read() as tx:
            operator = tx.operators.get(account_id)
        if operator is None or not operator.active:
            self._refuse(account_id, address, operation)
            raise NotAllowed(NO_ROLE, detail=f"no role, asked for {operation}")
        return Actor(account_id, operator.username, Role(operator.role), address)

    def _refuse(self, account_id: str, address: str, operation: str) -> None:
        with acting(account_id, "", address), self._store.write() as tx:
            tx.audit.add("admin.refused", detail={"operation": operation, "role": ""})


def stale(max_age: timedelta, why: str) -> Challenged:
    """Return the demand for a login that is new enough, with a passkey (RFC 9470, section 3)."""
    seconds = str(int(max_age.total_seconds()))
    error = "insufficient_user_authentication"
    return Challenged(WEAK, error, detail=why, acr_values=ACR, max_age=seconds)


def _shown(request: Request) -> Presented:
    """Return the token of the header; the body is not a place for one here."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        raise Challenged(NO_TOKEN)
    if scheme.lower() != DPOP.lower():
        raise Challenged(NO_BEARER, "invalid_token", detail="not by the DPoP scheme")
    return Presented(DPOP, token.strip())


def _auth_time(claims: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(claims["auth_time"], UTC)
