"""An operator's program: a key of its own, tokens bound to it, calls with proofs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from werkzeug.test import TestResponse

from contracts.assurance import Assurance
from gateway.admin.api import BASE
from gateway.admin.api_client import CLIENT, resource
from gateway.oidc.clients.subject import Subjects
from gateway.oidc.issued.rfc9068 import AccessToken, AccessTokens
from gateway.oidc.keys.ring import KeyRing
from store.grants import Access
from tests.gateway.conftest import House
from tests.gateway.oidc.prover import Prover, ath

LIFETIME = timedelta(days=1)


@dataclass
class Remote:
    """Calls the admin API of a house."""

    house: House
    prover: Prover = field(init=False)

    def __post_init__(self) -> None:
        self.prover = Prover(self.house.clock)
        self.browser = self.house.app.test_client()

    def token(
        self,
        account_id: str,
        *,
        acr: str = "phr",
        audience: str = "",
        auth_time: datetime | None = None,
        bound: bool = True,
        act: dict[str, Any] | None = None,
        client_id: str = CLIENT,
    ) -> str:
        """Return a token as the token endpoint issues it, of a login that was now."""
        store, clock = self.house.store, self.house.clock
        login = Assurance(account_id, acr, ("hwk", "user"), auth_time or clock.now(), "s" * 32)
        cnf = {"jkt": self.prover.jkt} if bound else {}
        with store.write() as tx:
            client = tx.clients.get(client_id)
            assert client
            grant = tx.grants.open(login, client_id, Access(scope="openid"), LIFETIME)
        issuer = self.house.settings.issuer
        tokens = AccessTokens(issuer, KeyRing(store, clock), clock, Subjects(store.vault))
        return tokens.sign(
            AccessToken(
                client=client,
                audience=(audience or resource(issuer),),
                scope="",
                lifetime=LIFETIME,
                grant=grant,
                cnf=cnf,
                act=act or {},
            )
        )

    def url(self, path: str) -> str:
        return f"{self.house.settings.issuer}{BASE}{path}"

    def call(
        self, method: str, path: str, token: str, *, scheme: str = "DPoP", **sent: Any
    ) -> TestResponse:
        """Call with a fresh proof."""
        proof = self.prover.proof(method, self.url(path), ath=ath(token))
        headers = {"Authorization": f"{scheme} {token}"} | sent.pop("headers", {})
        headers |= {"DPoP": proof} if scheme == "DPoP" else {}
        return self.browser.open(BASE + path, method=method, headers=headers, **sent)
