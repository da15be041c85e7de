"""Rich authorization requests (RFC 9396): checked, shown to the person, kept, narrowed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from gateway.oidc import strict_json
from gateway.oidc.resources import types
from gateway.oidc.resources.types import undeclared
from gateway.oidc.resources.types.message import is_for_one_message
from gateway.oidc.resources.types.type import Detail, Shown
from store import Client, Transaction

LONGEST = 8 * 1024
MOST = 10


def parsed(sent: str) -> tuple[dict[str, Any], ...]:
    """Return the objects of the parameter, none where it was left out. Raises ValueError."""
    if not sent:
        return ()
    data = sent.encode("utf-8", "surrogatepass")
    found = strict_json.parse(data, depth=4) if len(data) <= LONGEST else None
    if not isinstance(found, list) or not 0 < len(found) <= MOST:
        raise ValueError("authorization_details must be an array of a few objects.")
    if not all(isinstance(one, dict) and isinstance(one.get("type"), str) for one in found):
        raise ValueError("Each authorization detail must be an object with a type.")
    return tuple(found)


def check(details: Sequence[Detail], client: Client, tx: Transaction) -> None:
    """Raise ValueError for a type the client may not use, or an object not of its type (5)."""
    if not details:
        return
    known = types.known(tx)
    for detail in details:
        kind, allowed = detail["type"], client.metadata.authorization_details_types
        if kind not in known or kind not in allowed:
            raise ValueError("A type is unknown, or not open to this client.")
        known[kind].check(detail)
    if is_for_one_message(details) and len(details) > 1:
        raise ValueError("A message stands alone.")


def metadata(tx: Transaction) -> dict[str, Any]:
    """Return the types that there are (section 10)."""
    return {"authorization_details_types_supported": sorted(types.known(tx))}


def shown(details: Sequence[Detail], tx: Transaction) -> list[Shown]:
    """Return checked objects in words for the person, none left out."""
    known = types.known(tx) if details else {}
    return [
        known[detail["type"]].shown(detail) if detail["type"] in known else undeclared.shown(detail)
        for detail in details
    ]


def kept(details: Iterable[Detail]) -> tuple[dict[str, Any], ...]:
    """Return what the grant and its tokens carry (section 7)."""
    return tuple(
        types.BUILT_IN[detail["type"]].kept(detail)
        if detail["type"] in types.BUILT_IN
        else dict(detail)
        for detail in details
    )


def narrowed(
    asked: Sequence[dict[str, Any]], granted: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any], ...]:
    """Return what is asked, all where nothing is. Raises ValueError for more (section 6.1).

    What was granted once is had once in a token: two payments are not one that is named twice.
    """
    left = list(granted)
    for one in asked:
        given = next((given for given in left if _within(one, given)), None)
        if given is None:
            raise ValueError("More is asked than was granted.")
        left.remove(given)
    return tuple(asked or granted)


def understood(
    details: Iterable[dict[str, Any]], understands: Iterable[str]
) -> tuple[dict[str, Any], ...]:
    """Leave out what a resource does not understand: it is none of its business (section 9.1)."""
    names = {*understands, *types.BUILT_IN}
    return tuple(detail for detail in details if detail["type"] in names)


def _within(asked: Detail, granted: Detail) -> bool:
    """Tell whether an object is a granted one, or that with shorter lists."""
    return asked.keys() == granted.keys() and all(
        _same(value, granted[name]) or _sublist(value, granted[name])
        for name, value in asked.items()
    )


def _same(asked: object, granted: object) -> bool:
    """Compare as JSON does: 1, 1.0 and true are equal to Python alone."""
    return json.dumps(asked, sort_keys=True) == json.dumps(granted, sort_keys=True)


def _sublist(asked: object, granted: object) -> bool:
    if not isinstance(asked, list) or not isinstance(granted, list):
        return False
    return bool(asked) and all(any(_same(value, given) for given in granted) for value in asked)
