"""What operations give, as pages show it: cells of tables, facts, and links to what can be done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from contracts.text import Text
from gateway.admin.pages.sections import ACTIONS
from gateway.admin.pages.shapes import Facts, Listing, Offer
from gateway.admin.pages.values import CODES, NO, SHARES, SPOKEN, VALUES, YES
from gateway.admin.pages.words import label
from gateway.admin.reception import ADMIN

Row = Mapping[str, Any]
NOTHING: tuple[object, ...] = (None, "", [], {})
"""Values that are none."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One value; `kind` says how it is written."""

    name: str
    label: Text
    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Link:
    """Something that can be done, and where."""

    title: Text
    href: str
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its cells, where the first leads, what can be done with it."""

    cells: Sequence[Shown]
    href: str
    links: Sequence[Link]


May = Callable[[str], bool]


class Showing:
    """Turns what operations give into what one operator is shown."""

    def __init__(self, may: May) -> None:
        """Take whether this operator may ask for an operation."""
        self._may = may

    def links(self, offers: Sequence[Offer], row: Row) -> Sequence[Link]:
        """Return what of these can be done by whoever looks."""
        return [_link(each, row) for each in self._offered(offers, row)]

    def _offered(self, offers: Sequence[Offer], row: Row) -> Iterator[Offer]:
        return (each for each in offers if self._may(each.operation) and _fits(each, row))

    def line(self, listing: Listing, columns: Sequence[str], row: Row) -> Line:
        """Return a row of a table."""
        cells = [shown(name, row.get(name)) for name in columns]
        return Line(cells, address(listing.link, row), self.links(listing.offers, row))


def _fits(offer: Offer, row: Row) -> bool:
    return (not offer.when or _holds(offer.when, row)) and not _holds(offer.unless, row)


def _holds(condition: str, row: Row) -> bool:
    name, _, value = condition.partition("=")
    return row.get(name) == value if value else bool(row.get(name))


def _link(offer: Offer, row: Row) -> Link:
    action = ACTIONS[offer.operation]
    given = {member: row[source] for member, source in offer.given.items()}
    query = f"?{urlencode(given)}" if given else ""
    return Link(action.title, f"{ADMIN}/do/{offer.operation}{query}", action.danger)


def facts(about: Facts, given: Row) -> Sequence[Shown]:
    """Return what a page says of what it is about; what is empty is left out."""
    return _said(about.shown or tuple(given), given)


def further(about: Facts, given: Row) -> Sequence[Shown]:
    """Return the rest of it, where it is shown as well; what is empty or off is left out."""
    rest = [name for name in given if name not in about.shown and given[name] is not False]
    return _said(rest, given) if about.more else ()


def _said(names: Sequence[str], given: Row) -> Sequence[Shown]:
    found = [shown(name, given.get(name)) for name in names]
    return [each for each in found if each.kind != "none"]


def shown(name: str, value: object) -> Shown:
    """Return a value and how it is written."""
    if isinstance(value, bool):
        value = YES if value else NO
    elif isinstance(value, str) and value in VALUES.get(name, {}):
        value = VALUES[name][value]
    elif isinstance(value, str) and value and name in SPOKEN:
        value = Text(value)
    kind = _kind(name, value)
    if kind == "facts":
        value = [shown(each, inner) for each, inner in dict(value).items()]  # type: ignore[call-overload]
    if kind == "several":
        value = [shown(name, each) for each in list(value)]  # type: ignore[call-overload]
    return Shown(name, label(name), kind, value)


def _kind(name: str, value: object) -> str:
    if value in NOTHING:
        return "none"
    if isinstance(value, Text):
        return "words"
    if isinstance(value, datetime):
        return "moment"
    if isinstance(value, dict):
        return "facts"
    if isinstance(value, list | tuple):
        return "several"
    return "share" if name in SHARES else "code" if name in CODES else "text"


def address(pattern: str, row: Row) -> str:
    """Return an address below the pages, with members of a row in it; empty where one is not."""
    if not pattern:
        return ""
    members = {name: quote(str(value), safe="") for name, value in row.items()}
    try:
        return f"{ADMIN}{pattern.format(**members)}".rstrip("/")
    except KeyError:
        return ADMIN
