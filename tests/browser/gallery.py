"""Every page as the application itself makes it, gathered by a person who goes everywhere."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from tests.gateway.conftest import PASSWORD, SEED, House
from tests.walks.forms import Form, read
from tests.walks.person import Person

HANDLE = re.compile(r"[\w-]{20,}")
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


class Visitor(Person):
    """A person who keeps a copy of each page they see, by its path and heading."""

    def __init__(self, house: House, language: str) -> None:
        super().__init__(house.app)
        self.seen: dict[str, str] = {}
        self.client.environ_base |= {
            "HTTP_ACCEPT": "text/html",
            "HTTP_ACCEPT_LANGUAGE": language,
        }

    def _follow(self, response: TestResponse) -> TestResponse:
        page = super()._follow(response)
        shown = page.mimetype == "text/html" and page.status_code != 303
        if shown and (heading := HEADING.search(page.text)):
            path = HANDLE.sub("…", page.request.path)
            self.seen[f"{path} {page.status_code} {heading[1].strip()}"] = page.text
        return page

    def go_everywhere(self, house: House) -> None:
        """Open each page whose address needs nothing filled in."""
        for rule in house.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.arguments:
                self.go(rule.rule)

    def press_each(self, path: str, within: str) -> None:
        """Press each button of a page that leads to some place, one at a time."""
        for action in {form.action for form in self._forms(path, within)}:
            [form] = [each for each in self._forms(path, within) if each.action == action][:1]
            self.fill(form)

    def _forms(self, path: str, within: str) -> list[Form]:
        return [form for form in read(self.go(path).text) if within in form.action]


def gather(house: House, language: str) -> dict[str, str]:
    """Return the pages of a person who comes as a stranger, logs in and looks around."""
    house.enrolled("alice", password=PASSWORD, otp="alice@example.org", totp=SEED)
    person = Visitor(house, language)
    person.go_everywhere(house)
    person.go("/device")
    person.fill(person.form(action="/device"), user_code="BBBB-BBBB")
    _log_in(person, house)
    person.go_everywhere(house)
    person.press_each("/account", "/enroll/")
    person.go("/oauth/authorize", client_id="nobody")
    return person.seen


def _log_in(person: Visitor, house: House) -> None:
    bot = house.chatbot("bot", consent=True)
    person.authorize(bot, acr_values="mfa")
    person.log_in("alice", "a wrong passphrase")
    person.log_in("alice", PASSWORD)
    choices = [form for form in read(person.page.text) if form.action.endswith("/factor")]
    for form in [*choices, *(each for each in choices if each.fields["factor"] == "totp")]:
        person.fill(form)
    person.answer(code="000000")
    person.answer(code=house.totp())
    person.consent()
