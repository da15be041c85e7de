"""The protected resources that tokens can be meant for (RFC 8707), and what each understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from contracts.errors import Conflict
from contracts.text import Text
from store import once
from store.clients import OPERATOR, Client
from store.holding import holds
from store.models import resources
from store.work import Work


@dataclass(frozen=True, slots=True)
class Resource:
    """A protected resource: `uri` is its indicator, `scope` what of a scope it understands.

    `open` to clients that no operator registered. `authorization_details` maps each type that it
    understands (RFC 9396, section 5) to its declaration.
    """

    uri: str
    name: str
    scope: str
    open: bool
    created_at: datetime
    authorization_details: dict[str, Any] = field(default_factory=dict)
    version: int = 1

    def serves(self, client: Client) -> bool:
        """Tell whether a client may ask for tokens that are meant for it."""
        stranger = client.source != OPERATOR
        return self.uri in client.metadata.resources or (self.open and stranger)


class Resources:
    """Keeps resources."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, resource: Resource) -> None:
        """Register a resource. Raises Conflict where it, or a type of its, exists."""
        self._check_types(resource)
        if not once.add(self._work.connection, resources, asdict(resource)):
            raise Conflict(Text("This resource already exists."))

    def change(self, resource: Resource) -> bool:
        """Write all of a resource, if nobody has since it was read; False where somebody has.

        Raises Conflict where another has a type of this name.
        """
        self._check_types(resource)
        row = {**asdict(resource), "version": resource.version + 1}
        mine, current = (
            resources.c.uri == resource.uri,
            resources.c.version == resource.version,
        )
        return once.change(self._work.connection, resources, row, mine, current) is not None

    def get(self, uri: str) -> Resource | None:
        """Return the resource of an indicator."""
        row = self._work.connection.execute(_GET, {"uri": uri}).one_or_none()
        return None if row is None else _resource(row)

    def remove(self, uri: str) -> bool:
        """Remove a resource; tokens that are out live on until they expire."""
        return once.take(self._work.connection, resources, resources.c.uri == uri) is not None

    def page(self, words: str, *, after: str, limit: int) -> Sequence[Resource]:
        """Return so many resources by indicator, those behind `after` that hold the words."""
        named = holds(words, self._work.connection, resources.c.uri, resources.c.name)
        query = select(resources).where(resources.c.uri > after, *([named] if words else []))
        rows = self._work.connection.execute(query.order_by(resources.c.uri).limit(limit))
        return [_resource(row) for row in rows]

    def list(self) -> Sequence[Resource]:
        """Return every resource, by indicator."""
        rows = self._work.connection.execute(select(resources).order_by(resources.c.uri))
        return [_resource(row) for row in rows]

    def _check_types(self, resource: Resource) -> None:
        others = (other for other in self.list() if other.uri != resource.uri)
        taken = {name for other in others for name in other.authorization_details}
        if taken & set(resource.authorization_details):
            raise Conflict(Text("Another resource has a type of this name."))


_GET = select(resources).where(resources.c.uri == bindparam("uri"))


def _resource(row: Row[Any]) -> Resource:
    return Resource(**row._mapping)
