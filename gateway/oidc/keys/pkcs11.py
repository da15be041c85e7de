"""Private parts in a PKCS#11 token: made there, used there, never to leave it."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pkcs11
from joserfc.util import urlsafe_b64encode
from pkcs11 import MGF, Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11.exceptions import GeneralError, NoSuchToken, PKCS11Error, UserAlreadyLoggedIn

from contracts.errors import Misconfigured, Unavailable
from contracts.text import Text
from gateway.oidc.keys.algorithms import ALGORITHMS, RSA_BITS
from gateway.oidc.keys.jose import Signature
from gateway.oidc.keys.keeper import Keeper, KeyPair
from gateway.oidc.keys.wrapped import WRAPPED
from store.keys import SigningKey

REFERENCE = b"pkcs11:type=private;id="
"""What the store holds of such a key: where it is, as a URI (RFC 7512)."""

P_256 = bytes.fromhex("06082a8648ce3d030107")
ED25519 = bytes.fromhex("06032b6570")
"""Curves as PKCS#11 names them: the DER of their object identifiers."""

NEVER_LEAVES = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True}

MISREAD = (GeneralError, NoSuchToken)
ATTEMPTS = 6
PAUSE_SECONDS = 0.05
"""SoftHSM2 misreads a token while another process logs in to it, until it is loaded again."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """How a token makes a key for a JWS algorithm and signs with it."""

    key_type: KeyType
    makes: Mechanism
    signs: Mechanism
    curve: bytes = b""
    parameter: Any = None
    prepare: Callable[[bytes], bytes] = bytes


MECHANISMS = {
    # Few tokens hash by themselves what ECDSA is to sign.
    "ES256": Algorithm(
        KeyType.EC,
        Mechanism.EC_KEY_PAIR_GEN,
        Mechanism.ECDSA,
        P_256,
        prepare=lambda message: hashlib.sha256(message).digest(),
    ),
    "EdDSA": Algorithm(
        KeyType.EC_EDWARDS, Mechanism.EC_EDWARDS_KEY_PAIR_GEN, Mechanism.EDDSA, ED25519
    ),
    "RS256": Algorithm(KeyType.RSA, Mechanism.RSA_PKCS_KEY_PAIR_GEN, Mechanism.SHA256_RSA_PKCS),
    "PS256": Algorithm(
        KeyType.RSA,
        Mechanism.RSA_PKCS_KEY_PAIR_GEN,
        Mechanism.SHA256_RSA_PKCS_PSS,
        parameter=(Mechanism.SHA256, MGF.SHA256, 32),
    ),
}


class Token:
    """A token that is logged in to, with one session that threads take turns at.

    A session that fails is given up: the next call opens another.
    """

    def __init__(self, module: Path, label: str, pin: str) -> None:
        self._module = module
        self._label = label
        self._pin = pin
        self._lock = threading.Lock()
        self._open: pkcs11.Session | None = None
        self._private: dict[bytes, Any] = {}

    @contextmanager
    def session(self) -> Iterator[pkcs11.Session]:
        """Lend the session. Raises Unavailable for whatever the token refuses."""
        with self._lock:
            try:
                self._open = self._open or self._opened()
                yield self._open
            except PKCS11Error as error:
                self._give_up()
                raise Unavailable(detail=f"PKCS#11: {error!r}") from error

    def sign(self, key_id: bytes, known: Algorithm, message: bytes) -> bytes:
        """Sign with the key of an id, looked for once a session. Raises Unavailable."""
        prepared = known.prepare(message)
        with self.session() as session:
            if key_id not in self._private:
                self._private[key_id] = session.get_key(ObjectClass.PRIVATE_KEY, id=key_id)
            signed: bytes = self._private[key_id].sign(
                prepared, mechanism=known.signs, mechanism_param=known.parameter
            )
            return signed

    def mechanisms(self) -> set[Mechanism]:
        """Return what the token can do. Raises Misconfigured where it cannot be opened."""
        try:
            with self.session() as session:
                return set(session.token.slot.get_mechanisms())
        except Unavailable as error:
            message = "The PKCS#11 token %(label)s cannot be opened: correct GATEHOUSE_PKCS11_*."
            text = Text(message, {"label": self._label})
            raise Misconfigured(text, detail=error.detail) from error

    def close(self) -> None:
        """Log out and unload the module."""
        with self._lock:
            self._give_up()
            pkcs11.unload(str(self._module))

    def _opened(self) -> pkcs11.Session:
        for attempt in range(1, ATTEMPTS):
            try:
                return self._logged_in()
            except MISREAD:
                pkcs11.unload(str(self._module))
                time.sleep(PAUSE_SECONDS * attempt)
        return self._logged_in()

    def _logged_in(self) -> pkcs11.Session:
        token = pkcs11.lib(str(self._module)).get_token(token_label=self._label)
        try:
            return token.open(rw=True, user_pin=self._pin)
        except UserAlreadyLoggedIn:  # a process logs in once, whoever asks
            return token.open(rw=True)

    def _give_up(self) -> None:
        opened, self._open, self._private = self._open, None, {}
        with suppress(PKCS11Error):
            if opened:
                opened.close()


@dataclass(frozen=True, slots=True)
class Pkcs11:
    """Keeps new keys in a token; those that were made before it was there stay where they are."""

    token: Token
    algorithms: tuple[str, ...]
    before: Keeper = field(default=WRAPPED)

    def generate(self, alg: str) -> KeyPair:
        """Make a key pair in the token; the public half alone is ever seen. Raises Unavailable."""
        known, key_id = MECHANISMS[alg], secrets.token_bytes(16)
        with self.token.session() as session:
            public, _ = _pair(session, known)(
                id=key_id,
                label=f"gatehouse {alg}",
                store=True,
                capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
                mechanism=known.makes,
                private_template=NEVER_LEAVES,
                public_template={Attribute.TOKEN: False},
            )
            published = _jwk(known, public)
            public.destroy()  # it would stay as long as the session
        return KeyPair(published, REFERENCE + quote_from_bytes(key_id, safe="").encode())

    def signature(self, key: SigningKey) -> Signature:
        """Return what has the token sign."""
        if not key.private.startswith(REFERENCE):
            return self.before.signature(key)
        return partial(self.token.sign, _id(key), MECHANISMS[key.alg])

    def destroy(self, key: SigningKey) -> None:
        """Destroy the key object; one that is gone already is no error. Raises Unavailable."""
        if not key.private.startswith(REFERENCE):
            return self.before.destroy(key)
        with self.token.session() as session:
            for found in session.get_objects({Attribute.ID: _id(key)}):
                found.destroy()
        return None

    def close(self) -> None:
        """Leave the token."""
        self.token.close()


def opened(module: Path, label: str, pin: str) -> Pkcs11:
    """Return the keeper of a token. Raises Misconfigured where it cannot be opened."""
    token = Token(module, label, pin)
    return Pkcs11(token, able(token.mechanisms()))


def able(mechanisms: set[Mechanism]) -> tuple[str, ...]:
    """Return the algorithms that a token with these mechanisms makes keys for and signs with."""
    wanted = {alg: {known.makes, known.signs} for alg, known in MECHANISMS.items()}
    return tuple(alg for alg in ALGORITHMS if wanted[alg] <= mechanisms)


def _pair(session: pkcs11.Session, known: Algorithm) -> Callable[..., tuple[Any, Any]]:
    if not known.curve:
        return lambda **asked: session.generate_keypair(KeyType.RSA, RSA_BITS, **asked)
    curve = {Attribute.EC_PARAMS: known.curve}
    return session.create_domain_parameters(known.key_type, curve, local=True).generate_keypair


def _jwk(known: Algorithm, public: Any) -> dict[str, str]:  # noqa: ANN401 - untyped attributes
    if known.key_type is KeyType.RSA:
        modulus, exponent = public[Attribute.MODULUS], public[Attribute.PUBLIC_EXPONENT]
        return {"kty": "RSA", "n": _encoded(modulus), "e": _encoded(exponent)}
    point: bytes = public[Attribute.EC_POINT]  # some tokens wrap it as DER, some do not
    if known.key_type is KeyType.EC_EDWARDS:
        return {"kty": "OKP", "crv": "Ed25519", "x": _encoded(point[-32:])}
    x, y = point[-64:-32], point[-32:]
    return {"kty": "EC", "crv": "P-256", "x": _encoded(x), "y": _encoded(y)}


def _encoded(number: bytes) -> str:
    return urlsafe_b64encode(number).decode()


def _id(key: SigningKey) -> bytes:
    return unquote_to_bytes(key.private.removeprefix(REFERENCE))
