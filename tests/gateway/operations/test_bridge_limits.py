"""What the bridge refuses before a thread is spent, without a server around it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable
from types import SimpleNamespace
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from gateway import bodies, server
from gateway.server import Bridge
from tests.waiting import PATIENCE


class Client:
    """The protocol object of one request."""

    def __init__(self, parts: Iterable[bytes] = ()) -> None:
        self._parts = parts
        self.status = 0
        self.headers: dict[str, str] = {}

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers = status, dict(headers)


def scope(**more: Any) -> Any:
    plain = {
        "method": "POST",
        "path": "/",
        "query_string": "",
        "http_version": "1.1",
        "server": "127.0.0.1:80",
        "client": "127.0.0.1:9999",
        "scheme": "http",
        "authority": None,
        "headers": {"content-type": "audio/wav"},
    }
    return SimpleNamespace(**(plain | more))


async def ask(bridge: Bridge, *clients: Client) -> None:
    calls = (bridge.__rsgi__(scope(), client) for client in clients)  # type: ignore[arg-type]
    await asyncio.gather(*calls)


def started(bridge: Bridge, loop: asyncio.AbstractEventLoop) -> Bridge:
    bridge.__rsgi_init__(loop)
    return bridge


def test_more_than_may_wait_are_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "WAITING", 3)
    release = threading.Event()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        release.wait(PATIENCE)
        start_response("200 OK", [])
        return [b""]

    async def walk() -> list[Client]:
        bridge = started(Bridge(lambda: application, threads=1), asyncio.get_running_loop())
        clients = [Client() for _ in range(5)]
        asking = asyncio.create_task(ask(bridge, *clients))
        async with asyncio.timeout(PATIENCE):
            while sum(client.status == 503 for client in clients) < 2:
                await asyncio.sleep(0.01)
        release.set()
        await asking
        bridge.__rsgi_del__(asyncio.get_running_loop())
        return clients

    clients = asyncio.run(walk())
    assert sorted(client.status for client in clients) == [200, 200, 200, 503, 503]
    refused = [client for client in clients if client.status == 503]
    assert all("retry-after" in client.headers for client in refused)


def test_all_bodies_together_have_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "HELD_BYTES", 100_000)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [b""]

    async def walk() -> tuple[int, int]:
        bridge = started(Bridge(lambda: application), asyncio.get_running_loop())
        large, small = Client([bytes(60_000), bytes(60_000)]), Client([bytes(60_000)])
        await ask(bridge, large)
        await ask(bridge, small)
        return large.status, small.status

    assert asyncio.run(walk()) == (503, 200)
