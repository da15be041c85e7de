"""An authenticator app beside a gateway whose clock is the real one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache

import pyotp

STEP = 30


@cache
def app(seed: str) -> AuthenticatorApp:
    """Return the one app of a seed, which knows what was read before."""
    return AuthenticatorApp(seed)


@dataclass
class AuthenticatorApp:
    """Shows codes of RFC 6238. Each counts once, so that the next one is that of a later step."""

    seed: str
    last: int = 0
    """The step of the last code that was read."""

    def code(self) -> str:
        """Read a code: of this step or, at most, the next; until then whoever reads it waits."""
        self.last = max(self.last + 1, int(time.time()) // STEP)
        time.sleep(max(0.0, (self.last - 1) * STEP - time.time()))
        return pyotp.TOTP(self.seed).at(self.last * STEP)
