"""The language menu: a choice holds in its browser, and leads back to the page it was made on."""

from __future__ import annotations

import pytest

from tests.gateway.conftest import House

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_choice_holds_over_the_browser_and_the_client(house: House) -> None:
    person, bot = house.person(), house.chatbot("bot")
    person.authorize(bot, ui_locales="fr")
    shown = person.path
    person.fill(person.form(action="/language"), language="de")
    assert person.path == shown
    assert '<html lang="de" dir="ltr">' in person.page.text
    person.authorize(bot, ui_locales="fr")
    assert '<html lang="de" dir="ltr">' in person.page.text


def test_the_names_of_languages_are_written_by_their_speakers(house: House) -> None:
    person = house.person()
    person.go("/")
    assert 'lang="fr" dir="ltr">Français</button>' in person.page.text
    assert 'lang="en" dir="ltr" aria-current="true">English</button>' in person.page.text


def test_the_query_of_a_page_is_kept(house: House) -> None:
    person = house.person()
    person.client.environ_base["HTTP_ACCEPT"] = "text/html"
    person.go("/nowhere", user_code="BCDF GHJK")
    assert person.form(action="/language").fields["back"] == "/nowhere?user_code=BCDF+GHJK"


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "/\\evil.example", "https://evil.example/", "/\t/evil.example", "", "@evil"],
)
def test_a_choice_leads_to_pages_of_ours_only(house: House, back: str) -> None:
    person = house.person()
    person.go("/")
    form = person.form(action="/language")
    answer = person.client.post("/language", data={**form.fields, "language": "de", "back": back})
    assert (answer.status_code, answer.location) == (303, "/")


def test_a_language_that_is_not_there_is_refused(house: House) -> None:
    person = house.person()
    person.go("/")
    form = person.form(action="/language")
    for language in ("tlh", "../de", ""):
        answer = person.client.post("/language", data={**form.fields, "language": language})
        assert answer.status_code == 400
    assert person.client.post("/language", data={"language": "de"}).status_code == 403
