"""What a client may choose from when it is registered."""

from __future__ import annotations

from collections.abc import Collection

from gateway.oidc.clients.registered import METHODS, offered
from gateway.oidc.clients.registering import Supported
from gateway.oidc.issued import nested
from gateway.oidc.issued.subject import SUBJECT_TYPES
from gateway.oidc.token.server import GRANTS


def supported(algorithms: Collection[str], *, certificates: bool) -> Supported:
    """Return the choices, with these algorithms of signatures of ours."""
    return Supported(
        grant_types=frozenset(grant.GRANT_TYPE for grant in GRANTS),
        auth_methods=frozenset(offered(METHODS, certificates)),
        algorithms=frozenset(algorithms),
        encryption_algs=frozenset(nested.ALGS),
        encryption_encs=frozenset(nested.ENCS),
        subject_types=frozenset(SUBJECT_TYPES),
    )
