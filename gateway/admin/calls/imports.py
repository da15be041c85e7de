"""Importing people from a list."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.admin.actor import Actor
from gateway.admin.operation import Model, operation
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from gateway.people.importing import Importer, Outcome
from gateway.people.reading import Record, records

LONGEST = 1_000_000
MOST = 1000
"""Lines of one call: a password in clear takes a tenth of a second, and whoever called waits."""

TOO_MANY = Text(
    "There are more than %(most)d lines. Send them in parts, or run gatehouse user import on the "
    "machine: it has no limit.",
    {"most": MOST},
)


class Many(Model):
    """People of another system: CSV with a header, or one JSON object a line."""

    text: str = Field(
        max_length=LONGEST,
        repr=False,
        description="Columns: username, email, email_verified, phone, password, password_hash, "
        "totp_secret; all but the username may be left out",
    )
    all_or_nothing: bool = Field(
        True, description="Import nobody where a single line is wrong; else wrong lines are skipped"
    )


class Skipped(Model):
    """A line that was not imported, and why."""

    line: int
    username: str
    reason: str


class Imported(Model):
    """How many people were imported, and the lines that were skipped."""

    imported: int
    skipped: list[Skipped]


class Imports:
    """What can be done with lists of people."""

    def __init__(self, tools: Tools) -> None:
        self._importer = Importer(tools.store, tools.factors)

    @operation("POST", "/imports", roles=at_least(Role.ADMIN))
    def run(self, actor: Actor, many: Many) -> Imported:
        """Add the people of a list; whoever is there already counts as a wrong line."""
        found = _read(many.text)
        if many.all_or_nothing:
            return Imported(imported=self._importer.all(found), skipped=[])
        return _summed([*self._importer.each(found)])


def _read(text: str) -> Sequence[Record]:
    found = []
    for record in records(text.removeprefix("\ufeff").splitlines(keepends=True)):
        found.append(record)
        if len(found) > MOST:
            raise BadRequest(TOO_MANY)
    return found


def _summed(outcomes: Sequence[Outcome]) -> Imported:
    skipped = [
        Skipped(line=each.line, username=each.username, reason=each.reason)
        for outcome in outcomes
        for each in outcome.skipped
    ]
    return Imported(imported=sum(outcome.imported for outcome in outcomes), skipped=skipped)
