"""A PKCS#11 token that is logged in to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11 import Mechanism, ObjectClass
from pkcs11.exceptions import GeneralError, NoSuchToken, PKCS11Error, UserAlreadyLoggedIn

from contracts.errors import Misconfigured, Unavailable
from contracts.text import Text

MISREAD = (GeneralError, NoSuchToken)
ATTEMPTS = 6
PAUSE_SECONDS = 0.05
"""SoftHSM2 misreads a token while another process logs in to it, until it is loaded again."""


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

    def sign(self, key_id: bytes, data: bytes, **mechanism: object) -> bytes:
        """Sign with a key, in a new session where the old one has ended. Raises Unavailable."""
        try:
            return self._signed(key_id, data, mechanism)
        except Unavailable:
            return self._signed(key_id, data, mechanism)

    def _signed(self, key_id: bytes, data: bytes, mechanism: dict[str, object]) -> bytes:
        with self.session() as session:
            if key_id not in self._private:
                self._private[key_id] = session.get_key(ObjectClass.PRIVATE_KEY, id=key_id)
            signed: bytes = self._private[key_id].sign(data, **mechanism)
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
