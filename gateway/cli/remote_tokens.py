"""The tokens of whoever runs commands for a gateway elsewhere, and the key they are bound to.

They are kept in a file that its owner alone may read. Who steals the tokens without the key has
nothing; who steals the file has what its owner may do, until they log out.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import stat
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from contracts.errors import Misconfigured, NotAuthenticated, Unavailable
from contracts.text import Text
from gateway.admin.api_client import CLIENT, resource
from gateway.deployment import LOCAL
from gateway.outside import Answer, call
from gateway.private import write_private

HOME = "GATEHOUSE_ADMIN_HOME"
SECONDS = 30.0
SOON = 10
"""Seconds before its end at which an access token is followed by another."""

ENDPOINTS = ("authorization", "token", "revocation")
FORM = "application/x-www-form-urlencoded"
LOG_IN = Text("You are not logged in there. Run: gatehouse admin login %(issuer)s")
OPEN_FILE = Text("Others may read %(path)s. Run: chmod 600 %(path)s")
NO_PROVIDER = Text("There is no gateway at %(issuer)s, or not by https.")


@dataclass(frozen=True, slots=True)
class Session:
    """Where somebody is logged in; `until` is when the access token ends, in Unix time."""

    issuer: str
    key: dict[str, Any] = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    until: int

    def file(self) -> Path:
        """Return where it is kept."""
        return _file(self.issuer)


class Prover:
    """Holds a key and signs proofs with it (RFC 9449, section 4.2)."""

    def __init__(self, key: dict[str, Any] | None = None) -> None:
        self._key = ECKey.import_key(key) if key else ECKey.generate_key("P-256")
        self._nonces: dict[str, str] = {}

    @property
    def private(self) -> dict[str, Any]:
        """The key with its private part."""
        return dict(self._key.as_dict(private=True))

    @property
    def thumbprint(self) -> str:
        """What names the key (RFC 7638)."""
        return self._key.thumbprint()

    def send(
        self, method: str, url: str, content: bytes | None, fields: Mapping[str, str], token: str
    ) -> Answer:
        """Send a request with a proof, once more where a nonce is asked for (section 8)."""
        answer = self._sent(method, url, content, fields, token)
        if answer.status in {400, 401} and _wants_nonce(answer):
            answer = self._sent(method, url, content, fields, token)
        return answer

    def _sent(
        self, method: str, url: str, content: bytes | None, fields: Mapping[str, str], token: str
    ) -> Answer:
        bound = {"Authorization": f"DPoP {token}"} if token else {}
        proof = {"DPoP": self._proof(method, url, token)}
        answer = call(method, url, content, {**fields, **bound, **proof}, SECONDS)
        if nonce := answer.fields.get("dpop-nonce"):
            self._nonces[_origin(url)] = nonce
        return answer

    def _proof(self, method: str, url: str, token: str) -> str:
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self._key.as_dict(private=False)}
        claims: dict[str, Any] = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": url.partition("?")[0],
            "iat": int(time.time()),
        }
        if token:
            claims["ath"] = _hash(token)
        if nonce := self._nonces.get(_origin(url)):
            claims["nonce"] = nonce
        return jwt.encode(header, claims, self._key)


def metadata(issuer: str) -> dict[str, Any]:
    """Return what a provider says of itself. Raises Misconfigured where there is none.

    Secrets are sent by https alone, or within this machine, and to the provider's own addresses.
    """
    safe = issuer.startswith("https://") or urlsplit(issuer).hostname in LOCAL
    address = f"{issuer}/.well-known/openid-configuration"
    answer = call("GET", address, None, {}, SECONDS) if safe else Answer(0, b"")
    found = _json(answer)
    ours = (str(found.get(f"{name}_endpoint", "")) for name in ENDPOINTS)
    if found.get("issuer") != issuer or not all(each.startswith(f"{issuer}/") for each in ours):
        raise Misconfigured(Text(NO_PROVIDER.message, {"issuer": issuer}))
    return found


def exchange(issuer: str, prover: Prover, sent: Mapping[str, str]) -> Session:
    """Get tokens from the token endpoint. Raises NotAuthenticated where it refuses."""
    url = str(metadata(issuer)["token_endpoint"])
    body = urlencode({"client_id": CLIENT, "resource": resource(issuer), **sent}).encode()
    answer = prover.send("POST", url, body, {"Content-Type": FORM}, "")
    if answer.status >= 500:
        raise Unavailable(detail=f"{issuer} answered {answer.status}")
    if not answer.taken:
        raise not_logged_in(issuer, str(_json(answer).get("error", answer.status)))
    given = _json(answer)
    until = int(time.time()) + int(given["expires_in"])
    refresh_token = str(given.get("refresh_token") or sent.get("refresh_token", ""))
    return Session(issuer, prover.private, str(given["access_token"]), refresh_token, until)


def current(issuer: str) -> tuple[Session, Prover]:
    """Return the session there, with an access token that is good. Raises NotAuthenticated."""
    with _locked(issuer):
        session = load(issuer)
        prover = Prover(session.key)
        if session.until - time.time() > SOON:
            return session, prover
        grant = {"grant_type": "refresh_token", "refresh_token": session.refresh_token}
        renewed = exchange(issuer, prover, grant)
        save(renewed)
    return renewed, prover


def load(issuer: str) -> Session:
    """Read the session there. Raises NotAuthenticated, and Misconfigured where others may."""
    file = _file(issuer)
    if not file.exists():
        raise not_logged_in(issuer, "no session")
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise Misconfigured(Text(OPEN_FILE.message, {"path": str(file)}))
    return Session(**json.loads(file.read_text()))


def save(session: Session) -> None:
    """Keep a session."""
    write_private(session.file(), json.dumps(asdict(session)))


def end(issuer: str) -> None:
    """Forget the session there, and have its tokens revoked (RFC 7009)."""
    session = load(issuer)
    session.file().unlink()
    url = str(metadata(issuer)["revocation_endpoint"])
    body = urlencode({"client_id": CLIENT, "token": session.refresh_token}).encode()
    call("POST", url, body, {"Content-Type": FORM}, SECONDS)


def not_logged_in(issuer: str, why: str) -> NotAuthenticated:
    """Return the error that says how to log in."""
    return NotAuthenticated(replace(LOG_IN, values={"issuer": issuer}), detail=why)


def home() -> Path:
    """Return the folder of the sessions, made where it is missing."""
    usual = Path.home() / ".config" / "gatehouse"
    folder = Path(os.environ.get(HOME, "") or usual)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _file(issuer: str) -> Path:
    return home() / f"{sha256(issuer.encode()).hexdigest()[:16]}.json"


@contextmanager
def _locked(issuer: str) -> Iterator[None]:
    """Let one command at a time use a refresh token: each is good once."""
    with _file(issuer).with_suffix(".lock").open("w") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield


def _json(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _wants_nonce(answer: Answer) -> bool:
    said = answer.fields.get("www-authenticate", "")
    return "use_dpop_nonce" in said or _json(answer).get("error") == "use_dpop_nonce"


def _origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


def _hash(token: str) -> str:
    return encoded(sha256(token.encode()).digest())


def encoded(data: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
