"""A client as it behaves over HTTP, and the person in front of the browser."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

from flask import request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contracts.assurance import Assurance, Requirement
from tests.walks.forms import read

ISSUER = "http://localhost:8080"
SECRET = "a secret with: signs & spaces%"
REDIRECT = "https://bot.example/callback"
ORDER = ("aal1", "mfa", "aal2")


@dataclass
class Visitor:
    """The login as the provider's port sees it: one account with one proof, or nobody."""

    assurance: Assurance | None = None
    begun: list[tuple[Requirement, str, str]] = field(default_factory=list)
    kept: bool = False

    def current(self, requirement: Requirement) -> Assurance | None:
        here = self.assurance
        if here is None or (requirement.not_before and here.auth_time < requirement.not_before):
            return None
        met = (
            value
            for value in requirement.acr_values
            if self.satisfies(here.acr, value) and self.satisfies(value, requirement.required_acr)
        )
        return replace(here, acr=next(met, here.acr))

    def satisfies(self, reached: str, wanted: str) -> bool:
        return {reached, wanted} <= set(ORDER) and ORDER.index(reached) >= ORDER.index(wanted)

    def begin(self, requirement: Requirement, return_to: str, cancel_to: str) -> str:
        self.begun.append((requirement, return_to, cancel_to))
        return "/login/begun"

    def browser(self) -> str:
        return request.headers.get("X-Browser", "one")

    def keep_browser(self) -> None:
        self.kept = True

    def end(self) -> None:
        self.assurance = None


@dataclass
class RelyingParty:
    """A client as it behaves over HTTP."""

    browser: FlaskClient
    client_id: str = "bot"
    redirect_uri: str = REDIRECT
    secret: str | None = SECRET
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def parameters(self, **changes: str | None) -> dict[str, str]:
        sent: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile email offline_access",
            "state": "a state",
            "nonce": "a nonce",
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in sent.items() if value is not None}

    def authorize(self, **changes: str | None) -> TestResponse:
        """Send the browser to the authorization endpoint and follow our own redirect once."""
        answer = self.browser.get("/oauth/authorize", query_string=self.parameters(**changes))
        if answer.status_code == 303 and answer.location.startswith("/oauth/authorize/"):
            return self.browser.get(answer.location)
        return answer

    def code(self, **changes: str | None) -> str:
        return answered(self.authorize(**changes))["code"]

    def token(self, **body: str | None) -> TestResponse:
        sent = {name: value for name, value in body.items() if value is not None}
        if self.secret is None:
            return self.browser.post("/oauth/token", data={"client_id": self.client_id, **sent})
        return self.browser.post("/oauth/token", data=sent, headers=self.basic())

    def basic(self) -> dict[str, str]:
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.secret or '')}"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}

    def exchange(self, code: str, /, **changes: str | None) -> TestResponse:
        body: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        }
        return self.token(**{**body, **changes})

    def refresh(self, token: str, /, **changes: str | None) -> TestResponse:
        return self.token(**{"grant_type": "refresh_token", "refresh_token": token, **changes})

    def tokens(self, **changes: str | None) -> dict[str, Any]:
        answer = self.exchange(self.code(**changes))
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.get_json()
        return body

    def userinfo(self, token: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"}
        return self.browser.get("/oauth/userinfo", headers=headers)


def challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def answered(response: TestResponse) -> dict[str, str]:
    """Return the parameters of an authorization response."""
    assert response.status_code == 303, response.text
    query = parse_qs(urlsplit(response.location).query, strict_parsing=True)
    assert all(len(values) == 1 for values in query.values())
    return {name: values[0] for name, values in query.items()}


def claims_of(token: str) -> dict[str, Any]:
    """Return what a JWT says, its signature unread."""
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def shown(rp: RelyingParty, page: str) -> str:
    """Open a consent page and return where its form goes."""
    [action] = [f.action for f in read(rp.browser.get(page).text) if "/oauth/" in f.action]
    return action


def refused(answer: TestResponse, error: str) -> None:
    """One code, no word that tells one cause from another."""
    assert answer.get_json() == {"error": error}
    assert answer.status_code == (401 if error == "invalid_client" else 400)
    assert answer.headers["Cache-Control"] == "no-store"
