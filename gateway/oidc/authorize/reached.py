"""How well the person in front of this browser has proven who they are, and must."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from contracts.assurance import Assurance, Requirement
from gateway.oidc.ports import Authentication

Satisfies = Callable[[str, str], bool]
"""Whether an acr that was reached includes another."""


def met(authentication: Authentication, found: Assurance, wanted: Requirement) -> bool:
    """Tell whether what the client's policy demands was reached."""
    return authentication.satisfies(found.acr, wanted.required_acr)


def enough(authentication: Authentication, found: Assurance, wanted: Requirement) -> bool:
    """Tell whether a login could add nothing that was asked for."""
    wishes = fulfilled(authentication.satisfies, found.acr, wanted.acr_values)
    return wishes and met(authentication, found, wanted)


def fulfilled(satisfies: Satisfies, acr: str, acr_values: Iterable[str]) -> bool:
    """Tell whether one of the voluntary `acr_values` was reached, or there are none."""
    wished = tuple(acr_values)
    return not wished or any(satisfies(acr, value) for value in wished)
