"""The `claims` request parameter (OpenID Connect Core 1.0, section 5.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.oidc import strict_json

LONGEST = 4096
DEPTH = 6
MOST_ACR = 10
PLACES = ("id_token", "userinfo")

Claims = Mapping[str, Any]


def parsed(sent: str) -> dict[str, Any]:
    """Return what is asked of each place, members that we do not know left out.

    Raises ValueError for what is not the object of section 5.5: each claim is null or an object.
    """
    asked = strict_json.parse_object(sent.encode(), DEPTH) if sent else {}
    found = {place: asked[place] for place in PLACES if place in asked}
    for members in found.values():
        for name, how in _object(members).items():
            _check_claim(name, how)
    subject(found)
    return found


def essential_acr(claims: Claims) -> tuple[str, ...]:
    """Return the acr values one of which must be reached (section 5.5.1.1)."""
    how = _asked(claims, "id_token", "acr")
    return _acr(how) if how.get("essential") else ()


def voluntary_acr(claims: Claims) -> tuple[str, ...]:
    """Return the acr values that are a wish."""
    how = _asked(claims, "id_token", "acr")
    return () if how.get("essential") else _acr(how)


def subject(claims: Claims) -> str | None:
    """Return the `sub` of the one person who may answer. Raises ValueError where there are two."""
    wanted = {str(how["value"]) for place in PLACES if "value" in (how := _sub(claims, place))}
    if len(wanted) > 1:
        raise ValueError("sub is asked for with two values")
    return next(iter(wanted), None)


def _check_claim(name: str, how: object) -> None:
    """Check the members that section 5.5.1 names; any others are for later versions of it."""
    members = {} if how is None else _object(how)
    if not isinstance(members.get("essential", False), bool):
        raise ValueError(f"essential of {name} is neither true nor false")
    values = members.get("values", [None])
    if not isinstance(values, list) or not values:
        raise ValueError(f"values of {name} is not a list")
    if name == "acr" and len(values) > MOST_ACR:
        raise ValueError("more than 10 values of acr")
    if name == "sub" and "values" in members:
        raise ValueError("sub takes one value")
    wanted = [*members.get("values", ()), *([members["value"]] if "value" in members else [])]
    if name in {"acr", "sub"} and not all(isinstance(value, str) for value in wanted):
        raise ValueError(f"a value of {name} is not a text")


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("not an object where section 5.5 has one")
    return value


def _asked(claims: Claims, place: str, name: str) -> Mapping[str, Any]:
    return claims.get(place, {}).get(name) or {}


def _sub(claims: Claims, place: str) -> Mapping[str, Any]:
    return _asked(claims, place, "sub")


def _acr(how: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(how["values"]) if "values" in how else (how["value"],) if "value" in how else ()
