"""A person in front of a browser without JavaScript, at a gateway that is served for real."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.waiting import PATIENCE
from tests.walks.forms import Form, read


@dataclass
class Surfer:
    """Follows redirects and fills in forms; stops where a client would be called back."""

    issuer: str
    callback: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=PATIENCE))
    arrived: dict[str, str] = field(default_factory=dict)
    page: httpx.Response = field(init=False)

    @property
    def words(self) -> str:
        """What the page says."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.page.text)).split())

    def close(self) -> None:
        """Close its connections."""
        self.http.close()

    def go(self, path: str, **query: str) -> None:
        """Open a page of the gateway."""
        self._follow(self.http.get(f"{self.issuer}{path}", params=query))

    def reload(self) -> None:
        """Look at the page again."""
        self._follow(self.http.get(self.page.url))

    def fill(self, action: str, button: str = "", /, files: Any = None, **values: str) -> None:
        """Fill in the form that goes there and has such words on it."""
        found = [f for f in self.forms(action) if button in f.text]
        assert found, f"no form {action} {button} on {self.page.url}: {self.words}"
        fields = {n: v for n, v in found[0].fields.items() if n not in (files or {})}
        url = self.page.url.join(found[0].action)
        self._follow(self.http.post(url, data=fields | values, files=files))

    def forms(self, action: str) -> list[Form]:
        """Return the forms of the page that go there."""
        return [form for form in read(self.page.text) if action in form.action]

    def _follow(self, answer: httpx.Response) -> None:
        while answer.status_code == 303:
            location = str(answer.url.join(answer.headers["Location"]))
            if location.startswith(self.callback):
                self.arrived = {k: v[0] for k, v in parse_qs(urlsplit(location).query).items()}
                return
            answer = self.http.get(location)
        self.page = answer
