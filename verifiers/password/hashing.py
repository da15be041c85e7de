"""Argon2id over a peppered password, never more than a few at once."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from verifiers.password.forms import parse
from verifiers.password.rules import normalise
from verifiers.password.settings import PasswordSettings
from verifiers.slots import Slots

FORMAT = "argon2id/1"
"""Argon2id (RFC 9106) in PHC string form, over HMAC-SHA256(pepper, NFKC(password)).

Until its person first logs in it may be another system's hash, behind `FOREIGN`.
"""

FOREIGN = b"foreign:"


class Hashing:
    """Makes and checks hashes; where too many are asked for at once it raises Unavailable."""

    def __init__(self, settings: PasswordSettings, pepper: bytes) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_time_cost,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )
        self._pepper = pepper
        self._longest = settings.max_length
        self._slots = Slots(settings.slots, settings.queue, settings.wait_seconds)
        self._decoy = self._hasher.hash(b"")

    def hash(self, password: str) -> bytes:
        """Return the template of a password."""
        with self._slots.one():
            return self._hasher.hash(self._peppered(password)).encode()

    def matches(self, template: bytes | None, password: str) -> bool:
        """Tell whether the password made the template; None takes as long and matches nothing."""
        if template is not None and template.startswith(FOREIGN):
            return self._matches_foreign(template, password)
        encoded = self._decoy if template is None else template.decode()
        with self._slots.one():
            return self._verify(encoded, self._peppered(password)) and template is not None

    def outdated(self, template: bytes) -> bool:
        """Tell whether the template was made at another cost than today's, or elsewhere."""
        foreign = template.startswith(FOREIGN)
        return foreign or self._hasher.check_needs_rehash(template.decode())

    def adopt(self, encoded: str) -> bytes:
        """Return the template of another system's hash. Raises Retry where it is not fit."""
        parse(encoded)
        return FOREIGN + encoded.encode()

    def _matches_foreign(self, template: bytes, password: str) -> bool:
        """Compare; a wrong one costs what it does for all others, and the foreign hash on top."""
        known = parse(template.removeprefix(FOREIGN).decode())
        with self._slots.one():
            matched = any(known.matches(form) for form in _forms(password, self._longest))
            if not matched:
                self._verify(self._decoy, self._peppered(password))
            return matched

    def _verify(self, encoded: str, peppered: bytes) -> bool:
        try:
            return self._hasher.verify(encoded, peppered)
        except VerifyMismatchError:
            return False

    def _peppered(self, password: str) -> bytes:
        data = normalise(password, self._longest).encode("utf-8", "surrogatepass")
        return hmac.digest(self._pepper, b"password/1\0" + data, hashlib.sha256)


def _forms(password: str, longest: int) -> Sequence[bytes]:
    """Return a password as it was typed and in its normal forms: which was hashed is not known."""
    composed = unicodedata.normalize("NFC", password) if len(password) <= longest else password
    forms = dict.fromkeys((password, composed, normalise(password, longest)))
    return [form.encode("utf-8", "surrogatepass") for form in forms]
