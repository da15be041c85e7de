"""No visible word of a template escapes the translators."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from jinja2 import Environment, nodes

from contracts.text import Text
from web import pages

TEMPLATES = pages.ROOM / "templates"
SOURCES = sorted(TEMPLATES.rglob("*.html"))

ROOMS = ["contracts", "verifiers", "hardware", "store", "enrollment", "gateway"]
ENVIRONMENT = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True)

INLINE = re.compile(r"<(?:strong|bdi|em|time)\b[^>]*>")

JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(r'\b(?:alt|title|placeholder|aria-label)="([^"]*)"')
TAG = re.compile(r"<[^>]*>", re.DOTALL)


def bare_words(source: str) -> list[str]:
    """Return the words of a template that a person meets and no expression produced."""
    markup = JINJA.sub("", source)
    spoken = " ".join(SPOKEN_ATTRIBUTE.findall(markup))
    return re.findall(r"[^\W\d_]+", TAG.sub(" ", markup) + spoken)


def test_a_bare_word_is_noticed() -> None:
    assert bare_words('<p class="x">Hello</p><img alt="you">') == ["Hello", "you"]
    assert bare_words('<p lang="en">{{ _("Hello") }}</p>') == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_word_is_translated(path: Path) -> None:
    assert bare_words(path.read_text()) == []


def first(found: str | tuple[str, ...] | list[str]) -> str:
    """Return what a message is found by: of one that counts, the form of one."""
    return found if isinstance(found, str) else found[0]


def catalogue() -> set[str]:
    with (pages.ROOM / "translations" / "messages.pot").open("rb") as file:
        return {first(message.id) for message in read_po(file)}


def test_the_catalogue_holds_every_message_of_the_templates() -> None:
    found = extract_from_dir(TEMPLATES, [("**.html", "jinja2")], {"**.html": {"trimmed": "true"}})
    assert {first(message) for _, _, message, _, _ in found} <= catalogue()


@pytest.mark.parametrize("room", ROOMS)
def test_the_catalogue_holds_every_text_of_the_code(room: str) -> None:
    found = extract_from_dir(
        pages.ROOM.parent / room, [("**.py", "python")], keywords={"Text": None, "counted": (1, 2)}
    )
    missing = {first(message) for _, _, message, _, _ in found} - catalogue()
    assert missing == set(), "run: make texts"


def test_runtime_texts_are_translated_and_filled() -> None:
    app = Flask(__name__)
    pages.install(app, service_name="Gatehouse", csrf=lambda: "")
    with app.test_request_context():
        assert pages.translate(Text("Wait %(n)d seconds", {"n": 3})) == "Wait 3 seconds"
        assert pages.translate(Text("100 % sure")) == "100 % sure"


def test_an_unknown_language_gets_english() -> None:
    app = Flask(__name__)
    pages.install(app, service_name="Gatehouse", csrf=lambda: "")
    with app.test_request_context(headers={"Accept-Language": "tlh"}):
        assert pages.language_tag() == "en"


def is_translated(node: nodes.Node) -> bool:
    """Tell whether an expression is words in the reader's language."""
    match node:
        case nodes.Call(node=nodes.Name(name=name)):
            return name in {"_", "gettext", "ngettext"}
        case nodes.CondExpr(expr1=one, expr2=other):
            return is_translated(one) or (other is not None and is_translated(other))
        case nodes.Filter(name="t"):
            return True
        case nodes.Filter(node=nodes.Node() as inner):
            return is_translated(inner)
    return False


def is_whole(node: nodes.Node) -> bool:
    """Tell whether an expression is a sentence with its full stop."""
    said = getattr(node, "args", [])[:1]
    return any(isinstance(each, nodes.Const) and each.value[-1] in ".?!" for each in said)


def pieced_together(source: str) -> list[str]:
    """Return where a template makes one sentence of several: word order is a language's own."""
    tree = ENVIRONMENT.parse(source)
    joined = [
        f"line {each.lineno}: joined"
        for each in tree.find_all((nodes.Concat, nodes.Add))
        if any(is_translated(piece) for piece in each.iter_child_nodes())
    ]
    beside = [
        f"line {after.lineno}: beside another"
        for output in tree.find_all(nodes.Output)
        for before, between, after in zip(
            output.nodes, output.nodes[1:], output.nodes[2:], strict=False
        )
        if isinstance(between, nodes.TemplateData)
        and not INLINE.sub("", between.data).strip(" \n:,;.()-")
        and (is_translated(before) or is_translated(after))
        and not is_whole(before)
    ]
    return joined + beside


@pytest.mark.parametrize(
    "source",
    [
        '{{ _("Since") }} {{ date }}',
        '<p>{{ name }}: {{ _("Ended") }}</p>',
        '{{ _("Remove") ~ name }}',
        '{{ "x" + (text|t) }}',
    ],
)
def test_a_sentence_of_pieces_is_noticed(source: str) -> None:
    assert pieced_together(source)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_sentence_of_a_template_is_made_of_pieces(path: Path) -> None:
    assert pieced_together(path.read_text()) == []


def made_up(source: str) -> list[str]:
    """Return the calls for a text whose message is put together where it is used."""
    calls = [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.Call)]
    return [
        ast.unparse(call)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in {"Text", "counted"}
        for message in call.args[: 1 if call.func.id == "Text" else 2]
        if isinstance(message, ast.JoinedStr | ast.BinOp | ast.Call)
        or (isinstance(message, ast.Constant) and message.value != str(message.value).strip())
    ]


def test_a_message_put_together_in_code_is_noticed() -> None:
    assert made_up('Text(f"Hello {name}")')
    assert made_up('Text("Hello " + name)')
    assert made_up('Text("%s" % name)')
    assert made_up('Text("Hello ")')
    assert not made_up('Text("Hello %(name)s", {"name": name})')


@pytest.mark.parametrize("room", ROOMS)
def test_no_message_is_put_together_in_code(room: str) -> None:
    for path in (pages.ROOM.parent / room).rglob("*.py"):
        source = path.read_text()
        if "from contracts.text import" in source:
            assert made_up(source) == [], path
