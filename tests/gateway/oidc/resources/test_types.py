"""Types of authorization details: what they refuse, what a person reads, what is kept."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.oidc.resources import rfc9396
from gateway.oidc.resources.types.declared import Declared, declarations
from gateway.oidc.resources.types.message import Message, is_for_one_message
from gateway.oidc.resources.visible import pieces

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "authorization_details.json").read_text()
)
PAYMENT = declarations(VECTORS["declarations"])["payment"]


class TestMessage:
    def test_only_the_hash_is_kept(self) -> None:
        detail = {"type": "message", "message": "Überweise 100 € an Bob\njetzt"}
        digest = hashlib.sha256("Überweise 100 € an Bob\njetzt".encode()).digest()
        assert Message().kept(detail) == {
            "type": "message",
            "message_hash": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "message_hash_alg": "sha-256",
        }
        assert is_for_one_message([Message().kept(detail)])

    @pytest.mark.parametrize("text", VECTORS["good messages"])
    def test_what_people_write(self, text: str) -> None:
        Message().check({"type": "message", "message": text})

    @pytest.mark.parametrize("text", [*VECTORS["bad messages"], "x" * 2001, "x\n" * 100, None, 7])
    def test_what_cannot_be_shown_in_full(self, text: object) -> None:
        with pytest.raises(ValueError, match="message"):
            Message().check({"type": "message", "message": text})

    def test_no_other_member(self) -> None:
        with pytest.raises(ValueError, match="members"):
            Message().check({"type": "message", "message": "hello", "message_hash": "x"})


class TestDeclared:
    @pytest.mark.parametrize("detail", VECTORS["good payments"])
    def test_what_was_declared(self, detail: dict[str, Any]) -> None:
        Declared("payment", PAYMENT).check(detail)
        assert Declared("payment", PAYMENT).kept(detail) == detail

    @pytest.mark.parametrize("detail", VECTORS["bad payments"], ids=json.dumps)
    def test_anything_else(self, detail: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="detail"):
            Declared("payment", PAYMENT).check(detail)

    def test_in_words(self) -> None:
        shown = Declared("payment", PAYMENT).shown(VECTORS["good payments"][0])
        said = [(str(label), "".join(piece.text for piece in value)) for label, value in shown.rows]
        assert str(shown.title) == "Make a payment"
        assert said == [
            ("Actions", "initiate, status"),
            ("Amount", "123.50 EUR"),
            ("To", "Bob"),
            ("For", "acc-1"),
            ("retries", "0"),
        ]

    @pytest.mark.parametrize("sent", VECTORS["bad declarations"], ids=json.dumps)
    def test_declarations_are_checked(self, sent: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"."):
            declarations(sent)


@pytest.mark.parametrize("sent", VECTORS["malformed"])
def test_what_is_no_array_of_objects(sent: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        rfc9396.parsed(sent)


def test_the_array_has_a_limit() -> None:
    assert len(rfc9396.parsed(json.dumps([{"type": "a"}] * 10))) == 10
    for much in ([{"type": "a"}] * 11, [{"type": "a", "text": "x" * 9000}]):
        with pytest.raises(ValueError, match="few"):
            rfc9396.parsed(json.dumps(much))


@pytest.mark.parametrize(("asked", "granted", "narrower"), VECTORS["narrowing"])
def test_details_only_narrow(asked: list[Any], granted: list[Any], narrower: bool) -> None:
    if narrower:
        assert rfc9396.narrowed(asked, granted) == tuple(asked or granted)
    else:
        with pytest.raises(ValueError, match="More"):
            rfc9396.narrowed(asked, granted)


@pytest.mark.parametrize(("text", "seen"), VECTORS["visible"])
def test_nothing_hides_in_a_text(text: str, seen: str) -> None:
    assert "".join(f"[{p.text}]" if p.unseen else p.text for p in pieces(text)) == seen
