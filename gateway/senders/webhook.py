"""Phone messages through a webhook of the operator's, each call signed.

The receiver recomputes HMAC-SHA256 over `<t>.<body>` with the shared secret, compares it with
`v1` of the header `Gatehouse-Signature: t=<unix seconds>,v1=<hex>` in constant time, refuses a
`t` older than five minutes, and drops an `id` it has seen.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import urlsplit

from contracts.clock import Clock
from contracts.errors import Misconfigured, Unavailable
from contracts.factor import Channel
from contracts.text import Text
from gateway.outside import post

SIGNATURE = "Gatehouse-Signature"


class WebhookSender:
    """Posts `{"to", "channel", "text", "id"}` as JSON; `timeout` in seconds."""

    channel = Channel.PHONE

    def __init__(self, url: str, secret: bytes, clock: Clock, *, timeout: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Misconfigured(Text("The phone webhook must be an http or https address."))
        if not secret:
            raise Misconfigured(Text("The phone webhook needs a secret to sign with."))
        self._url = url
        self._secret = secret
        self._clock = clock
        self._timeout = timeout

    def send(
        self,
        *,
        to: str,
        subject: str,  # noqa: ARG002 (phones show none)
        text: str,
        message_id: str,
        language: str = "",  # noqa: ARG002 (nor this)
    ) -> None:
        """Post one message; raises Unavailable where the answer is not a 2xx."""
        message = {"to": to, "channel": self.channel.value, "text": text, "id": message_id}
        body = json.dumps(message).encode()
        # Redirects are not followed: they would leak the code.
        answer = post(self._url, body, self._headers(body), self._timeout)
        if not answer.taken:
            detail = f"the phone webhook answered {answer.status}"
            raise Unavailable(detail=detail, retry_after=30)

    def _headers(self, body: bytes) -> dict[str, str]:
        moment = int(self._clock.now().timestamp())
        return {
            "Content-Type": "application/json",
            SIGNATURE: f"t={moment},v1={sign(self._secret, moment, body)}",
        }


def sign(secret: bytes, moment: int, body: bytes) -> str:
    """Return the hex HMAC-SHA256 of `<moment>.<body>`; `moment` in seconds since the epoch."""
    return hmac.new(secret, b"%d." % moment + body, hashlib.sha256).hexdigest()
