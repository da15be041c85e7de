"""What a client asks to be allowed, however its person is reached: by browser, device or CIBA."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from contracts.assurance import Requirement
from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.checks import Check
from gateway.oidc.authorize.checks.acr_values import check_acr_values
from gateway.oidc.authorize.checks.authorization_details import check_authorization_details
from gateway.oidc.authorize.checks.characters import check_characters
from gateway.oidc.authorize.checks.resource import check_resource
from gateway.oidc.authorize.checks.scope import allowed, check_scope
from gateway.oidc.clients.registered import narrowed
from gateway.oidc.resources import rfc9396
from gateway.oidc.resources.types import message
from store.clients import Client
from store.encoding import tupled
from store.grants import Access

CHECKS: tuple[Check, ...] = (
    check_characters,
    check_scope,
    check_acr_values,
    check_resource,
    check_authorization_details,
)
"""Those of the authorization endpoint that concern what is asked, not how it is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What passed the checks, as it is kept until the person decides."""

    scope: str
    acr_values: tuple[str, ...] = ()
    resource: tuple[str, ...] = ()
    authorization_details: tuple[dict[str, Any], ...] = ()
    ui_locales: tuple[str, ...] = ()

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
            resource=self.resource,
            authorization_details=rfc9396.kept(self.authorization_details),
        )

    def requirement(self, client: Client, asked_at: datetime) -> Requirement:
        """Return what the login must reach; for one message, every proof is made after it came."""
        policy = client.require_acr
        return Requirement(
            required_acr=message.required_acr(policy) if self.for_one_message else policy,
            acr_values=self.acr_values,
            not_before=asked_at if self.for_one_message else None,
            client_id=client.id,
            client_name=client.name,
            ui_locales=self.ui_locales,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read the JSON form, in which tuples have become lists."""
        return cls(**tupled(stored))


def checked(asked: Asked) -> Wish:
    """Make the checks, in order. Raises AuthorizationError."""
    for check in CHECKS:
        check(asked)
    return Wish(**members(asked))


def members(asked: Asked) -> dict[str, Any]:
    """Return the members of a wish that has passed its checks."""
    parameters = asked.parameters
    details = rfc9396.parsed(parameters["authorization_details"])
    scope = narrowed(parameters["scope"], allowed(asked))
    return {
        "scope": message.without_refresh(scope, details),
        "acr_values": parameters.words("acr_values"),
        "resource": tuple(dict.fromkeys(parameters.values.get("resource", ()))),
        "authorization_details": details,
        "ui_locales": parameters.words("ui_locales"),
    }
