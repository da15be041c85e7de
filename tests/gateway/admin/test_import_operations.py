"""Lists of people: refused whole with the line and the reason, or line by line."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.errors import BadRequest
from gateway.admin.calls.imports import LONGEST, MOST
from gateway.admin.desk import Desk
from tests.gateway.admin.staff import ROOT
from tests.gateway.conftest import PASSWORD, House

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LIST = f"username,password\nann,{PASSWORD}\nben,short\nann,{PASSWORD}\n"


def run(desk: Desk, text: str, **more: object) -> dict[str, Any]:
    return desk.call(ROOT, "imports.run", {"text": text, **more}).model_dump()


def names(house: House) -> list[str]:
    with house.store.read() as tx:
        return [account.username for account in tx.accounts.list()]


def test_a_wrong_list_is_refused_whole_with_the_line_and_the_reason(
    house: House, desk: Desk
) -> None:
    with pytest.raises(BadRequest) as error:
        run(desk, LIST)
    told = str(error.value.public)
    assert told.startswith("Line 3: ")
    assert told.endswith("Nothing was imported.")
    assert "short" not in told
    assert names(house) == []


def test_or_wrong_lines_are_skipped(house: House, desk: Desk) -> None:
    done = run(desk, LIST, all_or_nothing=False)
    assert done["imported"] == 1
    assert [(each["line"], each["username"]) for each in done["skipped"]] == [
        (3, "ben"),
        (4, "ann"),
    ]
    assert names(house) == ["ann"]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_json_lines_are_read_too(house: House, desk: Desk, mark: str) -> None:
    assert run(desk, mark + '{"username": "ann"}\n{"username": "ben"}\n')["imported"] == 2
    assert names(house) == ["ann", "ben"]


def test_an_unknown_column_is_named(house: House, desk: Desk) -> None:
    with pytest.raises(BadRequest, match="Column shoe_size is not known"):
        run(desk, "username,shoe_size\nann,43\n")


def test_a_list_that_is_too_long_is_refused(house: House, desk: Desk) -> None:
    lines = "".join(f"person{number}\n" for number in range(MOST + 1))
    with pytest.raises(BadRequest, match="more than 1000 lines"):
        run(desk, "username\n" + lines)
    with pytest.raises(BadRequest, match="text: "):
        run(desk, "x" * (LONGEST + 1))
    assert names(house) == []
