"""Argon2id over a peppered code: one run for a comparison, whatever is compared."""

from __future__ import annotations

import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from verifiers.recovery.codes import Code
from verifiers.recovery.settings import RecoverySettings
from verifiers.slots import Slots


class Hashing:
    """Makes and checks hashes; where too many are asked for at once it raises Unavailable."""

    def __init__(self, settings: RecoverySettings, pepper: bytes) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_time_cost,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )
        self._pepper = pepper
        self._slots = Slots(settings.slots, settings.queue, settings.wait_seconds)
        self._decoy = self._hasher.hash(b"")

    def hash(self, code: Code) -> str:
        """Return the hash of a code, in PHC string form."""
        with self._slots.one():
            return self._hasher.hash(self._peppered(code))

    def matches(self, encoded: str | None, code: Code) -> bool:
        """Tell whether the code made the hash; None takes as long and matches nothing."""
        with self._slots.one():
            return self._verify(encoded or self._decoy, code) and encoded is not None

    def _verify(self, encoded: str, code: Code) -> bool:
        try:
            return self._hasher.verify(encoded, self._peppered(code))
        except VerifyMismatchError:
            return False

    def _peppered(self, code: Code) -> bytes:
        return hmac.digest(self._pepper, b"recovery/1\0" + str(code).encode(), hashlib.sha256)
