"""A seed, the last step it was used for, and which step a code belongs to (RFC 6238)."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Self

import pyotp

from contracts.errors import Retry
from contracts.text import Text, counted

STEP = 30
"""Seconds of one step; with six digits and SHA-1 the only values that every app supports."""

DIGITS = 6
NEVER = -1


@dataclass(frozen=True, slots=True)
class Seed:
    """A shared secret in base32 and the last step that was accepted (RFC 6238, 5.2)."""

    secret: str = field(repr=False)
    last: int = NEVER

    @classmethod
    def make(cls, length: int) -> Self:
        """Return a new random seed of so many bytes."""
        return cls(base64.b32encode(secrets.token_bytes(length)).decode().rstrip("="))

    @classmethod
    def load(cls, template: bytes) -> Self:
        """Read a seed back from a template."""
        return cls(**json.loads(template))

    def dump(self) -> bytes:
        """Return the template of this seed."""
        return json.dumps(asdict(self)).encode()

    def used(self, step: int) -> Self:
        """Return the seed after a code of this step was accepted."""
        return replace(self, last=step)

    def step_of(self, code: str, now: datetime, window: int) -> int | None:
        """Return the step around now that this code belongs to; each is compared, each alike."""
        totp = pyotp.TOTP(self.secret, digits=DIGITS, interval=STEP)
        current = int(now.timestamp()) // STEP
        steps = range(current - window, current + window + 1)
        hits = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)]
        return max(hits, default=None)

    def uri(self, account: str, issuer: str) -> str:
        """Return the otpauth URI that authenticator apps read."""
        totp = pyotp.TOTP(self.secret, digits=DIGITS, interval=STEP)
        return totp.provisioning_uri(name=account, issuer_name=issuer)


def adopt(value: str, shortest: int) -> Seed:
    """Return the seed of a base32 secret made elsewhere. Raises Retry where it is not fit."""
    secret = "".join(value.split()).replace("-", "").rstrip("=").upper()
    try:
        length = len(base64.b32decode(secret + "=" * (-len(secret) % 8)))
    except (binascii.Error, ValueError):
        raise Retry(Text("The secret is not base32.")) from None
    if length < shortest:
        raise Retry(
            counted(
                "The secret is shorter than one byte.",
                "The secret is shorter than %(count)d bytes.",
                shortest,
            )
        )
    return Seed(secret)
