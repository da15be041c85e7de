"""Registering protected resources and changing them, as an operator does it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.clock import Clock
from contracts.errors import BadRequest
from contracts.text import as_it_is
from gateway.oidc.resources.rfc8707 import well_formed
from gateway.oidc.resources.types import BUILT_IN
from gateway.oidc.resources.types.declared import declarations
from store import Store
from store.resources import Resource

SCOPE = re.compile(r"([!#-\[\]-~]+( [!#-\[\]-~]+)*)?")
LONGEST_SCOPE = 255
LONGEST_NAME = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What an operator says of a resource; `details` declares its types of RFC 9396 by name."""

    uri: str
    name: str | None = None
    scope: str = ""
    open: bool = False
    details: dict[str, Any] = field(default_factory=dict)


def register(store: Store, clock: Clock, wanted: Registration) -> Resource:
    """Store a resource. Raises BadRequest for what is not well-formed, and Conflict."""
    declared = _declared(wanted)
    made = Resource(
        uri=wanted.uri,
        name=wanted.name or wanted.uri[:LONGEST_NAME],
        scope=wanted.scope,
        open=wanted.open,
        created_at=clock.now(),
        authorization_details=declared,
    )
    with store.write() as tx:
        tx.resources.add(made)
        tx.audit.add("resource.added", detail={"resource": made.uri})
    return made


def changed(held: Resource, said: Mapping[str, Any], version: int) -> Resource:
    """Return a resource with what is said of it anew, at a version. Raises BadRequest."""
    before = {"name": held.name, "scope": held.scope, "open": held.open}
    wanted = Registration(uri=held.uri, **{**before, "details": held.authorization_details, **said})
    return replace(
        held,
        name=wanted.name or held.uri[:LONGEST_NAME],
        scope=wanted.scope,
        open=wanted.open,
        authorization_details=_declared(wanted),
        version=version,
    )


def _declared(wanted: Registration) -> dict[str, Any]:
    try:
        return _checked(wanted)
    except ValueError as error:
        raise BadRequest(as_it_is(str(error))) from error


def _checked(wanted: Registration) -> dict[str, Any]:
    well_formed(wanted.uri)
    if not SCOPE.fullmatch(wanted.scope) or len(wanted.scope) > LONGEST_SCOPE:
        raise ValueError("A scope is a list of words with a space between them.")
    if wanted.name is not None and not 0 < len(wanted.name) <= LONGEST_NAME:
        raise ValueError("A name has up to 128 characters.")
    if set(wanted.details) & set(BUILT_IN):
        raise ValueError("message is a type of our own.")
    return declarations(wanted.details)
