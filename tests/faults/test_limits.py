"""Tries stay counted whoever is killed, over all workers; a counter that is down lets nobody in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests import valkey
from tests.gateway.operations.running import guess, serving
from tests.waiting import PATIENCE

TRIES = 4


@pytest.fixture(params=["database", "valkey"])
def counter(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The settings of where tries are counted."""
    if request.param == "database":
        yield {}
    else:
        with valkey.running() as url:
            yield {"GATEHOUSE_VALKEY_URL": url}


@contextmanager
def killed(data: Path, settings: dict[str, str]) -> Iterator[str]:
    """Serve with two workers, and kill it without a word at the end."""
    more = {"GATEHOUSE_WORKERS": "2", "GATEHOUSE_FAILURES_PER_HOUR": str(TRIES), **settings}
    with serving(data, **more) as (port, process):
        yield f"http://localhost:{port}"
        process.kill()
        process.wait()


def test_tries_stay_counted_over_kills_and_workers(tmp_path: Path, counter: dict[str, str]) -> None:
    data = tmp_path / "var"
    with killed(data, counter) as origin:
        assert [guess(origin) for _ in range(2)] == [401, 401]
    with killed(data, counter) as origin:
        assert guess(origin) == 401
    with killed(data, counter) as origin:
        assert guess(origin) == 401
        assert [guess(origin) for _ in range(4)] == [429] * 4


def test_nobody_is_let_in_while_nothing_can_be_counted(tmp_path: Path) -> None:
    with ExitStack() as stack:
        with valkey.running() as url:
            port, _ = stack.enter_context(serving(tmp_path / "var", GATEHOUSE_VALKEY_URL=url))
            assert guess(f"http://localhost:{port}") == 401
        client = stack.enter_context(
            httpx.Client(trust_env=False, follow_redirects=True, timeout=PATIENCE)
        )
        assert client.get(f"http://localhost:{port}/account").status_code == 503
