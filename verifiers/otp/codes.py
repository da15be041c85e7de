"""A code and what the server remembers of it: a keyed hash, never the code."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Self

from contracts.clock import Clock
from contracts.factor import Channel
from verifiers.otp.address import Address
from verifiers.otp.settings import OtpSettings


@dataclass(frozen=True, slots=True)
class Pending:
    """A code on its way to an address.

    `credential` is empty while the address is new; then `tries` answers are left and the code
    ends at `expires`, in seconds since the epoch.
    """

    channel: str
    to: str
    credential: str
    nonce: str
    digest: str
    tries: int
    expires: float

    @classmethod
    def load(cls, secret: bytes) -> Self:
        """Read what a ceremony remembered."""
        return cls(**json.loads(secret))

    def dump(self) -> bytes:
        """Return what the ceremony shall remember."""
        return json.dumps(asdict(self)).encode()

    @property
    def address(self) -> Address:
        """Return where the code went."""
        return Address(Channel(self.channel), self.to)


class Codes:
    """Makes codes and compares them, keyed by the pepper."""

    def __init__(self, settings: OtpSettings, clock: Clock, pepper: bytes) -> None:
        self._settings = settings
        self._clock = clock
        self._pepper = pepper

    def make(
        self, address: Address, credential: str = "", tries: int | None = None
    ) -> tuple[str, Pending]:
        """Return a uniformly random code and what to remember of it; `tries`: if not all."""
        digits = self._settings.digits
        code = f"{secrets.randbelow(10**digits):0{digits}d}"
        nonce = secrets.token_hex(16)
        pending = Pending(
            channel=address.channel.value,
            to=address.to,
            credential=credential,
            nonce=nonce,
            digest=self._digest(nonce, address.to, code),
            tries=self._settings.tries if tries is None else tries,
            expires=self._clock.now().timestamp() + self._settings.lifetime_seconds,
        )
        return code, pending

    def left(self, pending: Pending) -> timedelta:
        """Return how long the code is still valid."""
        return timedelta(seconds=pending.expires - self._clock.now().timestamp())

    def matches(self, pending: Pending, code: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(pending.digest, self._digest(pending.nonce, pending.to, code))

    def _digest(self, nonce: str, to: str, code: str) -> str:
        message = "\0".join(("otp/1", nonce, to, code)).encode()
        return hmac.new(self._pepper, message, hashlib.sha256).hexdigest()
