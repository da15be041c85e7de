"""The port to wherever the private parts of signing keys are held."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.oidc.keys.jose import Signature
from store.keys import SigningKey


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A public JWK, and what the keeper needs to sign with its other half; the store seals it."""

    public: dict[str, Any]
    private: bytes = field(repr=False)


class Keeper(Protocol):
    """Makes key pairs, signs with them and destroys them."""

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Return which of `ALGORITHMS` it can sign with."""
        ...

    def generate(self, alg: str) -> KeyPair:
        """Make a key pair. Raises Unavailable."""
        ...

    def signature(self, key: SigningKey) -> Signature:
        """Return what signs with a key it made. Raises Misconfigured where it holds no such key."""
        ...

    def destroy(self, key: SigningKey) -> None:
        """Forget the private part for good. Raises Unavailable."""
        ...
