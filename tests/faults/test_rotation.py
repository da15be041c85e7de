"""`gatehouse keys rotate` beside a served gateway, and a backend that trusts what it has cached."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections import deque
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from contracts.clock import SystemClock
from gateway.oidc.keys import rotation
from gateway.opening import open_store
from gateway.settings import Settings
from tests import softhsm
from tests.gateway.operations.running import environment, gatehouse, serving
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.slow

JWKS = "/.well-known/jwks.json"
LIFE = 2
"""Seconds that a token lives."""
QUICK = {"GATEHOUSE_JWKS_SECONDS": "1", "GATEHOUSE_ID_TOKEN_SECONDS": str(LIFE)}


@dataclass
class Backend:
    """Asks for tokens all the time and validates each twice: at once and just before it expires.

    The key set is fetched again when `Cache-Control` says that it is old, and never because a key
    is not in it.
    """

    port: int
    basic: str
    failed: list[str] = field(default_factory=list)
    signed_by: list[str] = field(default_factory=list)
    validated: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    _cached: KeySet | None = None
    _until: float = 0.0

    def work(self) -> None:
        waiting: deque[tuple[float, str]] = deque()
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            self._work(connection, waiting)

    def _work(self, connection: HTTPConnection, waiting: deque[tuple[float, str]]) -> None:
        while not self.ended.is_set():
            token = self._token(connection)
            self._validate(connection, token)
            waiting.append((time.monotonic() + LIFE - 0.2, token))
            while waiting[0][0] < time.monotonic():
                self._validate(connection, waiting.popleft()[1])

    def _token(self, connection: HTTPConnection) -> str:
        form = "application/x-www-form-urlencoded"
        headers = {"Authorization": self.basic, "Content-Type": form}
        connection.request("POST", "/oauth/token", "grant_type=client_credentials", headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        if response.status == 503:  # a busy house, of which nothing is said here
            return self._token(connection)
        assert response.status == 200, answer
        token: str = answer["access_token"]
        return token

    def _validate(self, connection: HTTPConnection, token: str) -> None:
        try:
            read = jwt.decode(token, self._keys(connection), algorithms=["ES256"])
        except (JoseError, ValueError) as error:
            self.failed.append(repr(error))
            return
        self.validated += 1
        if read.header["kid"] not in self.signed_by:
            self.signed_by.append(read.header["kid"])

    def _keys(self, connection: HTTPConnection) -> KeySet:
        if self._cached is None or time.monotonic() >= self._until:
            asked_at = time.monotonic()
            connection.request("GET", JWKS)
            response = connection.getresponse()
            self._cached = KeySet.import_key_set(json.loads(response.read()))
            age = re.search(r"max-age=(\d+)", response.headers["Cache-Control"])
            assert age
            self._until = asked_at + int(age.group(1))
        return self._cached

    def published(self) -> set[str]:
        assert self._cached
        return {str(key.kid) for key in self._cached}


def command(data: Path, settings: dict[str, str], *arguments: str) -> Any:
    process = gatehouse(*arguments, "--json", env=environment(data, **settings))
    printed, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, told
    return json.loads(printed)


def backend(data: Path, port: int, settings: dict[str, str]) -> Backend:
    added = command(data, settings, "client", "add", "backend", "--access-token-seconds", str(LIFE))
    pair = f"backend:{added['client_secret']}"
    return Backend(port, "Basic " + base64.b64encode(pair.encode()).decode())


def retire(data: Path, kid: str, seconds: float) -> None:
    """Let a key go when the tokens of this test have expired; logout tokens live far longer."""
    store, clock = open_store(Settings(data=data), SystemClock()), SystemClock()
    with store.write() as tx:
        tx.keys.retire(kid, clock.now() + timedelta(seconds=seconds))
    store.close()


def running(each: Backend) -> list[threading.Thread]:
    threads = [threading.Thread(target=each.work) for _ in range(3)]
    for thread in threads:
        thread.start()
    return threads


@pytest.mark.parametrize("held", ["wrapped", "pkcs11"])
def test_no_validation_fails_while_keys_are_rotated(tmp_path: Path, held: str) -> None:
    """Every key is seen to come, to sign and (where it is wrapped) to go."""
    settings = {**QUICK, "GATEHOUSE_WORKERS": "2"}
    if held == "pkcs11":
        settings |= softhsm.made(tmp_path / "hsm").settings
    data = tmp_path / "data"
    with serving(data, **settings) as (port, _):
        each = backend(data, port, settings)
        threads = running(each)
        try:
            until(lambda: each.signed_by)
            listed = command(data, settings, "keys", "rotate")
            [following] = [
                key["kid"] for key in listed if (key["alg"], key["state"]) == ("ES256", "waiting")
            ]
            ahead = rotation.published_ahead(Settings(jwks_seconds=1).span("jwks")).total_seconds()
            until(lambda: following in each.signed_by, ahead + PATIENCE)
            if held == "wrapped":
                retire(data, each.signed_by[0], seconds=LIFE + ahead)
                until(lambda: each.signed_by[0] not in each.published(), ahead + LIFE + PATIENCE)
        finally:
            each.ended.set()
            for thread in threads:
                thread.join()
    assert each.failed == []
    assert len(each.signed_by) == 2
    assert each.validated > 100


def test_the_same_backend_notices_a_rotation_that_does_not_wait(tmp_path: Path) -> None:
    with serving(tmp_path) as (port, _):
        each = backend(tmp_path, port, {})
        threads = running(each)
        try:
            until(lambda: each.signed_by)
            settings = Settings(data=tmp_path)
            store = open_store(settings, SystemClock())
            rotation.rotate(
                store,
                SystemClock(),
                longest_token=settings.span("id_token"),
                jwks_max_age=-rotation.LAG,
            )
            store.close()
            until(lambda: each.failed)
        finally:
            each.ended.set()
            for thread in threads:
                thread.join()
    assert len(each.signed_by) == 1
