"""Lists of people as other systems write them: CSV with a header, or one JSON object a line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.people.person import Person

TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
TRUTHFUL = "email_verified"
COLUMNS = Text("Column %(name)s is not known. There are: %(columns)s.")
NOT_UTF8 = "the line is not UTF-8"
NO_OBJECT = "the line is no JSON object"
NO_JSON = "the line is no JSON"
OTHER_NUMBER = "the line has more or fewer values than there are columns"


@dataclass(frozen=True, slots=True)
class Record:
    """One line that says something: what of whom, or why it says nothing that can be used."""

    line: int
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    problem: str = ""

    @property
    def username(self) -> str:
        """Whose line it is, as far as it says so."""
        name = self.fields.get("username", "")
        return name if isinstance(name, str) else ""


def records(lines: Iterable[str]) -> Iterator[Record]:
    """Read line by line: JSON where the first line begins an object, else CSV.

    Bytes that are not UTF-8 are lone surrogates. Raises BadRequest for a column nobody knows.
    """
    source = iter(lines)
    first = next(source, "")
    rest = chain([first], source)
    return _json(rest) if first.lstrip().startswith(("{", "[")) else _csv(rest)


def _json(lines: Iterable[str]) -> Iterator[Record]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _object(number, line)


def _object(number: int, line: str) -> Record:
    if not _sound(line):
        return Record(number, problem=NOT_UTF8)
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return Record(number, problem=NO_JSON)
    return Record(number, found) if isinstance(found, dict) else Record(number, problem=NO_OBJECT)


def _csv(lines: Iterable[str]) -> Iterator[Record]:
    reader = csv.reader(lines, strict=True)
    header: Sequence[str] | None = None
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(reader.line_num, problem=str(error))
            continue
        if header is None:
            header = _header(row)
        elif any(row):
            yield _row(reader.line_num, header, row)


def _header(row: Sequence[str]) -> Sequence[str]:
    columns = [name.strip() for name in row]
    for name in columns:
        if name not in Person.model_fields:
            values = {"name": name, "columns": ", ".join(Person.model_fields)}
            raise BadRequest(Text(COLUMNS.message, values))
    return columns


def _row(number: int, header: Sequence[str], row: Sequence[str]) -> Record:
    """Take an empty cell for nothing said."""
    if len(row) != len(header):
        return Record(number, problem=OTHER_NUMBER)
    fields = {name: _cell(name, cell) for name, cell in zip(header, row, strict=True) if cell}
    if not all(map(_sound, row)):
        return Record(number, problem=NOT_UTF8)
    return Record(number, fields)


def _cell(name: str, cell: str) -> str | bool:
    return TRUTHS.get(cell.strip().lower(), cell) if name == TRUTHFUL else cell


def _sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
