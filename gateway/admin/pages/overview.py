"""How things stand, as far as it is cheap to know and whoever looks may know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from contracts.text import Text
from gateway.admin.pages.tables import rows
from gateway.admin.pages.visit import Visit
from gateway.admin.reception import ADMIN

ONE_ADMIN = Text(
    "There is only one admin who can come in. Give a second person that role before it is needed."
)


@dataclass(frozen=True, slots=True)
class Figure:
    """How many there are of something; `more`, at least so many."""

    title: Text
    count: int
    more: bool
    href: str


@dataclass(frozen=True, slots=True)
class Stands:
    """What an operator sees first."""

    warnings: Sequence[Text]
    figures: Sequence[Figure]


FIGURES: Sequence[tuple[Text, str, str, Mapping[str, str]]] = (
    (Text("Recoveries to approve"), "recoveries.list", "recoveries", {"state": "asked"}),
    (Text("Recoveries that wait"), "recoveries.list", "recoveries", {"state": "waiting"}),
    (Text("People who leave"), "people.list", "people", {"leaving": "true"}),
    (Text("People kept out"), "people.list", "people", {"disabled": "true"}),
    (Text("Operators"), "operators.list", "operators", {}),
    (Text("Clients"), "clients.list", "clients", {}),
    (Text("Kiosks"), "stations.list", "kiosks", {}),
)
"""What is counted: by which operation, in which section, and of which kind."""


def overview(visit: Visit) -> Stands:
    """Return what there is to know; each list is asked for its first page alone."""
    figures = [_figure(visit, *each) for each in FIGURES if visit.may(each[1])]
    return Stands(list(_warnings(visit)), figures)


def _figure(visit: Visit, title: Text, name: str, section: str, which: Mapping[str, str]) -> Figure:
    found = visit.call(name, which)
    query = f"?{urlencode(which)}" if which else ""
    return Figure(title, len(rows(found)), bool(found.get("next")), f"{ADMIN}/{section}{query}")


def _warnings(visit: Visit) -> Sequence[Text]:
    if not visit.may("operators.list"):
        return ()
    able = [each for each in rows(visit.call("operators.list", {})) if each["able"]]
    return [ONE_ADMIN] if len([each for each in able if each["role"] == "admin"]) == 1 else ()
