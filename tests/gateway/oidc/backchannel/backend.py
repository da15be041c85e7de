"""A backend that asks for people, and the phone on which one of them answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.gateway.oidc.relying_party import RelyingParty
from tests.walks.forms import Form, read

GRANT_TYPE = "urn:openid:params:grant-type:ciba"


@dataclass
class Backend:
    """A confidential client that is not in front of a person."""

    rp: RelyingParty
    taken: dict[str, Any] = field(default_factory=dict)

    def post(self, **body: str | None) -> TestResponse:
        """Send an authentication request."""
        named = {"scope": "openid", "login_hint": "ada", **body}
        sent = {name: value for name, value in named.items() if value is not None}
        address = "/oauth/backchannel-authentication"
        return self.rp.browser.post(address, data=sent, headers=self.rp.basic())

    def ask(self, **body: str | None) -> dict[str, Any]:
        """Have a request accepted."""
        answer = self.post(**body)
        assert answer.status_code == 200, answer.text
        self.taken = answer.get_json()
        return self.taken

    def poll(self, **changes: str | None) -> TestResponse:
        """Ask once whether the person has decided."""
        body: dict[str, str | None] = {
            "grant_type": GRANT_TYPE,
            "auth_req_id": self.taken["auth_req_id"],
        }
        return self.rp.token(**{**body, **changes})


@dataclass
class Phone:
    """A browser of the person's."""

    browser: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> TestResponse:
        return self.browser.get(path, headers=self.headers)

    def post(self, path: str, **data: str) -> TestResponse:
        return self.browser.post(path, data=data, headers=self.headers)

    def switch_on(self) -> None:
        """Let requests reach this browser."""
        answer = self.post("/requests/device")
        assert (answer.status_code, answer.location) == (303, "/requests")

    def form(self, end: str) -> Form | None:
        """Find a form of the page with the requests."""
        forms = read(self.get("/requests").text)
        return next((form for form in forms if form.action.endswith(end)), None)

    @property
    def numbers(self) -> list[str]:
        """The numbers that are offered, none where nothing waits."""
        return re.findall(r'name="number" value="(\d\d)"', self.get("/requests").text)

    @property
    def waits(self) -> str | None:
        """What the script would hear."""
        waiting: str | None = self.get("/requests/waiting").get_json()["request"]
        return waiting

    def match(self, number: str) -> TestResponse:
        """Choose a number."""
        form = self.form("/number")
        assert form is not None
        return self.post(form.action, number=number)

    def page(self, number: str) -> str:
        """Choose the right number and return where the decision is taken."""
        answer = self.match(number)
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def decide(self, number: str, decision: str = "allow") -> TestResponse:
        """Choose a number, then decide."""
        shown = self.get(self.page(number))
        assert shown.status_code == 200, shown.text
        [action] = [f.action for f in read(shown.text) if "sid=" in f.action]
        return self.post(action, decision=decision)
