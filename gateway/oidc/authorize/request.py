"""An authorization request that has passed every check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from contracts.assurance import Requirement
from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.checks import CHECKS
from gateway.oidc.authorize.checks.id_token_hint import hinted_subject
from gateway.oidc.authorize.checks.scope import allowed
from gateway.oidc.authorize.claims import essential_acr, parsed, subject, voluntary_acr
from gateway.oidc.clients.registered import narrowed
from gateway.oidc.resources import rfc9396
from gateway.oidc.resources.types import message
from store.clients import Client
from store.grants import Access


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A checked authorization request, as it is kept while the person logs in.

    `subject` is the `sub`, as the client knows it, of the one person who may answer it, where the
    client named one (OpenID Connect Core, sections 3.1.2.1 and 5.5.1).
    """

    redirect_uri: str
    scope: str
    state: str | None
    nonce: str | None
    code_challenge: str
    prompt: tuple[str, ...]
    max_age: int | None
    acr_values: tuple[str, ...]
    login_hint: str
    ui_locales: tuple[str, ...]
    response_mode: str = "query"
    subject: str | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    resource: tuple[str, ...] = ()
    authorization_details: tuple[dict[str, Any], ...] = ()
    dpop_jkt: str | None = None

    @property
    def silent(self) -> bool:
        """Whether no page may be shown."""
        return "none" in self.prompt

    @property
    def offline(self) -> bool:
        """Whether the client asks to go on without the person."""
        return "offline_access" in self.scope.split()

    @property
    def for_one_message(self) -> bool:
        """Whether the person is to prove themselves for one message."""
        return message.is_for_one_message(self.authorization_details)

    @property
    def access(self) -> Access:
        """Return what it asks to be allowed."""
        return Access(
            scope=self.scope,
            nonce=self.nonce,
            resource=self.resource,
            authorization_details=rfc9396.kept(self.authorization_details),
            claims=self.claims,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read the JSON form, in which tuples have become lists."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored.items()
        }
        return cls(**values)

    def requirement(self, client: Client, asked_at: datetime) -> Requirement:
        """Return what the login must reach for this client."""
        return Requirement(
            required_acr=self._required_acr(client),
            acr_values=self._acr_values,
            essential_acr=essential_acr(self.claims),
            not_before=self._not_before(asked_at),
            login_hint=self.login_hint,
            client_id=client.id,
            client_name=client.name,
            ui_locales=self.ui_locales,
        )

    @property
    def _acr_values(self) -> tuple[str, ...]:
        """Return what is asked for before what is wished for."""
        wished = (*self.acr_values, *voluntary_acr(self.claims))
        return tuple(dict.fromkeys((*essential_acr(self.claims), *wished)))

    def _required_acr(self, client: Client) -> str:
        return (
            message.required_acr(client.require_acr) if self.for_one_message else client.require_acr
        )

    def _not_before(self, asked_at: datetime) -> datetime | None:
        if "login" in self.prompt or self.for_one_message:
            return asked_at
        return None if self.max_age is None else asked_at - timedelta(seconds=self.max_age)


def checked(asked: Asked) -> AuthorizationRequest:
    """Make every check, in order. Raises AuthorizationError."""
    for check in CHECKS:
        check(asked)
    parameters = asked.parameters
    claims = parsed(parameters["claims"])
    scope = narrowed(parameters["scope"], allowed(asked))
    details = rfc9396.parsed(parameters["authorization_details"])
    return AuthorizationRequest(
        redirect_uri=parameters["redirect_uri"],
        scope=message.without_refresh(scope, details),
        state=parameters["state"] or None,
        nonce=parameters["nonce"] or None,
        code_challenge=parameters["code_challenge"],
        prompt=parameters.words("prompt"),
        max_age=int(parameters["max_age"]) if parameters["max_age"] else None,
        acr_values=parameters.words("acr_values"),
        login_hint=parameters["login_hint"],
        ui_locales=parameters.words("ui_locales"),
        response_mode=parameters["response_mode"] or "query",
        subject=subject(claims) or hinted_subject(asked),
        claims=claims,
        resource=tuple(dict.fromkeys(parameters.values.get("resource", ()))),
        authorization_details=details,
        dpop_jkt=parameters["dpop_jkt"] or None,
    )
