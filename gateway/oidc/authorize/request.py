"""An authorization request that has passed every check."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from contracts.assurance import Requirement
from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.checks import CHECKS
from gateway.oidc.authorize.checks.id_token_hint import hinted_subject
from gateway.oidc.authorize.claims import essential_acr, parsed, subject, voluntary_acr
from gateway.oidc.authorize.transaction import by_state
from gateway.oidc.authorize.wish import Wish, members
from store.clients import Client
from store.grants import Access


@dataclass(frozen=True, kw_only=True)
class AuthorizationRequest(Wish):
    """A checked authorization request, as it is kept while the person logs in.

    `subject` is the `sub`, as the client knows it, of the one person who may answer it, where the
    client named one (OpenID Connect Core, sections 3.1.2.1 and 5.5.1).
    """

    redirect_uri: str
    state: str | None
    nonce: str | None
    code_challenge: str
    prompt: tuple[str, ...]
    max_age: int | None
    login_hint: str
    response_mode: str = "query"
    subject: str | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    dpop_jkt: str | None = None

    @property
    def silent(self) -> bool:
        """Whether no page may be shown."""
        return "none" in self.prompt

    @property
    def access(self) -> Access:
        """Return what it asks to be allowed, and what its tokens are to say."""
        return replace(super().access, nonce=self.nonce, claims=self.claims)

    def requirement(self, client: Client, asked_at: datetime) -> Requirement:
        """Return what the login must reach for this client."""
        wanted = super().requirement(client, asked_at)
        return replace(
            wanted,
            acr_values=self._acr_values,
            essential_acr=essential_acr(self.claims),
            not_before=wanted.not_before or self._not_before(asked_at),
            login_hint=self.login_hint,
            transaction=by_state(self.state),
        )

    @property
    def _acr_values(self) -> tuple[str, ...]:
        """Return what is asked for before what is wished for."""
        wished = (*self.acr_values, *voluntary_acr(self.claims))
        return tuple(dict.fromkeys((*essential_acr(self.claims), *wished)))

    def _not_before(self, asked_at: datetime) -> datetime | None:
        if "login" in self.prompt:
            return asked_at
        return None if self.max_age is None else asked_at - timedelta(seconds=self.max_age)


def checked(asked: Asked) -> AuthorizationRequest:
    """Make every check, in order. Raises AuthorizationError."""
    for check in CHECKS:
        check(asked)
    parameters = asked.parameters
    claims = parsed(parameters["claims"])
    return AuthorizationRequest(
        **members(asked),
        redirect_uri=parameters["redirect_uri"],
        state=parameters["state"] or None,
        nonce=parameters["nonce"] or None,
        code_challenge=parameters["code_challenge"],
        prompt=parameters.words("prompt"),
        max_age=int(parameters["max_age"]) if parameters["max_age"] else None,
        login_hint=parameters["login_hint"],
        response_mode=parameters["response_mode"] or "query",
        subject=subject(claims) or hinted_subject(asked),
        claims=claims,
        dpop_jkt=parameters["dpop_jkt"] or None,
    )
