"""The forms in which systems write their password hashes, read strictly and within bounds.

A hash may be as weak as it likes: it is sealed as all templates are, and replaced at the first
login. What costs too much to check is refused, for whoever tries passwords makes us check.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable

from argon2.low_level import Type

from contracts.errors import Retry
from contracts.text import Text
from verifiers.password.foreign import Argon2, Bcrypt, Foreign, Pbkdf2, Scrypt

LONGEST = 1024
MIB = 1024 * 1024
SHORTEST_DIGEST = 16
"""Bytes; with less, many wrong passwords would be right."""

BCRYPT_LEAST, BCRYPT_MOST = 4, 15
PBKDF2_MOST = 5_000_000
SCRYPT_MEMORY = 256 * MIB
SCRYPT_WORK = 1024 * MIB
"""Bytes that all lanes fill together."""

ARGON2_MEMORY_KIB = 256 * 1024
ARGON2_PASSES = 10
ARGON2_LANES = 16

UNKNOWN = Text("This is no password hash of a kind that is known here.")
COSTLY = Text("Checking this password hash would cost too much.")


def parse(encoded: str) -> Foreign:
    """Read a hash in the form of its system. Raises Retry where it is none, or costs too much."""
    if len(encoded) <= LONGEST:
        for pattern, read in FORMS:
            if found := pattern.fullmatch(encoded):
                return read(found)
    raise Retry(UNKNOWN)


def _bcrypt(found: re.Match[str]) -> Foreign:
    cost = int(found["cost"])
    if cost < BCRYPT_LEAST:
        raise Retry(UNKNOWN)
    _bear(cost <= BCRYPT_MOST)
    return Bcrypt(found["begin"] + _whole(found["last"]), found["digest"])


def _whole(last: str) -> str:
    """Clear the four bits of a salt's last character that are no salt: bcrypt insists on it."""
    alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return alphabet[alphabet.index(last) & 0x30]


def _pbkdf2(decode: Callable[[str], bytes], salt: Callable[[str], bytes]) -> Read:
    def read(found: re.Match[str]) -> Foreign:
        rounds, digest = int(found["rounds"]), _digest(decode(found["digest"]))
        if not rounds:
            raise Retry(UNKNOWN)
        _bear(rounds <= PBKDF2_MOST)
        return Pbkdf2(found["algorithm"], rounds, salt(found["salt"]), digest)

    return read


def _scrypt(decode: Callable[[str], bytes], salt: Callable[[str], bytes]) -> Read:
    def read(found: re.Match[str]) -> Foreign:
        parts = found.groupdict()
        n = 1 << int(parts["ln"]) if "ln" in parts else int(parts["n"])
        r, p, digest = int(parts["r"]), int(parts["p"]), _digest(decode(parts["digest"]))
        if n < 2 or n & (n - 1) or not r or not p or n.bit_length() > 16 * r:  # RFC 7914, 2
            raise Retry(UNKNOWN)
        _bear(128 * n * r <= SCRYPT_MEMORY and 128 * n * r * p <= SCRYPT_WORK)
        return Scrypt(n, r, p, salt(parts["salt"]), digest)

    return read


def _argon2(found: re.Match[str]) -> Foreign:
    memory, passes, lanes = int(found["m"]), int(found["t"]), int(found["p"])
    salt, digest = _base64(found["salt"]), _digest(_base64(found["digest"]))
    if len(salt) < 8 or not passes or not lanes or memory < 8 * lanes:  # RFC 9106, 3.1
        raise Retry(UNKNOWN)
    _bear(memory <= ARGON2_MEMORY_KIB and passes <= ARGON2_PASSES and lanes <= ARGON2_LANES)
    version = int(found["v"] or 16)
    return Argon2(TYPES[found["type"]], version, memory, passes, lanes, salt, digest)


def _bear(bearable: bool) -> None:
    if not bearable:
        raise Retry(COSTLY)


def _digest(raw: bytes) -> bytes:
    if not SHORTEST_DIGEST <= len(raw) <= 64:
        raise Retry(UNKNOWN)
    return raw


def _base64(text: str) -> bytes:
    """Decode base64 with its padding or without, and nothing else."""
    bare = text.rstrip("=")
    try:
        return b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        raise Retry(UNKNOWN) from None


def _adapted(text: str) -> bytes:
    return _base64(text.replace(".", "+"))


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Retry(UNKNOWN) from None


Read = Callable[[re.Match[str]], Foreign]
TYPES = {"i": Type.I, "id": Type.ID}

_B64, _ADAPTED = "[A-Za-z0-9+/]+={0,2}", "[A-Za-z0-9./]+"
_HEX, _SALT, _INT = "[0-9a-f]+", r"[^$\s]+", "[0-9]{1,9}"
_SHA = "(?P<algorithm>sha256|sha512)"
_NRP = f"(?P<n>{_INT}):(?P<r>{_INT}):(?P<p>{_INT})"

FORMS: tuple[tuple[re.Pattern[str], Read], ...] = (
    (
        re.compile(
            r"(?P<begin>\$2[aby]\$(?P<cost>[0-9]{2})\$[./A-Za-z0-9]{21})"
            "(?P<last>[./A-Za-z0-9])(?P<digest>[./A-Za-z0-9]{31})"
        ),
        _bcrypt,
    ),
    (  # passlib
        re.compile(
            rf"\$pbkdf2-{_SHA}\$(?P<rounds>{_INT})\$(?P<salt>{_ADAPTED})\$(?P<digest>{_ADAPTED})"
        ),
        _pbkdf2(_adapted, _adapted),
    ),
    (  # Django
        re.compile(rf"pbkdf2_{_SHA}\$(?P<rounds>{_INT})\$(?P<salt>{_SALT})\$(?P<digest>{_B64})"),
        _pbkdf2(_base64, str.encode),
    ),
    (  # Werkzeug
        re.compile(rf"pbkdf2:{_SHA}:(?P<rounds>{_INT})\$(?P<salt>{_SALT})\$(?P<digest>{_HEX})"),
        _pbkdf2(_hex, str.encode),
    ),
    (  # passlib, and the string format of the Password Hashing Competition
        re.compile(
            rf"\$scrypt\$ln=(?P<ln>[0-9]{{1,2}}),r=(?P<r>{_INT}),p=(?P<p>{_INT})"
            rf"\$(?P<salt>{_B64})\$(?P<digest>{_B64})"
        ),
        _scrypt(_base64, _base64),
    ),
    (  # Django
        re.compile(
            rf"scrypt\$(?P<n>{_INT})\$(?P<salt>{_SALT})\$(?P<r>{_INT})\$(?P<p>{_INT})"
            rf"\$(?P<digest>{_B64})"
        ),
        _scrypt(_base64, str.encode),
    ),
    (  # Werkzeug
        re.compile(rf"scrypt:{_NRP}\$(?P<salt>{_SALT})\$(?P<digest>{_HEX})"),
        _scrypt(_hex, str.encode),
    ),
    (  # the reference code's form, and Django's name before it
        re.compile(
            rf"(?:argon2)?\$argon2(?P<type>id?)\$(?:v=(?P<v>16|19)\$)?"
            rf"m=(?P<m>{_INT}),t=(?P<t>{_INT}),p=(?P<p>{_INT})"
            rf"\$(?P<salt>{_B64})\$(?P<digest>{_B64})"
        ),
        _argon2,
    ),
)
