"""What holds for all admin pages: they offer what a role may, and keep what was typed."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from pydantic import BaseModel

from gateway.admin.calls.client_models import Members
from gateway.admin.desk import REFUSED, Desk
from gateway.admin.pages.doing import MEANWHILE
from gateway.admin.pages.fields import fields
from gateway.admin.pages.sections import ACTIONS, SECTIONS
from gateway.admin.pages.shapes import Page
from gateway.admin.pages.views import FORMS
from gateway.admin.pages.words import LABELS
from gateway.admin.roles import EVERYONE, Role
from store import Client
from tests.gateway.admin.pages.conftest import Come
from tests.gateway.conftest import PASSWORD, House
from tests.walks.filled import filled

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ELSEWHERE = {
    "me.get": "each page says it",
    "people.find": "for commands: a page has the id",
    "policy.preview": "the form of the policy says what is wrong",
}
"""Operations that no page asks for, and why."""

VALUES = {"values", "colours", "texts"}
"""What a form that is not that of a model asks for in its own way."""

SHOWN = tuple(chain(SECTIONS.values(), (page.item for page in SECTIONS.values() if page.item)))


def asked_for(page: Page) -> set[str]:
    """Return what a page asks for by itself."""
    named = {page.facts.operation} if page.facts else set()
    return named | {listing.operation for listing in page.listings}


def offered(page: Page) -> set[str]:
    """Return what can be done from a page."""
    inside = chain.from_iterable((*each.offers, *each.adds) for each in page.listings)
    return {offer.operation for offer in chain(page.offers, inside)}


def test_the_pages_can_do_all_that_the_api_can(desk: Desk) -> None:
    shown = set(chain.from_iterable(map(asked_for, SHOWN)))
    assert desk.operations.keys() == shown | ACTIONS.keys() | ELSEWHERE.keys()
    assert set(chain.from_iterable(map(offered, SHOWN))) == ACTIONS.keys()
    assert not shown & ACTIONS.keys()


def test_each_action_fits_its_operation(desk: Desk) -> None:
    for name, action in ACTIONS.items():
        operation = desk.operations[name]
        takes, gives = operation.takes.model_fields, operation.gives.model_fields
        assert operation.changes or action.tells or action.download, name
        assert set(action.tells) <= set(gives), name
        assert {*action.leaves, *action.kinds} <= set(takes), name
        assert set(re.findall(r"{(\w+)}", action.back)) <= {*takes, *gives}, name
        assert not action.begins or not desk.operations[action.begins].changes, name


def named(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def test_every_input_has_a_name_in_words_or_in_a_standard(desk: Desk) -> None:
    for name, action in ACTIONS.items():
        leaves = action.leaves | (VALUES if name in FORMS else set())
        asked = {each.name for each in fields(desk.operations[name].takes, leaves)}
        assert asked <= LABELS.keys() | named(Members), name


def test_every_fact_is_there_and_has_a_name(desk: Desk) -> None:
    for about in [page.facts for page in SHOWN if page.facts]:
        shown = {*about.shown, *([about.name] if about.name else [])}
        assert shown <= named(desk.operations[about.operation].gives)
        assert shown <= LABELS.keys()


def test_every_column_is_there_and_has_a_name(desk: Desk) -> None:
    for listing in chain.from_iterable(page.listings for page in SHOWN):
        gives = desk.operations[listing.operation].gives.model_json_schema()
        [row] = [each for each in gives["properties"].values() if each.get("type") == "array"]
        known = gives["$defs"][row["items"]["$ref"].rpartition("/")[2]]["properties"]
        assert set(listing.columns) <= known.keys() & LABELS.keys(), listing.operation


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_offered_what_it_may_and_nothing_else(
    house: House, come: Come, desk: Desk, role: Role
) -> None:
    house.enrolled("alice", password=PASSWORD)
    operator = come(role)
    may = {name for name, each in desk.operations.items() if role in each.said.roles}
    seen = set()
    for page in SECTIONS.values():
        answer = operator.go(f"/admin/{page.name}")
        assert answer.status_code == (200 if page.opens_with in may else 403), page.name
        seen |= set(re.findall(r"/admin/do/([\w.]+)", answer.text))
    operator.go(f"/admin/people/{operator.id}")
    seen |= set(re.findall(r"/admin/do/([\w.]+)", operator.page.text))
    assert seen <= may
    assert role in {Role.VIEWER, Role.AUDITOR} or seen
    menu = set(re.findall(r'href="/admin/(\w+)"', operator.go("/admin").text))
    assert menu == {page.name for page in SECTIONS.values() if page.opens_with in may}


@pytest.mark.parametrize("role", sorted(EVERYONE - {Role.ADMIN}))
def test_what_a_role_may_not_is_refused_and_noted(
    house: House, come: Come, desk: Desk, role: Role
) -> None:
    operator = come(role)
    csrf = {"csrf": re.findall(r'name="csrf" value="(\w+)"', operator.go("/admin").text)[0]}
    for name in ACTIONS:
        if role in desk.operations[name].said.roles:
            continue
        assert operator.client.get(f"/admin/do/{name}").status_code == 403, name
        answer = operator.client.post(f"/admin/do/{name}", data=csrf)
        assert answer.status_code == 403, name
        assert str(REFUSED) in answer.text
        with house.store.read() as tx:
            [noted] = tx.audit.list(1)
        assert noted.event == "admin.refused"
        assert noted.detail["operation"] == name


@pytest.mark.parametrize("path", ["/admin/nowhere", "/admin/do/people.list", "/admin/do/x"])
def test_there_is_no_other_page(come: Come, path: str) -> None:
    assert come(Role.ADMIN).go(path).status_code == 404


def test_what_is_mistyped_is_said_at_its_input_and_the_rest_is_kept(come: Come) -> None:
    operator = come(Role.ADMIN)
    answer = operator.do(
        "clients.add", client_id="a b", name="Bank", redirect_uris="https://bank.example/"
    )
    assert answer.status_code == 400
    assert 'role="alert" id="error"' in answer.text
    assert "Client: " in operator.words
    [wrong] = re.findall(r'<input id="in-client_id"[^>]*>', answer.text)
    assert 'aria-invalid="true"' in wrong
    assert 'aria-describedby="error client_id-hint"' in wrong
    [form] = [values for _, values in filled(answer.text) if "client_id" in values]
    assert (form["client_id"], form["name"]) == (["a b"], ["Bank"])
    assert form["redirect_uris"] == ["https://bank.example/"]
    operator.send(client_id="bank")
    assert "Secret" in operator.words


def test_two_admins_who_edit_one_thing_lose_nothing(house: House, come: Come) -> None:
    house.chatbot("bot")
    one, other = come(Role.ADMIN, "one"), come(Role.ADMIN, "other")
    for admin in (one, other):
        admin.go("/admin/do/clients.update", client_id="bot")
    one.send(name="Bank", require_acr="aal2")
    assert one.path == "/admin/clients/bot"
    answer = other.send(name="Library")
    assert answer.status_code == 409
    assert str(MEANWHILE) in other.words
    assert "Now it is: Bank" in other.words
    assert "Now it is: aal2" in other.words
    assert client(house, "bot").name == "Bank"
    other.send(name="Library")
    assert other.path == "/admin/clients/bot"
    assert client(house, "bot").name == "Library"
    assert client(house, "bot").require_acr == "mfa", "what other has seen, and sent in its place"
    assert client(house, "bot").redirect_uris


def client(house: House, client_id: str) -> Client:
    with house.store.read() as tx:
        found = tx.clients.get(client_id)
    assert found
    return found


def test_a_secret_is_shown_once(house: House, come: Come) -> None:
    operator = come(Role.ADMIN)
    answer = operator.do(
        "clients.add", client_id="bank", name="Bank", redirect_uris="https://bank.example/"
    )
    assert answer.headers["Cache-Control"] == "no-store"
    [secret] = re.findall(r"<code>([\w-]{43})</code>", answer.text)
    for path in ("/admin/clients", "/admin/clients/bank", "/admin/do/clients.update"):
        assert secret not in operator.go(path, client_id="bank").text


def test_a_person_is_named_by_what_is_kept_and_not_by_the_link(house: House, come: Come) -> None:
    alice = house.enrolled("alice", password=PASSWORD)
    operator = come(Role.ADMIN)
    operator.go("/admin/do/people.disable", person=alice, username="bob")
    assert "alice" in operator.words
    assert "bob" not in operator.words
    assert operator.go("/admin/do/people.disable", person="0" * 32).status_code == 400


def test_what_passes_an_attack_detection_is_told_in_percent(come: Come) -> None:
    told = come(Role.VIEWER).go("/admin/biometrics")
    assert "Words cut out of recordings" in told.text
    assert re.search(r">\s*\d\d(\.\d)?%\s*<", told.text)


@pytest.mark.parametrize("was", ["[]", "{", "null", '{"name": 7}', "[" * 100_000])
def test_what_a_form_began_with_may_be_nonsense(house: House, come: Come, was: str) -> None:
    house.chatbot("bot")
    operator = come(Role.ADMIN)
    answer = operator.do("clients.update", {"client_id": "bot"}, was=was, name="Bank")
    assert answer.status_code < 500


def test_text_of_others_is_text(house: House, come: Come) -> None:
    house.chatbot("bot")
    operator = come(Role.ADMIN)
    operator.do("clients.update", {"client_id": "bot"}, name="<b>Bank</b>{{ 7 * 7 }}")
    for path in ("/admin/clients", "/admin/clients/bot"):
        assert "&lt;b&gt;Bank&lt;/b&gt;{{ 7 * 7 }}" in operator.go(path).text
    sought = operator.go("/admin/people", username='"><script>').text
    assert "<script>" not in sought
