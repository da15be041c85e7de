"""What is said of a person, and where (OpenID Connect Core 1.0, sections 5.4 and 5.5).

The scope decides what is let out, for it is what the person was shown; the `claims` parameter
decides where else it is said. A claim that the granted scope does not cover is left out, asked for
or not, as section 5.5.1 allows of voluntary and essential ones alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from store import Account
from store.grants import Grant

PERSON: Mapping[str, str] = {"preferred_username": "profile", "email": "email"}
"""The claims about a person, each with the scope that covers it."""

LOGIN = ("acr", "amr", "auth_time")
"""What an ID token always says of the login, and UserInfo where it is asked to."""


def covered(account: Account, scope: str) -> dict[str, Any]:
    """Return all that a scope lets out (section 5.4)."""
    held = {"preferred_username": account.username, "email": account.email}
    granted = scope.split()
    return {name: held[name] for name, by in PERSON.items() if by in granted and held[name]}


def speaks_of_person(asked: Mapping[str, Any]) -> bool:
    """Tell whether one member of the `claims` parameter asks for more than the login."""
    return not PERSON.keys().isdisjoint(asked)


def of_login(grant: Grant) -> dict[str, Any]:
    """Return how and when the person logged in."""
    said = (grant.acr, list(grant.amr), int(grant.auth_time.timestamp()))
    return dict(zip(LOGIN, said, strict=True))


def only(asked: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return of what may be said that which is asked for."""
    return {name: value for name, value in said.items() if name in asked}
