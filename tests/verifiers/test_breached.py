"""Passwords known from breaches: an offline file of any size, and the range protocol."""

from __future__ import annotations

import ast
import logging
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha1
from inspect import getsource
from io import BytesIO
from pathlib import Path

import pytest
import zxcvbn.feedback

import verifiers.password
from contracts.errors import Misconfigured, Retry, Unavailable
from contracts.factor import Answer, Factor, Subject, Template, Workshop
from verifiers.password.breached import BreachedFile, BreachedRange, _found
from verifiers.password.reasons import EASY, REASONS, reason

KNOWN = "seventeen wrong umbrellas"
OTHER = "eighteen right umbrellas"


def digest(password: str) -> str:
    return sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def written(path: Path, passwords: list[str], *, ending: str = "\r\n") -> Path:
    lines = sorted(f"{digest(each)}:{number}" for number, each in enumerate(passwords, 1))
    path.write_bytes((ending.join(lines) + ending).encode())
    return path


def build(workshop: Workshop) -> Factor:
    factor = verifiers.password.build(workshop)
    assert factor is not None
    return factor


def enroll(factor: Factor, subject: Subject, password: str) -> object:
    return factor.continue_enroll(subject, b"", Answer({"password": password}))


class Source:
    """A breach source that answers as the range protocol says, or not at all."""

    def __init__(self, *passwords: str, answers: bool = True) -> None:
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self._known = {digest(each) for each in passwords}
        self._answers = answers

    def fetch(self, url: str, fields: Mapping[str, str]) -> bytes:
        self.asked.append((url, fields))
        if not self._answers:
            raise Unavailable(detail="down")
        prefix = url.rpartition("/")[2]
        found = [f"{each[5:]}:7" for each in self._known if each.startswith(prefix)]
        padding = [f"{digest(str(number))[5:]}:0" for number in range(20)]
        return "\r\n".join([*padding, *found]).encode()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 64, 1000])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_line_of_a_file_is_found_and_nothing_else(
    tmp_path: Path, count: int, ending: str
) -> None:
    passwords = [f"password {number}" for number in range(count)]
    found = BreachedFile(written(tmp_path / "known.txt", passwords, ending=ending))
    assert all(map(found.holds, passwords))
    assert not any(found.holds(f"{each}!") for each in passwords)


class Counted(BytesIO):
    """Counts the lines that are read of it."""

    lines = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.lines += 1
        return super().readline(size)


def test_a_large_file_is_searched_by_halves(tmp_path: Path) -> None:
    passwords = [str(number) for number in range(20_000)]
    file = Counted(written(tmp_path / "known.txt", passwords).read_bytes())
    assert _found(file, digest("4711").encode())
    assert file.lines <= 2 * 21


@pytest.mark.parametrize(
    "content",
    [b"", b"password\nqwerty\n", (b"B" * 40 + b":1\n" + b"A" * 40 + b":2\n") * 100, b"A" * 32],
)
def test_a_file_that_cannot_be_searched_is_told_at_start(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    path = tmp_path / "known.txt"
    path.write_bytes(content)
    monkeypatch.setenv("GATEHOUSE_PASSWORD_BREACHED_FILE", str(path))
    with pytest.raises(Misconfigured, match="ascending"):
        verifiers.password.build(workshop)


def test_a_missing_file_is_told_at_start(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        BreachedFile(tmp_path / "none.txt")


def test_a_file_that_goes_away_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path / "known.txt", [KNOWN])
    found = BreachedFile(path)
    path.unlink()
    assert not found.holds(KNOWN)
    assert "fails" in caplog.text


def test_a_stolen_password_is_refused_with_the_reason(
    workshop: Workshop, alice: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "known.txt", [KNOWN, "und \u00e4hnlich bekannt"])
    monkeypatch.setenv("GATEHOUSE_PASSWORD_BREACHED_FILE", str(path))
    factor = build(workshop)
    for password in (KNOWN, "und a\u0308hnlich bekannt"):
        with pytest.raises(Retry, match="stolen"):
            enroll(factor, alice, password)
    assert isinstance(enroll(factor, alice, OTHER), Template)


def test_a_source_hears_five_digits_and_no_more(
    workshop: Workshop, alice: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(KNOWN)
    monkeypatch.setenv("GATEHOUSE_PASSWORD_BREACHED_URL", "https://breaches.example/range/")
    factor = build(replace(workshop, fetch=source.fetch))
    with pytest.raises(Retry, match="stolen"):
        enroll(factor, alice, KNOWN)
    assert isinstance(enroll(factor, alice, OTHER), Template)
    padded = {"Add-Padding": "true"}
    urls = [f"https://breaches.example/range/{digest(each)[:5]}" for each in (KNOWN, OTHER)]
    assert source.asked == [(url, padded) for url in urls]


def test_padding_is_nobody_s_password() -> None:
    assert not BreachedRange("http://breaches.example", Source().fetch).holds("7")


def test_a_source_that_is_down_stops_nobody_and_is_told(
    workshop: Workshop,
    alice: Subject,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("GATEHOUSE_PASSWORD_BREACHED_URL", "https://breaches.example/range")
    factor = build(replace(workshop, fetch=Source(answers=False).fetch))
    with caplog.at_level(logging.WARNING):
        assert isinstance(enroll(factor, alice, KNOWN), Template)
    assert "the source of breached passwords fails" in caplog.text
    assert digest(KNOWN)[:5] not in caplog.text


def test_without_a_source_nothing_is_asked(workshop: Workshop, alice: Subject) -> None:
    source = Source(KNOWN)
    assert isinstance(enroll(build(replace(workshop, fetch=source.fetch)), alice, KNOWN), Template)
    assert source.asked == []


def test_every_warning_of_the_estimate_has_words_of_ours() -> None:
    source = ast.parse(getsource(zxcvbn.feedback))
    warnings = {found for node in ast.walk(source) if (found := warned(node))}
    assert warnings == set(REASONS)
    assert reason("") is EASY


def warned(node: ast.AST) -> str:
    """Return the warning that a piece of zxcvbn gives, by assignment or in a mapping."""
    match node:
        case ast.Assign(targets=[ast.Name(id="warning")], value=ast.Call(args=[words])):
            return str(ast.literal_eval(words))
        case ast.Dict(
            keys=[ast.Constant(value="warning"), *_], values=[ast.Call(args=[words]), *_]
        ):
            return str(ast.literal_eval(words))
    return ""
