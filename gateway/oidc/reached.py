"""How well the person in front of this browser must have proven who they are."""

from __future__ import annotations

from contracts.assurance import Assurance, Requirement
from gateway.oidc.ports import Authentication


def met(authentication: Authentication, found: Assurance, wanted: Requirement) -> bool:
    """Tell whether what the client's policy demands was reached."""
    return authentication.satisfies(found.acr, wanted.required_acr)


def enough(authentication: Authentication, found: Assurance, wanted: Requirement) -> bool:
    """Tell whether a login could add nothing that was asked for."""
    wished = wanted.acr_values
    return met(authentication, found, wanted) and (
        not wished or any(authentication.satisfies(found.acr, value) for value in wished)
    )
