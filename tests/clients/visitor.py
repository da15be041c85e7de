"""A person whose browser runs no scripts, sent to the gateway by some client."""

from __future__ import annotations

import httpx

from gateway.people import Person
from tests.clients.gateway import NOWHERE
from tests.fakes import codes
from tests.walks.forms import read


class Visitor:
    """Follows redirects and fills in forms; keeps the cookies of every site."""

    def __init__(self, person: Person, http: httpx.Client) -> None:
        self.person = person
        self.http = http
        self.page: httpx.Response
        self.arrived = ""

    def go(self, url: str) -> httpx.Response:
        """Open a page."""
        return self._follow(self.http.get(url))

    def log_in(self, url: str) -> str:
        """Follow a client's link, prove who one is, agree; return where one is sent back to."""
        self.go(url)
        self.prove()
        self.allow()
        return self.arrived

    def prove(self) -> None:
        """Log in with both factors."""
        self.password()
        self.authenticator()

    def password(self) -> None:
        """Say who one is."""
        self.fill("/login/", username=self.person.username, password=self.person.password or "")

    def authenticator(self) -> None:
        """Show a code of the authenticator app."""
        self.fill("/factor", "Authenticator app")
        self.fill("/answer", code=codes.app(self.person.totp_secret or "").code())

    def allow(self) -> None:
        """Agree to what the client asks for."""
        self.fill("/oauth/authorize/", decision="allow")

    def fill(self, action: str, button: str = "", /, **values: str) -> httpx.Response:
        """Fill in the form that goes there and has such words on it."""
        forms = [f for f in read(self.page.text) if action in f.action and button in f.text]
        assert forms, f"no form {action} {button} on {self.page.url}: {self.page.text}"
        url = self.page.url.join(forms[0].action)
        return self._follow(self.http.post(url, data={**forms[0].fields, **values}))

    def _follow(self, answer: httpx.Response) -> httpx.Response:
        self.arrived = str(answer.url)
        while answer.is_redirect:
            self.arrived = str(answer.url.join(answer.headers["Location"]))
            if self.arrived.startswith(NOWHERE):
                break
            answer = self.http.get(self.arrived)
        assert answer.status_code < 400, answer.text
        self.page = answer
        return answer
