"""Every page renders from its context and keeps the promises of an accessible, script-safe form."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask, render_template

from contracts.factor import Ask
from contracts.text import Text
from tests.web.made_up import ASKS, SEED
from tests.web.shown import FOREIGN, PAGES
from web import pages

VOID = {"input", "img", "meta", "link", "br", "hr"}


class Page(HTMLParser):
    """The elements of a page: tag, attributes, and the form each is in."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.forms: list[list[dict[str, str]]] = []
        self.inline: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag == "form":
            self.forms.append([attributes])
        if tag == "input" and "form" in self._open:
            self.forms[-1].append(attributes)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in {"script", "style"}:
            self.inline.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask(__name__)
    pages.install(app, service_name="Gatehouse", csrf=lambda: "csrf-token")
    return app


@pytest.fixture(params=PAGES.values(), ids=PAGES.keys())
def source(app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:
    template, context = request.param
    with app.test_request_context():
        yield render_template(template, **context)


def render(app: Flask, name: str, **context: Any) -> str:
    template, known = PAGES[name]
    with app.test_request_context():
        return render_template(template, **{**known, **context})


def test_a_page_has_a_language_a_title_and_one_heading(source: str) -> None:
    page = Page(source)
    assert page.all("html") == [{"lang": "en", "dir": "ltr"}]
    assert len(page.all("h1")) == 1
    assert "<title> ·" not in source


PARTS = {"base.html", "letter.html", "admin/base.html"}
SIGNALS = {"passkey-signal", "device-signal", "device-create", "device-get"}
"""Asks of the browser, which a person never sees."""


def test_every_page_there_is_is_shown() -> None:
    folder = pages.ROOM / "templates"
    found = {*folder.glob("*.html"), *folder.glob("admin/*.html")}
    there = {str(path.relative_to(folder)) for path in found} - PARTS
    assert {template for template, _ in (PAGES | FOREIGN).values()} == there


def test_every_kind_of_ask_is_shown() -> None:
    there = {path.stem for path in (pages.ROOM / "templates/asks").glob("*.html")}
    assert {ask.type for ask in ASKS.values()} >= there - SIGNALS - {"script"}


def test_nothing_is_inline(source: str) -> None:
    page = Page(source)
    assert page.inline == []
    assert not page.all("style")
    assert all(script["src"].startswith("/static/") for script in page.all("script"))
    for _, attributes in page.elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_every_form_is_a_post_with_its_token_or_a_search_without(source: str) -> None:
    for form, *inputs in Page(source).forms:
        if form.get("role") == "search":
            assert form["method"] == "get"
            assert "csrf" not in {field["name"] for field in inputs}
            continue
        assert form["method"] == "post"
        hidden = {field["name"]: field for field in inputs if field["type"] == "hidden"}
        assert hidden["csrf"]["value"] == "csrf-token"


def test_every_visible_input_has_its_label(source: str) -> None:
    page = Page(source)
    labelled = {label["for"] for label in page.all("label")}
    for field in page.all("input"):
        if field["type"] not in {"hidden", "file"}:
            assert field["id"] in labelled


def test_identifiers_are_unique_and_descriptions_exist(source: str) -> None:
    page = Page(source)
    assert len(page.ids()) == len(set(page.ids()))
    for _, attributes in page.elements:
        for name in ("aria-describedby", "aria-labelledby"):
            assert set(attributes.get(name, "").split()) <= set(page.ids())


@pytest.mark.parametrize("name", [name for name in PAGES if name.endswith("again")])
def test_an_error_is_announced_and_filled_in(app: Flask, name: str) -> None:
    source = render(app, name)
    assert 'role="alert" id="error"' in source
    assert "Wrong after 3 tries." in source
    assert "<title>Error · " in source


@pytest.mark.parametrize("name", ["text again", "password again", "code again", "login again"])
def test_the_error_is_tied_to_its_input(app: Flask, name: str) -> None:
    fields = [field for field in Page(render(app, name)).all("input") if "id" in field]
    assert fields
    for field in fields:
        assert field["aria-invalid"] == "true"
        assert "error" in field["aria-describedby"].split()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("code", {"autocomplete": "one-time-code", "inputmode": "numeric"}),
        ("password", {"autocomplete": "new-password", "type": "password"}),
        ("email", {"autocomplete": "email", "type": "email"}),
        ("tel", {"autocomplete": "tel", "type": "tel"}),
        ("text", {"value": "ada@example.org", "type": "text"}),
    ],
)
def test_browsers_know_what_to_fill_in(app: Flask, name: str, expected: dict[str, str]) -> None:
    [field] = [field for field in Page(render(app, name)).all("input") if "id" in field]
    assert expected.items() <= field.items()
    assert "required" in field


