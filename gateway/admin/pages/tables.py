"""Tables: a page of what an operation lists, with the form that filters it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.admin.pages.fields import Field, fields, read
from gateway.admin.pages.shapes import Listing
from gateway.admin.pages.shown import NOTHING, Line, Link, Row, Showing
from gateway.admin.pages.visit import Visit
from gateway.admin.pages.words import label

PAGING = frozenset({"after", "limit"})


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `next` is the query of the page after it, and `first` that of the first page."""

    listing: Listing
    filters: Sequence[Field]
    headings: Sequence[Text] = ()
    adds: Sequence[Link] = ()
    lines: Sequence[Line] = ()
    first: str = ""
    next: str = ""
    error: Text | None = None

    @property
    def offers(self) -> bool:
        """Whether anything can be done with any row."""
        return any(line.links for line in self.lines)


def table(visit: Visit, listing: Listing, about: Row, query: MultiDict[str, str]) -> Table:
    """Return a table, filtered and paged as the query says; what is mistyped is said above it."""
    given = {member: about[source] for member, source in listing.given.items()}
    takes = visit.operation(listing.operation).takes
    asked = fields(takes, PAGING | frozenset(given)) if listing.filters else ()
    typed = [replace(each, typed=each.as_typed(query)) for each in asked]
    empty = Table(listing, typed)
    after = {"after": query["after"]} if "after" in query and "after" in takes.model_fields else {}
    try:
        found = visit.call(listing.operation, {**read(asked, query), **given, **after})
    except BadRequest as error:
        return replace(empty, error=error.public)
    showing = Showing(visit.may)
    adds = showing.links(listing.adds, about)
    return _filled(replace(empty, adds=adds), found, given, showing, paged=bool(after))


def rows(found: Mapping[str, Any]) -> Sequence[Row]:
    """Return the one list among the members of what an operation gives."""
    [listed] = [value for value in found.values() if isinstance(value, list)]
    return listed


def _columns(names: Sequence[str], listed: Sequence[Row]) -> Sequence[str]:
    """Return the columns that are not empty in every row; the first one stays."""
    return [name for name in names if name == names[0] or _said(name, listed)]


def _said(name: str, listed: Sequence[Row]) -> bool:
    return any(row.get(name) not in NOTHING for row in listed)


def _filled(empty: Table, found: Row, given: Row, showing: Showing, *, paged: bool) -> Table:
    listed = rows(found)
    columns = _columns(empty.listing.columns, listed)
    lines = [showing.line(empty.listing, columns, {**given, **row}) for row in listed]
    filters = [(each.name, each.typed) for each in empty.filters if each.typed]
    after = found.get("next")
    return replace(
        empty,
        headings=[label(name) for name in columns],
        lines=lines,
        first=f"?{urlencode(filters)}" if paged else "",
        next=f"?{urlencode([*filters, ('after', after)])}" if after else "",
    )
