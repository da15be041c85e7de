"""Reading one member of a client's metadata: its type, its size and what it may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from gateway.oidc.clients.jwks import UnusableKeys, usable
from gateway.oidc.fetching.target import NotATarget, Target

Reader = Callable[[str, Any], Any]

PAGE = re.compile(r"https?://[!-~]{1,2000}")
SCOPE = re.compile(r"[!#-\[\]-~]{1,64}(?: [!#-\[\]-~]{1,64})*")


class InvalidClientMetadata(Exception):
    """A member has a value that cannot be registered (RFC 7591, section 3.2.2)."""

    error = "invalid_client_metadata"

    def __init__(self, description: str) -> None:
        self.description = description
        super().__init__(description)


class InvalidRedirectUri(InvalidClientMetadata):
    """A redirect URI cannot be registered."""

    error = "invalid_redirect_uri"


class UnapprovedSoftwareStatement(InvalidClientMetadata):
    """Nobody's statement about a client is trusted here."""

    error = "unapproved_software_statement"


def text(most: int) -> Reader:
    """Return a reader of one line of text."""

    def read(name: str, value: Any) -> str:  # noqa: ANN401
        if not isinstance(value, str) or len(value) > most or not value.isprintable():
            raise InvalidClientMetadata(f"{name} is a text of at most {most} characters.")
        return value

    return read


def texts(count: int, most: int) -> Reader:
    """Return a reader of a list of texts."""
    one = text(most)

    def read(name: str, value: Any) -> tuple[str, ...]:  # noqa: ANN401
        if not isinstance(value, list) or len(value) > count:
            raise InvalidClientMetadata(f"{name} is a list of at most {count} texts.")
        return tuple(dict.fromkeys(one(name, part) for part in value))

    return read


def one_of(values: Collection[str]) -> Reader:
    """Return a reader of one of some values."""

    def read(name: str, value: Any) -> str:  # noqa: ANN401
        if not isinstance(value, str) or value not in values:
            raise InvalidClientMetadata(f"{name} is one of: {_listed(values)}.")
        return value

    return read


def some_of(values: Collection[str]) -> Reader:
    """Return a reader of a list of some values."""

    def read(name: str, value: Any) -> tuple[str, ...]:  # noqa: ANN401
        held = value if isinstance(value, list) and all(isinstance(v, str) for v in value) else [""]
        if not set(held) <= set(values):
            raise InvalidClientMetadata(f"{name} is a list of: {_listed(values)}.")
        return tuple(dict.fromkeys(held))

    return read


def flag(name: str, value: Any) -> bool:  # noqa: ANN401
    """Read a boolean."""
    if not isinstance(value, bool):
        raise InvalidClientMetadata(f"{name} is true or false.")
    return value


def page(name: str, value: Any) -> str:  # noqa: ANN401
    """Read the address of a page for people."""
    if not isinstance(value, str) or not PAGE.fullmatch(value):
        raise InvalidClientMetadata(f"{name} is the address of a page.")
    return value


def endpoint(name: str, value: Any) -> str:  # noqa: ANN401
    """Read an https address that we are to ask something of."""
    try:
        secure = isinstance(value, str) and Target.parse(value).scheme == "https"
    except NotATarget:
        secure = False
    if not secure:
        raise InvalidClientMetadata(f"{name} is an https address.")
    return str(value)


def scope(name: str, value: Any) -> str:  # noqa: ANN401
    """Read scope values separated by single spaces (RFC 6749, section 3.3)."""
    if not isinstance(value, str) or len(value) > 1000 or not SCOPE.fullmatch(value):
        raise InvalidClientMetadata(f"{name} is a list of scope values separated by spaces.")
    return value


def key_set(name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401
    """Read a JWK Set of public keys (RFC 7517, section 5); what else it holds is left out."""
    try:
        keys = usable(value)
    except UnusableKeys as error:
        raise InvalidClientMetadata(f"{name} is a JWK Set of public keys: {error}.") from error
    if not keys:
        raise InvalidClientMetadata(f"{name} holds no key that can be used here.")
    return {"keys": [key.as_dict(private=False) for key in keys]}


def _listed(values: Collection[str]) -> str:
    return ", ".join(sorted(values)) or "nothing"
