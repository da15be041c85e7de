"""Nonces that we supply (RFC 9449, section 8): they bound how far ahead a proof can be made.

A nonce is a keyed hash of the time step it was made in, so every worker knows all of them and none
is stored.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection
from datetime import timedelta

from flask import Response, request

from contracts.clock import Clock

STEP = timedelta(minutes=5)
"""A nonce is good for this step and the next: a client that comes back when its access token of
five minutes has expired still holds one that counts, and saves a round trip."""

Digest = Callable[[str, str], str]
"""A keyed hash of a purpose and a value."""


class Nonces:
    """Supplies nonces and knows them again."""

    def __init__(self, digest: Digest, clock: Clock) -> None:
        self._digest = digest
        self._clock = clock

    def current(self) -> str:
        """Return the nonce of this step."""
        return self._of(self._step())

    def accepts(self, nonce: str) -> bool:
        """Tell whether a nonce is that of this step or of the one before."""
        given = nonce.encode()
        steps = (self._step(), self._step() - 1)
        return any(hmac.compare_digest(given, self._of(step).encode()) for step in steps)

    def _step(self) -> int:
        return int(self._clock.now().timestamp()) // int(STEP.total_seconds())

    def _of(self, step: int) -> str:
        return self._digest("dpop nonce", str(step))


def supply(nonces: Nonces, endpoints: Collection[str]) -> Callable[[Response], Response]:
    """Return what supplies a nonce with every answer to a proof, good or bad (section 8.2).

    Only these endpoints do so: others are cached, and a nonce must not be.
    """

    def supplied(response: Response) -> Response:
        if request.endpoint in endpoints and "DPoP" in request.headers:
            response.headers["DPoP-Nonce"] = nonces.current()
        return response

    return supplied
