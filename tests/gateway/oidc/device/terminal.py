"""A device as it behaves over HTTP, and the person's browser beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.gateway.oidc.relying_party import RelyingParty
from tests.walks.forms import read

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass
class Terminal:
    """A device that cannot show a browser."""

    rp: RelyingParty
    codes: dict[str, Any] = field(default_factory=dict)

    def post(self, **body: str | None) -> TestResponse:
        """Send a device authorization request."""
        sent = {name: value for name, value in {"scope": "openid", **body}.items() if value}
        if self.rp.secret is None:
            sent = {"client_id": self.rp.client_id, **sent}
            return self.rp.browser.post("/oauth/device_authorization", data=sent)
        headers = self.rp.basic()
        return self.rp.browser.post("/oauth/device_authorization", data=sent, headers=headers)

    def start(self, **body: str | None) -> dict[str, Any]:
        """Get a pair of codes."""
        answer = self.post(**body)
        assert answer.status_code == 200, answer.text
        self.codes = answer.get_json()
        return self.codes

    def poll(self, **changes: str | None) -> TestResponse:
        """Ask once whether the person has decided."""
        body: dict[str, str | None] = {
            "grant_type": GRANT_TYPE,
            "device_code": self.codes["device_code"],
        }
        return self.rp.token(**{**body, **changes})


@dataclass
class Helper:
    """The person with a browser of their own."""

    browser: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)

    def enter(self, user_code: str) -> TestResponse:
        return self.browser.post("/device", data={"user_code": user_code}, headers=self.headers)

    def open(self, user_code: str) -> str:
        """Enter a code and return where its page is."""
        answer = self.enter(user_code)
        assert answer.status_code == 303, answer.text
        return answer.location

    def action(self, page: str) -> str:
        """Open the confirmation page and return where its form goes."""
        shown = self.browser.get(page, headers=self.headers)
        assert shown.status_code == 200, shown.text
        [action] = [form.action for form in read(shown.text) if form.action.startswith("/device/")]
        return action

    def decide(self, user_code: str, decision: str = "allow") -> TestResponse:
        """Enter a code and decide."""
        action = self.action(self.open(user_code))
        return self.browser.post(action, data={"decision": decision}, headers=self.headers)
