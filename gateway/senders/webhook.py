"""Phone messages through a webhook of the operator's, each call signed.

The receiver recomputes HMAC-SHA256 over `<t>.<body>` with the shared secret, compares it with
`v1` of the header `Gatehouse-Signature: t=<unix seconds>,v1=<hex>` in constant time, refuses a
`t` older than five minutes, and drops an `id` it has seen.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from contracts.clock import Clock
from contracts.errors import Misconfigured, Unavailable
from contracts.factor import Channel
from contracts.text import Text

SIGNATURE = "Gatehouse-Signature"


class WebhookSender:
    """Posts `{"to", "channel", "text", "id"}` as JSON; `timeout` in seconds, for each step."""

    channel = Channel.PHONE

    def __init__(self, url: str, secret: bytes, clock: Clock, *, timeout: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Misconfigured(Text("The phone webhook must be an http or https address."))
        if not secret:
            raise Misconfigured(Text("The phone webhook needs a secret to sign with."))
        self._url = parts
        self._secret = secret
        self._clock = clock
        self._timeout = timeout

    def send(self, *, to: str, subject: str, text: str, message_id: str) -> None:  # noqa: ARG002 (phones show no subject)
        """Post one message; raises Unavailable where the answer is not a 2xx."""
        message = {"to": to, "channel": self.channel.value, "text": text, "id": message_id}
        body = json.dumps(message).encode()
        try:
            status = self._post(body)
        except (OSError, HTTPException) as error:
            raise Unavailable(detail=self._detail(repr(error)), retry_after=30) from error
        if not 200 <= status < 300:
            raise Unavailable(detail=self._detail(f"answered {status}"), retry_after=30)

    def _post(self, body: bytes) -> int:
        """Post and return the status; redirects are not followed, they would leak the code."""
        connection = self._connection()
        try:
            path = self._url._replace(scheme="", netloc="", fragment="").geturl() or "/"
            connection.request("POST", path, body, self._headers(body))
            return connection.getresponse().status
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        kind = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        return kind(self._url.hostname or "", self._url.port, timeout=self._timeout)

    def _headers(self, body: bytes) -> dict[str, str]:
        moment = int(self._clock.now().timestamp())
        return {
            "Content-Type": "application/json",
            SIGNATURE: f"t={moment},v1={sign(self._secret, moment, body)}",
        }

    def _detail(self, what: str) -> str:
        return f"phone webhook at {self._url.hostname}: {what}"


def sign(secret: bytes, moment: int, body: bytes) -> str:
    """Return the hex HMAC-SHA256 of `<moment>.<body>`; `moment` in seconds since the epoch."""
    return hmac.new(secret, b"%d." % moment + body, hashlib.sha256).hexdigest()
