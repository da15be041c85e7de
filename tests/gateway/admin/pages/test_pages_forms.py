"""The forms that are more than a model's: files, the policy, looks; and what is handed out."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from gateway.admin.roles import Role
from tests.gateway.admin.pages.conftest import Come
from tests.gateway.branding.test_pictures import png
from tests.gateway.conftest import PASSWORD, House
from tests.walks.filled import filled

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def usernames(house: House) -> set[str]:
    with house.store.read() as tx:
        return {account.username for account in tx.accounts.list()}


def people(*lines: str) -> tuple[BytesIO, str]:
    return BytesIO("\n".join(("username,email", *lines)).encode()), "people.csv"


def test_a_list_of_people_is_imported(house: House, come: Come) -> None:
    operator = come(Role.ADMIN)
    operator.do("imports.run", text=people("ada,ada@example.org", "bob,"))
    assert {"ada", "bob"} <= usernames(house)
    assert "Imported 2" in operator.words


def test_a_wrong_line_is_named_and_nobody_is_imported(house: House, come: Come) -> None:
    operator = come(Role.ADMIN)
    answer = operator.do("imports.run", text=people("ada,ada@example.org", "bob,no address"))
    assert 400 <= answer.status_code < 500
    assert "3" in operator.words
    assert "ada" not in usernames(house)


def test_lines_that_are_no_text_are_refused(house: House, come: Come) -> None:
    operator, before = come(Role.ADMIN), usernames(house)
    answer = operator.do("imports.run", text=(BytesIO(b"username\n\xff\xfe\n"), "people.csv"))
    assert 400 <= answer.status_code < 500
    assert usernames(house) == before


def test_the_policy_is_changed_where_something_was_typed(house: House, come: Come) -> None:
    operator = come(Role.ADMIN)
    operator.do("policy.put", code_seconds="30", registration="open")
    assert operator.path == "/admin/policy"
    with house.store.read() as tx:
        newest = tx.policies.newest()
    assert newest
    assert newest.settings == {"code_seconds": 30, "registration": "open"}
    operator.do("policy.put", code_seconds="")
    with house.store.read() as tx:
        newest = tx.policies.newest()
    assert newest
    assert newest.settings == {"registration": "open"}, "what was said before stays, and no more"


@pytest.mark.parametrize("typed", ["none", "0", "-1", "9" * 5000])
def test_a_policy_that_cannot_be_is_refused_at_its_input(
    house: House, come: Come, typed: str
) -> None:
    operator = come(Role.ADMIN)
    answer = operator.do("policy.put", code_seconds=typed, registration="open")
    assert answer.status_code == 400
    assert "code_seconds: " in operator.words
    [values] = [values for _, values in filled(answer.text) if "code_seconds" in values]
    assert (values["code_seconds"], values["registration"]) == ([typed], ["open"])
    with house.store.read() as tx:
        assert tx.policies.newest() is None


def test_a_look_is_chosen_and_overtaken(house: House, come: Come) -> None:
    house.chatbot("bot")
    one, other = come(Role.ADMIN, "one"), come(Role.ADMIN, "other")
    for admin in (one, other):
        admin.go("/admin/do/branding.put", client_id="bot")
    one.send(**{"name": "Bank", "colours.light.accent": "#123456", "texts.de.intro": "Hallo"})
    assert one.path == "/admin/branding/bot", one.words
    with house.store.read() as tx:
        look = tx.brandings.get("bot")
    assert (look.name, look.colours, look.texts) == (
        "Bank",
        {"light": {"accent": "#123456"}},
        {"de": {"intro": "Hallo"}},
    )
    other.send(name="Library")
    assert other.page.status_code == 409
    assert "Now it is: #123456" in other.words


def test_a_colour_that_cannot_be_read_on_is_refused(house: House, come: Come) -> None:
    house.chatbot("bot")
    operator = come(Role.ADMIN)
    sent = {"colours.light.accent": "#ffffee"}
    answer = operator.do("branding.put", {"client_id": "bot"}, **sent)
    assert answer.status_code == 400
    assert 'value="#ffffee"' in answer.text


def test_a_logo_is_a_file(house: House, come: Come) -> None:
    house.chatbot("bot")
    operator = come(Role.ADMIN)
    asked = {"client_id": "bot", "version": "0"}
    operator.do("branding.set_logo", asked, logo=(BytesIO(png(1, 1, b"\0\0")), "logo.png"))
    assert operator.path == "/admin/branding/bot", operator.words
    assert "image/png" in operator.words
    answer = operator.do("branding.set_logo", asked, logo=(BytesIO(b"<svg/>"), "logo.svg"))
    assert answer.status_code in {400, 409}


def test_the_house_has_a_look_too(come: Come) -> None:
    operator = come(Role.ADMIN)
    operator.do("branding.put", {"client_id": ""}, **{"texts.en.footer": "Ask us."})
    assert operator.path == "/admin/branding"
    assert "Ask us." in operator.words


def test_a_person_s_data_is_handed_out_as_a_file(house: House, come: Come) -> None:
    alice = house.enrolled("alice", password=PASSWORD)
    answer = come(Role.ADMIN).do("people.export", {"person": alice})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="person.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "alice" in json.dumps(answer.get_json())


def test_entries_of_the_trail_are_handed_out_as_lines(house: House, come: Come) -> None:
    house.enrolled("alice", password=PASSWORD)
    answer = come(Role.AUDITOR).do("audit.export")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.jsonl"'
    assert all(json.loads(line) for line in answer.text.splitlines())


def test_the_trail_is_verified(come: Come) -> None:
    operator = come(Role.AUDITOR)
    operator.do("audit.verify")
    assert "Whole Yes" in operator.words
    assert "never again" not in operator.words
