"""How clients, and the house itself, look to people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, select

from store import once
from store.models import brandings
from store.work import Work

HOUSE = ""
"""The id of the house, which is no client."""

Colours = dict[str, dict[str, str]]
Texts = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Branding:
    """A name, colours by scheme, texts by language; `logo_mark` changes with the logo's bytes.

    `version` is 0 where nothing is stored yet.
    """

    id: str
    name: str = ""
    colours: Colours = field(default_factory=dict)
    texts: Texts = field(default_factory=dict)
    logo_type: str = ""
    logo_mark: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture and its media type; `mark` changes with its bytes."""

    data: bytes = field(repr=False)
    media_type: str

    @property
    def mark(self) -> str:
        """Return what names these bytes and no others."""
        return sha256(self.data).hexdigest()[:16]


class Brandings:
    """Keeps brandings; one goes with its client."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, branding_id: str) -> Branding:
        """Return a branding, empty where nothing is stored."""
        found = self.of(branding_id)
        return found[-1] if found and found[-1].id == branding_id else Branding(branding_id)

    def of(self, client_id: str) -> Sequence[Branding]:
        """Return the branding of the house and that of a client, where there are such."""
        query = select(*_COLUMNS).where(brandings.c.id.in_({HOUSE, client_id}))
        rows = self._work.connection.execute(query.order_by(brandings.c.id))
        return [_branding(row) for row in rows]

    def list(self, *, after: str, limit: int) -> Sequence[Branding]:
        """Return so many brandings of clients by id, those behind `after`."""
        query = select(*_COLUMNS).where(brandings.c.id > after)
        rows = self._work.connection.execute(query.order_by(brandings.c.id).limit(limit))
        return [_branding(row) for row in rows]

    def put(self, branding: Branding) -> bool:
        """Write name, colours and texts; False where somebody wrote since it was read."""
        values = {
            "name": branding.name,
            "colours": branding.colours,
            "texts": branding.texts,
        }
        return self._write(branding, values)

    def set_logo(self, branding: Branding, logo: Logo | None) -> bool:
        """Write the logo, or remove it; False where somebody wrote since it was read."""
        values: dict[str, Any] = {"logo": None, "logo_type": "", "logo_mark": ""}
        if logo is not None:
            values = {"logo": logo.data, "logo_type": logo.media_type, "logo_mark": logo.mark}
        return self._write(branding, values)

    def logo(self, branding_id: str) -> Logo | None:
        """Return the logo of a client, or of the house."""
        query = select(brandings.c.logo, brandings.c.logo_type)
        mine = query.where(brandings.c.id == branding_id, brandings.c.logo.is_not(None))
        row = self._work.connection.execute(mine).one_or_none()
        return None if row is None else Logo(row.logo, row.logo_type)

    def remove(self, branding_id: str) -> bool:
        """Forget all of it; False where nothing was stored."""
        mine = brandings.c.id == branding_id
        return once.take(self._work.connection, brandings, mine) is not None

    def _write(self, branding: Branding, values: dict[str, Any]) -> bool:
        row = {**values, "version": branding.version + 1}
        if branding.version == 0:
            return self._add(branding.id, row)
        mine = brandings.c.id == branding.id
        current = brandings.c.version == branding.version
        return once.change(self._work.connection, brandings, row, mine, current) is not None

    def _add(self, branding_id: str, row: dict[str, Any]) -> bool:
        empty = {"name": "", "colours": {}, "texts": {}, "logo_type": "", "logo_mark": ""}
        own = {"id": branding_id, "client_id": branding_id or None}
        return once.add(self._work.connection, brandings, {**empty, **own, **row})


_COLUMNS = [brandings.c[name] for name in Branding.__dataclass_fields__]


def _branding(row: Row[Any]) -> Branding:
    return Branding(**row._mapping)
