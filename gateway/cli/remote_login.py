"""Logging in for commands: in the browser, which comes back to a port of this machine (RFC 8252).

Nothing is opened by itself: the address is printed, and may be opened anywhere from where this port
is reached, such as through `ssh -L`.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from contracts.errors import NotAuthenticated
from contracts.text import Text
from gateway.admin.api_client import CLIENT, SCOPE, resource
from gateway.admin.roles import ACR
from gateway.cli.remote_tokens import Prover, Session, encoded, exchange, metadata, save

HOST = "127.0.0.1"
PATH = "/callback"
PATIENCE = 600.0
"""Seconds that somebody has to log in."""

DONE = b"Done. You can close this page and go back to the command line.\n"
NOT_DONE = b"This did not work: see the command line.\n"
TOO_LATE = Text("Nobody has logged in. Run the command again.")
REFUSED = Text("The login was refused: %(error)s.")


class Callback(HTTPServer):
    """Waits for the browser to come back; `came` is what it brings."""

    came: dict[str, str] | None = None

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), Answering)
        self.timeout = 1.0

    @property
    def address(self) -> str:
        """Where the browser comes back to."""
        return f"http://{HOST}:{self.server_port}{PATH}"

    def wait(self) -> dict[str, str]:
        """Return what the browser brings. Raises NotAuthenticated when nobody comes."""
        deadline = time.monotonic() + PATIENCE
        while self.came is None and time.monotonic() < deadline:
            self.handle_request()
        if self.came is None:
            raise NotAuthenticated(TOO_LATE)
        return self.came


class Answering(BaseHTTPRequestHandler):
    """Takes one answer and says so in plain words."""

    server: Callback
    timeout = 5

    def do_GET(self) -> None:
        """Take what comes to the one path there is."""
        asked = urlsplit(self.path)
        values = {name: found[0] for name, found in parse_qs(asked.query).items()}
        if asked.path != PATH or "state" not in values:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.server.came = values
        words = DONE if "code" in values else NOT_DONE
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(words)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what comes here is a secret."""


def log_in(issuer: str, show: Callable[[str], None], *, max_age: int, port: int = 0) -> Session:
    """Have somebody log in with a passkey, not longer than `max_age` seconds ago; keep the session.

    `show` is given the address to open. Raises NotAuthenticated, Misconfigured and Unavailable.
    """
    endpoint = str(metadata(issuer)["authorization_endpoint"])
    prover, verifier, state = Prover(), secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    with Callback(port) as callback:
        more = {"redirect_uri": callback.address, "max_age": str(max_age), "state": state}
        show(f"{endpoint}?{urlencode(_asked(issuer, prover, verifier) | more)}")
        code = _code(callback.wait(), issuer, state)
        redeemed = {"redirect_uri": callback.address, "code_verifier": verifier}
    session = exchange(
        issuer, prover, {"grant_type": "authorization_code", "code": code, **redeemed}
    )
    save(session)
    return session


def _asked(issuer: str, prover: Prover, verifier: str) -> dict[str, str]:
    """Return what every request asks: a code for our key alone (RFC 9449), by PKCE."""
    return {
        "client_id": CLIENT,
        "response_type": "code",
        "scope": SCOPE,
        "resource": resource(issuer),
        "acr_values": ACR,
        "code_challenge": encoded(sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
        "dpop_jkt": prover.thumbprint,
    }


def _code(came: dict[str, str], issuer: str, state: str) -> str:
    """Return the code of an answer to what we asked, and of the server that we asked (RFC 9207)."""
    ours = hmac.compare_digest(came["state"].encode(), state.encode())
    if not ours or came.get("iss") != issuer:
        raise NotAuthenticated(Text(REFUSED.message, {"error": "an answer to something else"}))
    if "code" not in came:
        raise NotAuthenticated(Text(REFUSED.message, {"error": came.get("error", "no code")}))
    return came["code"]
