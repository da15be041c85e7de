"""How things stand, as far as it is cheap to know and whoever looks may know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from contracts.text import Text
from gateway.admin.pages.tables import rows
from gateway.admin.pages.visit import Visit
from gateway.admin.reception import ADMIN

ONE_ADMIN = Text(
    "There is only one admin who can come in. Give a second person that role before it is needed."
)

UNSIGNED = Text(
    "Entries of the audit trail have waited for more than an hour to be signed. Is a worker "
    "running?"
)
UNHEARD = Text("The last call of a webhook was not answered as it should be.")
LATE = timedelta(hours=1)
HEARD = range(200, 300)


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


def overview(visit: Visit, now: datetime) -> Stands:
    """Return what there is to know; each list is asked for its first page alone."""
    figures = [_figure(visit, *each) for each in FIGURES if visit.may(each[1])]
    looks = (_admins(visit), _trail(visit, now), _webhooks(visit))
    return Stands([warning for warning in looks if warning], figures)


def _figure(visit: Visit, title: Text, name: str, section: str, which: Mapping[str, str]) -> Figure:
    found = visit.call(name, which)
    query = f"?{urlencode(which)}" if which else ""
    return Figure(title, len(rows(found)), bool(found.get("next")), f"{ADMIN}/{section}{query}")


def _admins(visit: Visit) -> Text | None:
    if not visit.may("operators.list"):
        return None
    found = rows(visit.call("operators.list", {}))
    return (
        ONE_ADMIN if sum(each["able"] and each["role"] == "admin" for each in found) == 1 else None
    )


def _trail(visit: Visit, now: datetime) -> Text | None:
    """Warn where entries wait for a signature that a worker would have made long ago."""
    if not visit.may("audit.status"):
        return None
    stands = visit.call("audit.status", {})
    late = stands["signed_at"] is not None and now - stands["signed_at"] > LATE
    return UNSIGNED if late and stands["waiting"] else None


def _webhooks(visit: Visit) -> Text | None:
    if not visit.may("webhooks.list"):
        return None
    found = rows(visit.call("webhooks.list", {}))
    failing = [each for each in found if each["last_at"] and each["last_status"] not in HEARD]
    return UNHEARD if failing else None
