"""The UserInfo endpoint (OpenID Connect Core, section 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Request

from contracts.clock import Clock
from gateway.oidc.clients.registered import Clients
from gateway.oidc.issued import claims, rfc9068
from gateway.oidc.issued.binding import Binding
from gateway.oidc.issued.nested import Envelopes
from gateway.oidc.issued.rfc6750 import Presented
from gateway.oidc.issued.standing import fallen
from gateway.oidc.keys.ring import KeyRing
from store import Client, Store
from store.accounts import Granted


@dataclass(frozen=True, slots=True)
class Said:
    """The claims and, for a client that registered that, the JWT they go in (section 5.3.2)."""

    claims: dict[str, Any]
    jwt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserInfo:
    """Says of a person what the token's scope lets its holder know."""

    store: Store
    clock: Clock
    issuer: str
    keys: KeyRing
    binding: Binding
    clients: Clients
    envelopes: Envelopes

    def answer(self, shown: Presented, request: Request) -> Said | str:
        """Return what is said, or the error of RFC 6750 for a token that does not serve.

        One that is meant for a resource (RFC 8707) serves there alone: who received it there learns
        nothing of the person with it (RFC 9700, section 2.3). Raises what a proof can raise, and
        NoEncryptionKey.
        """
        found = rfc9068.validated(shown.token, issuer=self.issuer, keys=self.keys, clock=self.clock)
        if found is None or not self.binding.holds(found, shown, request):
            return "invalid_token"
        if "openid" not in str(found.get("scope", "")).split():
            return "insufficient_scope"
        with self.store.read() as tx:
            behind = tx.accounts.behind(rfc9068.grant_id(found) or "")
            stands = behind is not None and not fallen(tx, found)
        client = self.clients.get(found["client_id"])
        meant = client is not None and found["aud"] == client.record.audience
        if behind is None or client is None or not (stands and meant):
            return "invalid_token"
        return self._said(client.record, {"sub": found["sub"], **_about(behind, found["scope"])})

    def _said(self, client: Client, told: dict[str, Any]) -> Said:
        """Name the issuer and the client within a JWT, that it serves no other (section 5.3.2)."""
        addressed = {"iss": self.issuer, "aud": client.id, **told}
        return Said(told, self.envelopes.userinfo(client, addressed))


def _about(behind: Granted, scope: str) -> dict[str, Any]:
    grant = behind.grant
    login = claims.only(grant.claims.get("userinfo", {}), claims.of_login(grant))
    return {**claims.covered(behind.account, scope), **login}
