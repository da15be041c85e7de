"""Load from a process of its own: some connections, each asking as fast as it is answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from bench.person import Account, log_in, refreshed
from bench.wire import Wire

SECONDS = 4.0
WARM_UP = 1.0
PATIENCE = 30.0
"""For all to be ready: one that fails to log in must not keep the others waiting."""

Act = Callable[[], None]
Prepare = Callable[[Wire, Account], Act]


@dataclass(frozen=True)
class Rate:
    """How many a second, and how long each took in milliseconds."""

    per_second: float
    p50: float
    p99: float
    count: int


def measure(kind: str, port: int, account: Account, connections: int) -> Rate:
    """Run one kind of load in another process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_run, kind, port, account, connections).result()


def _run(kind: str, port: int, account: Account, connections: int) -> Rate:
    taken: list[float] = []
    start = threading.Barrier(connections, timeout=PATIENCE)
    threads = [
        threading.Thread(target=_ask, args=(KINDS[kind], port, account, start, taken))
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.sort()
    if not taken:
        raise RuntimeError(f"{kind}: nothing was answered")
    at = lambda share: round(taken[int(len(taken) * share)] * 1000, 2)  # noqa: E731
    return Rate(round(len(taken) / SECONDS, 1), at(0.5), at(0.99), len(taken))


def _ask(
    prepare: Prepare, port: int, account: Account, start: threading.Barrier, taken: list[float]
) -> None:
    with Wire(port) as wire:
        act = prepare(wire, account)
        start.wait()
        begin = time.perf_counter() + WARM_UP
        while (now := time.perf_counter()) < begin + SECONDS:
            act()
            if now >= begin:
                taken.append(time.perf_counter() - now)


def _fixed(wire: Wire, request: bytes) -> Act:
    def act() -> None:
        if (status := wire.send(request).status) != 200:
            raise RuntimeError(f"answered {status}")

    return act


def _discovery(wire: Wire, _account: Account) -> Act:
    return _fixed(wire, wire.request("GET", "/.well-known/openid-configuration"))


def _jwks(wire: Wire, _account: Account) -> Act:
    return _fixed(wire, wire.request("GET", "/.well-known/jwks.json"))


def _client_credentials(wire: Wire, account: Account) -> Act:
    body = (
        f"grant_type=client_credentials&client_id={account.client_id}"
        f"&client_secret={account.client_secret}"
    )
    return _fixed(wire, wire.request("POST", "/oauth/token", body))


def _refresh(wire: Wire, account: Account) -> Act:
    held = [log_in(wire, account)["refresh_token"]]
    wire.cookies.clear()

    def act() -> None:
        held[0] = refreshed(wire, account, held[0])

    return act


def _login(wire: Wire, account: Account) -> Act:
    return lambda: log_in(wire, account) and None


KINDS: dict[str, Prepare] = {
    "discovery": _discovery,
    "JWKS": _jwks,
    "client credentials": _client_credentials,
    "refresh": _refresh,
    "full login": _login,
}
