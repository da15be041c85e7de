"""Lists of people: CSV and JSON lines, as exports of other systems are."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import BadRequest
from gateway.people.reading import Record, records


def read(text: str) -> list[Record]:
    return list(records(io.StringIO(text, newline="")))


def test_csv_has_a_header_and_empty_cells_say_nothing() -> None:
    [ann, ben] = read("username,email,phone\r\nann,ann@example.org,\r\n\r\nben,,+49 1511\r\n")
    assert (ann.line, ann.fields) == (2, {"username": "ann", "email": "ann@example.org"})
    assert (ben.line, ben.fields) == (4, {"username": "ben", "phone": "+49 1511"})


def test_a_cell_may_hold_commas_quotes_and_lines() -> None:
    [ann, ben] = read('username,password\nann,"one, ""two""\nthree"\nben,x\n')
    assert ann.fields["password"] == 'one, "two"\nthree'
    assert ben.line == 4


@pytest.mark.parametrize(
    ("cell", "value"),
    [("true", True), ("No", False), ("1", True), ("0", False), ("perhaps", "perhaps")],
)
def test_a_csv_says_in_words_whether_an_address_is_verified(cell: str, value: object) -> None:
    [ann] = read(f"username,email_verified\nann,{cell}\n")
    assert ann.fields["email_verified"] == value


def test_json_is_known_by_its_first_line() -> None:
    [ann, ben] = read('{"username": "ann"}\n\n  {"username": "ben", "email": null}\n')
    assert (ann.line, ben.line) == (1, 3)
    assert ben.fields == {"username": "ben", "email": None}


def test_a_column_nobody_knows_ends_it_before_it_begins() -> None:
    with pytest.raises(BadRequest) as refused:
        read("username,shoe_size\nann,43\n")
    assert "shoe_size" in str(refused.value.public)
    assert "password_hash" in str(refused.value.public)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("username,email\nann\n", "more or fewer values"),
        ("username,email\nann,a@b.example,c\n", "more or fewer values"),
        ('username\n"ann"x\n', "expected"),
        (f"username\n{'x' * 200_000}\n", "field larger"),
        ("username\nann\udcff\n", "UTF-8"),
        ('{"username": "ann\udcff"}\n', "UTF-8"),
        ('{"username": \n', "no JSON"),
        ('["ann"]\n', "no JSON object"),
        ("[" * 100_000 + "\n", "no JSON"),
    ],
)
def test_a_line_that_cannot_be_read_is_told(text: str, problem: str) -> None:
    [record] = read(text)
    assert problem in record.problem
    assert record.username == ""


def test_what_follows_a_bad_line_is_read() -> None:
    bad, good = read('username\n"ann"x\nben\n')
    assert (bad.problem != "", good.fields) == (True, {"username": "ben"})


def test_a_record_does_not_tell_secrets() -> None:
    [record] = read('{"username": "ann", "password": "canary"}\n')
    assert "canary" not in repr(record)


@given(st.text(alphabet='{}[]",:\\\n\r\0 \udcffausername,email1true\t', max_size=200))
def test_anything_can_be_read(text: str) -> None:
    with suppress(BadRequest):
        for record in read(text):
            assert record.problem or isinstance(record.fields, dict)
