"""Protected resources: the APIs and tools that tokens can be meant for.

An indicator is an address, so it travels beside the path and not in it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from contracts.errors import BadRequest, Conflict, NotAllowed
from contracts.text import Text
from gateway import resources
from gateway.admin.actor import Actor
from gateway.admin.api_client import resource
from gateway.admin.operation import CHANGED, Model, Nothing, Paged, RowVersion, operation
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from store import Transaction
from store.resources import Resource

ADMIN = at_least(Role.ADMIN)
OURS = Text("This resource is Gatehouse's own: it cannot be changed or removed.")

Uri = Annotated[
    str, Field(min_length=1, max_length=255, pattern=r"^[!-~]+$", description="Its indicator")
]


class Search(Paged):
    """Which resources."""

    words: str = Field("", max_length=128, pattern=r"^[^\x00]*$", description="In its URI or name")


class Which(Model):
    """One resource."""

    uri: Uri


class Shown(Model):
    """A resource as it is registered."""

    uri: str
    name: str
    scope: str
    open: bool
    details: dict[str, Any]
    created_at: datetime
    version: int


class Found(Model):
    """Some resources; `next` begins the next page, empty where there is none."""

    resources: list[Shown]
    next: str


class Said(Model):
    """What is said of a resource; what is left out, or null, stays as it is."""

    uri: Uri
    name: str | None = Field(None, min_length=1, max_length=128, description="Name people see")
    scope: str | None = Field(None, max_length=255, description="What of a scope it understands")
    open: bool | None = Field(None, description="Also for clients that no operator registered")
    details: dict[str, Any] | None = Field(
        None, description="Its types of authorization details by their names (RFC 9396)"
    )

    @property
    def said(self) -> dict[str, Any]:
        """Return what something is said of."""
        named = {name: getattr(self, name) for name in ("name", "scope", "open", "details")}
        return {name: value for name, value in named.items() if value is not None}


class Change(Said):
    """What is to be changed of a resource, and the version that was looked at."""

    version: RowVersion = Field(ge=1, description="`version` of the resource that was looked at")


class Resources:
    """What can be done with resources."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        self._clock = tools.clock
        self._own = resource(tools.settings.issuer)

    @operation("GET", "/resources")
    def list(self, actor: Actor, search: Search) -> Found:
        """List resources by indicator, a page at a time."""
        with self._store.read() as tx:
            found = tx.resources.page(search.words, after=search.after, limit=search.limit + 1)
        page = [_shown(each) for each in found[: search.limit]]
        more = len(found) > search.limit
        return Found(resources=page, next=page[-1].uri if more else "")

    @operation("GET", "/resource")
    def get(self, actor: Actor, which: Which) -> Shown:
        """Look at one resource."""
        with self._store.read() as tx:
            return _shown(_resource(tx, which.uri))

    @operation("POST", "/resources", roles=ADMIN)
    def add(self, actor: Actor, wanted: Said) -> Shown:
        """Register a resource: its URI is what clients send as `resource`, and the `aud`."""
        registration = resources.Registration(uri=wanted.uri, **wanted.said)
        return _shown(resources.register(self._store, self._clock, registration))

    @operation("PATCH", "/resource", roles=ADMIN, fresh=True)
    def update(self, actor: Actor, change: Change) -> Shown:
        """Change what is said of a resource."""
        with self._store.write() as tx:
            held = self._changeable(tx, change.uri)
            made = resources.changed(held, change.said, change.version)
            if not tx.resources.change(made):
                raise Conflict(CHANGED)
            detail = {"resource": held.uri, "members": sorted(change.said)}
            tx.audit.add("resource.changed", detail=detail)
            return _shown(_resource(tx, held.uri))

    @operation("DELETE", "/resource", roles=ADMIN, fresh=True)
    def remove(self, actor: Actor, which: Which) -> Nothing:
        """Remove a resource: nobody gets a token for it any more."""
        with self._store.write() as tx:
            held = self._changeable(tx, which.uri)
            tx.resources.remove(held.uri)
            tx.audit.add("resource.removed", detail={"resource": held.uri})
        return Nothing()

    def _changeable(self, tx: Transaction, uri: str) -> Resource:
        if uri == self._own:
            raise NotAllowed(OURS)
        return _resource(tx, uri)


def _resource(tx: Transaction, uri: str) -> Resource:
    found = tx.resources.get(uri)
    if found is None:
        raise BadRequest(Text("There is no resource %(uri)s.", {"uri": uri}))
    return found


def _shown(found: Resource) -> Shown:
    return Shown(
        uri=found.uri,
        name=found.name,
        scope=found.scope,
        open=found.open,
        details=found.authorization_details,
        created_at=found.created_at,
        version=found.version,
    )
