"""`gatehouse serve` on PostgreSQL, with two web workers, while the server comes and goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.house import furnish
from bench.person import log_in
from bench.wire import Wire
from gateway.health import LIVE, READY
from store.keys_file import load_or_create
from tests import postgres
from tests.gateway.operations.running import environment, gatehouse, serving
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.slow
LOGIN = "/oauth/authorize?client_id=nobody"
"""What needs the database."""


def status(port: int, path: str) -> int:
    with Wire(port) as wire:
        return wire.get(path).status


def test_a_login_before_and_after_the_database_was_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_or_create(tmp_path / "keys.json", create=True)
    with postgres.server() as server, postgres.empty(str(server.folder), 2) as (url, keystore):
        settings = {
            "GATEHOUSE_DATABASE_URL": url,
            "GATEHOUSE_KEYSTORE": keystore,
            "GATEHOUSE_WORKERS": "2",
        }
        migrated = gatehouse("migrate", env=environment(tmp_path, **settings))
        assert migrated.communicate(timeout=PATIENCE)[1] == ""
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        account = furnish(tmp_path, url)
        with serving(tmp_path, **settings) as (port, _):
            with Wire(port) as wire:
                assert log_in(wire, account)["access_token"]
            server.stop()
            assert [status(port, path) for path in (LOGIN, READY, LIVE)] == [503, 503, 200]
            server.start()
            until(lambda: status(port, READY) != 503)
            with Wire(port) as wire:
                assert log_in(wire, account)["access_token"]
