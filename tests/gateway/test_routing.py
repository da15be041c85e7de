"""Rules that build addresses: not one is compiled before it is needed."""

from __future__ import annotations

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule

from gateway.routing import Route


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rules whose builders were compiled, in order."""
    asked: list[str] = []
    compile_builder = Rule._compile_builder

    def note(rule: Rule, append_unknown: bool = True) -> object:
        asked.append(rule.rule)
        return compile_builder(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", note)
    return asked


def test_an_address_is_built_as_ever_and_compiled_once(compiled: list[str]) -> None:
    app = Flask(__name__, static_folder=None)
    app.url_rule_class = Route
    app.add_url_rule(
        "/people/<int:number>/<word>", "person", lambda number, word: f"{number} {word}"
    )
    assert compiled == []
    with app.test_request_context():
        for word in ("a", "b c"):
            address = url_for("person", number=7, word=word, beside="x y")
            assert address == f"/people/7/{word.replace(' ', '%20')}?beside=x+y"
    assert set(compiled) == {"/people/<int:number>/<word>"}
    assert len(compiled) <= 2
    assert app.test_client().get("/people/7/word").text == "7 word"