def test_an_optional_ask_may_stay_empty(app: Flask) -> None:
    [field] = [field for field in Page(render(app, "optional")).all("input") if "id" in field]
    assert "required" not in field


def test_a_fixed_username_cannot_be_changed(app: Flask) -> None:
    fields = {field.get("name"): field for field in Page(render(app, "login again")).all("input")}
    assert "readonly" in fields["username"]
    assert fields["username"]["value"] == "ada"
    assert fields["password"]["autocomplete"] == "current-password"


def test_a_type_nobody_knows_is_left_to_its_own_module(app: Flask) -> None:
    page = Page(render(app, "palm"))
    [element] = [given for _, given in page.elements if given.get("data-ask") == "palm"]
    assert element["data-name"] == "palm"
    assert element["data-options"] == '{"side": "it\\u0027s left"}'
    assert "/static/asks/palm.js" in {
        script["src"].partition("?")[0] for script in page.all("script")
    }


@pytest.mark.parametrize("name", ["palm", "passkey-create", "passkey-get", "voice"])
def test_a_scripted_ask_says_that_it_needs_javascript(app: Flask, name: str) -> None:
    source = render(app, name)
    assert "JavaScript" in source.partition("<noscript>")[2].partition("</noscript>")[0]
    assert ">Continue</button>" not in source


MODULES = ["create", "get", "signal", "autofill", "upgrade"]


@pytest.mark.parametrize("name", [*(f"passkey-{module}" for module in MODULES), "voice"])
def test_the_module_of_an_ask_exists(app: Flask, name: str) -> None:
    with app.test_client().get(f"/static/asks/{name}.js") as response:
        assert response.status_code == 200


def test_a_browser_is_told_what_nobody_is_asked(app: Flask) -> None:
    signal = Ask("signal", "passkey-signal", Text("Told"), {"rpId": "it's", "credentialId": "<x>"})
    with app.test_request_context():
        page = Page(
            render_template(
                "login.html", login="handle", hint="", fixed=False, passkey="", signal=signal
            )
        )
    [element] = [given for _, given in page.elements if given.get("data-ask") == "passkey-signal"]
    assert "hidden" in element
    assert element["data-options"] == ('{"credentialId": "\\u003cx\\u003e", "rpId": "it\\u0027s"}')


@pytest.mark.parametrize(
    ("passkey", "words"), [("webauthn", "username webauthn"), ("", "username")]
)
def test_the_name_field_says_what_fills_it(app: Flask, passkey: str, words: str) -> None:
    with app.test_request_context():
        source = render_template(
            "login.html", login="handle", hint="", fixed=False, passkey=passkey
        )
    fields = {given["name"]: given for given in Page(source).all("input")}
    assert fields["username"]["autocomplete"] == words
    assert ("passkey-autofill.js" in source) is bool(passkey)


def test_the_secret_of_a_qr_code_can_be_typed(app: Flask) -> None:
    source = render(app, "qr")
    assert source.count("<span>AAAA</span>") == len(SEED) / 4
    assert 'href="otpauth://totp/a"' in source


def test_the_voice_page_promises_no_liveness(app: Flask) -> None:
    for name in ("voice", "enrolling a voice"):
        assert "nothing checks that a live person speaks" in render(app, name)


def test_a_file_may_be_kept_as_long_as_its_address(app: Flask) -> None:
    with app.test_request_context():
        address = pages.static("style.css")
    client = app.test_client()
    with client.get(address) as kept, client.get("/static/style.css") as asked_again:
        assert "immutable" in kept.headers["Cache-Control"]
        assert "immutable" not in asked_again.headers["Cache-Control"]


def test_an_app_of_its_own_gets_the_static_files_too() -> None:
    kiosk = Flask("kiosk", static_folder=None)
    pages.install(kiosk, service_name="Gatehouse", csrf=lambda: "")
    with kiosk.test_client().get("/static/style.css") as response:
        assert response.status_code == 200


def test_names_from_outside_are_escaped(app: Flask) -> None:
    elsewhere = ("device shown", "request", "request matched", "request shown", "allowed", "denied")
    for name in ("code", "login", "choose", "consent", *elsewhere):
        source = render(app, name, client_name="<b>Bank</b>")
        assert "<b>Bank" not in source
        assert "&lt;b&gt;Bank" in source
