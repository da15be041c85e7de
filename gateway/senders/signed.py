"""Calls of an operator's service, signed as Standard Webhooks 1.0.0 says.

The receiver joins `webhook-id`, `webhook-timestamp` and the body by dots, recomputes HMAC-SHA256
with the secret (what follows `whsec_`, base64), compares in constant time, refuses a timestamp
older than five minutes, and drops an id it has seen.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from datetime import datetime

from contracts.errors import BadRequest
from contracts.text import Text

PREFIX = "whsec_"
SECRET_BYTES = 32
LEAST_BYTES, MOST_BYTES = 24, 64
MALFORMED = Text("The secret must be whsec_ and 24 to 64 bytes in base64.")


def new_secret() -> str:
    """Return a secret to share with a receiver: `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """Return the key that a secret stands for. Raises BadRequest."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(MALFORMED) from error
    if not secret.startswith(PREFIX) or not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise BadRequest(MALFORMED)
    return key


def signature(key: bytes, message_id: str, moment: int, body: bytes) -> str:
    """Return `v1,` and the base64 of the HMAC-SHA256; `moment` in seconds since the epoch."""
    signed = f"{message_id}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def fields(secret: str, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the header fields that sign a body sent now. Raises BadRequest."""
    moment = int(now.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(key_of(secret), message_id, moment, body),
    }
