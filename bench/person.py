"""A person who logs in, and the chatbot that sent them, as one sequence of requests."""

from __future__ import annotations

import json
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

from bench.wire import Answer, Wire

HIDDEN = re.compile(r'<input[^>]*type="?hidden"?[^>]*>')
ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')
ACTION = re.compile(r'<form[^>]*action="([^"]*)"')


@dataclass(frozen=True)
class Account:
    """Who logs in where."""

    username: str
    password: str
    client_id: str
    client_secret: str
    redirect_uri: str


def log_in(wire: Wire, account: Account) -> dict[str, str]:
    """Go from a chatbot's link to its tokens."""
    wire.cookies.clear()
    verifier = secrets.token_urlsafe(48)
    page = _followed(wire, wire.get("/oauth/authorize?" + urlencode(asked(account, verifier))))
    html = page.body.decode()
    form = _hidden(html) | {"username": account.username, "password": account.password}
    answer = _followed(wire, wire.post(_action(html), form))
    query = parse_qs(urlsplit(answer.header("location")).query)
    if "code" not in query:
        raise RuntimeError(f"no code: {answer.status} {answer.header('location')}")
    return _tokens(wire, account, query["code"][0], verifier)


def refreshed(wire: Wire, account: Account, token: str) -> str:
    """Trade a refresh token for the next."""
    form = {"grant_type": "refresh_token", "refresh_token": token, **credentials(account)}
    return str(_json(wire.post("/oauth/token", form))["refresh_token"])


def asked(account: Account, verifier: str) -> dict[str, str]:
    """Return the parameters of the chatbot's authorization request."""
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return {
        "client_id": account.client_id,
        "response_type": "code",
        "redirect_uri": account.redirect_uri,
        "scope": "openid offline_access",
        "state": "state",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }


def _tokens(wire: Wire, account: Account, code: str, verifier: str) -> dict[str, str]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": account.redirect_uri,
        "code_verifier": verifier,
        **credentials(account),
    }
    return _json(wire.post("/oauth/token", form))


def credentials(account: Account) -> dict[str, str]:
    """Return how the client authenticates: in the body, by its secret."""
    return {"client_id": account.client_id, "client_secret": account.client_secret}


def _json(answer: Answer) -> dict[str, str]:
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {answer.body!r}")
    content: dict[str, str] = json.loads(answer.body)
    return content


def _followed(wire: Wire, answer: Answer) -> Answer:
    while answer.status == 303 and answer.header("location").startswith("/"):
        answer = wire.get(answer.header("location"))
    return answer


def _action(html: str) -> str:
    found = [unescape(action) for action in ACTION.findall(html)]
    return next(action for action in found if action.startswith("/login/"))


def _hidden(html: str) -> dict[str, str]:
    found = (dict(ATTRIBUTE.findall(field)) for field in HIDDEN.findall(html))
    return {field["name"]: unescape(field.get("value", "")) for field in found if "name" in field}
