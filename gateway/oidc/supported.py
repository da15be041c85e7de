"""What a client may choose from when it is registered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from gateway.oidc.clients import encryption
from gateway.oidc.clients.registered import METHODS, offered
from gateway.oidc.clients.registering import Supported
from gateway.oidc.clients.subject import SUBJECT_TYPES
from gateway.oidc.token.grants.authorization_code import AuthorizationCodeGrant
from gateway.oidc.token.grants.device_code import DeviceCodeGrant
from gateway.oidc.token.grants.refresh_token import RefreshTokenGrant
from gateway.oidc.token.server import GRANTS

PERSONAL = frozenset(
    grant.GRANT_TYPE for grant in (AuthorizationCodeGrant, DeviceCodeGrant, RefreshTokenGrant)
)
"""The grants that a person gives, on a page of ours that says to whom."""


def supported(algorithms: Collection[str], *, certificates: bool) -> Supported:
    """Return the choices, with these algorithms of signatures of ours."""
    return Supported(
        grant_types=frozenset(grant.GRANT_TYPE for grant in GRANTS),
        auth_methods=frozenset(offered(METHODS, certificates)),
        algorithms=frozenset(algorithms),
        encryption_algs=frozenset(encryption.ALGS),
        encryption_encs=frozenset(encryption.ENCS),
        subject_types=frozenset(SUBJECT_TYPES),
    )


def with_a_person(choices: Supported) -> Supported:
    """Leave what a client may have that nobody vouches for: nothing without a person."""
    return replace(choices, grant_types=choices.grant_types & PERSONAL)
