"""Hashes that other systems made, as far as they can be checked."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Protocol

import bcrypt
from argon2.low_level import Type, hash_secret_raw

BCRYPT_BYTES = 72
SCRYPT_MEMORY = 512 * 1024 * 1024
"""Bytes that OpenSSL may take at most; less is asked for."""


class Foreign(Protocol):
    """A hash that another system made."""

    def matches(self, password: bytes) -> bool:
        """Tell whether the password made it."""
        ...


@dataclass(frozen=True, slots=True)
class Bcrypt:
    """`$2a$`, `$2b$` or `$2y$`: of the first 72 bytes, as it was where it was made."""

    salt: str
    digest: str = field(repr=False)

    def matches(self, password: bytes) -> bool:
        """Compare; no system took a NUL into a password."""
        if b"\0" in password:
            return False
        made = bcrypt.hashpw(password[:BCRYPT_BYTES], self.salt.encode())[len(self.salt) :]
        return hmac.compare_digest(made, self.digest.encode())


@dataclass(frozen=True, slots=True)
class Pbkdf2:
    """PBKDF2 (RFC 8018) with HMAC-SHA-256 or HMAC-SHA-512."""

    algorithm: str
    rounds: int
    salt: bytes
    digest: bytes = field(repr=False)

    def matches(self, password: bytes) -> bool:
        """Compare."""
        size = len(self.digest)
        made = hashlib.pbkdf2_hmac(self.algorithm, password, self.salt, self.rounds, size)
        return hmac.compare_digest(made, self.digest)


@dataclass(frozen=True, slots=True)
class Scrypt:
    """scrypt (RFC 7914)."""

    n: int
    r: int
    p: int
    salt: bytes
    digest: bytes = field(repr=False)

    def matches(self, password: bytes) -> bool:
        """Compare."""
        made = hashlib.scrypt(
            *(password,),
            salt=self.salt,
            n=self.n,
            r=self.r,
            p=self.p,
            maxmem=SCRYPT_MEMORY,
            dklen=len(self.digest),
        )
        return hmac.compare_digest(made, self.digest)


@dataclass(frozen=True, slots=True)
class Argon2:
    """Argon2id or Argon2i (RFC 9106) without a pepper of ours."""

    type: Type
    version: int
    memory_kib: int
    passes: int
    lanes: int
    salt: bytes
    digest: bytes = field(repr=False)

    def matches(self, password: bytes) -> bool:
        """Compare."""
        made = hash_secret_raw(
            password,
            self.salt,
            self.passes,
            self.memory_kib,
            self.lanes,
            len(self.digest),
            self.type,
            self.version,
        )
        return hmac.compare_digest(made, self.digest)
