"""Load from a process of its own: some connections, each asking as fast as it is answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from urllib.parse import urlencode

import psutil

from bench.person import Account, asked, credentials, log_in, refreshed
from bench.prover import Prover
from bench.wire import Answer, Wire

SECONDS = 4.0
WARM_UP = 1.0
PATIENCE = 30.0
"""For all to be ready: one that fails to log in must not keep the others waiting."""

Act = Callable[[], None]
Prepare = Callable[[Wire, Account], Act]


@dataclass(frozen=True)
class Rate:
    """How many a second, how long each took and what CPU each cost the server, in milliseconds."""

    per_second: float
    p50: float
    p99: float
    cpu: float


@dataclass(frozen=True)
class Target:
    """A gateway to load, by the processes at the roots of its tree and of its database's."""

    pids: tuple[int, ...]
    port: int
    account: Account

    def cpu_seconds(self) -> float:
        """Return the CPU time that all these processes have taken so far."""
        roots = [psutil.Process(pid) for pid in self.pids]
        tree = [process for root in roots for process in (root, *root.children(recursive=True))]
        return sum(sum(process.cpu_times()[:2]) for process in tree)


@dataclass(frozen=True)
class Asked:
    """When one answer was asked for, and how many seconds it took."""

    at: float
    taken: float


def measure(kind: str, target: Target, connections: int) -> Rate:
    """Run one kind of load in another process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_run, kind, target, connections).result()


def _run(kind: str, target: Target, connections: int) -> Rate:
    answers: list[Asked] = []
    cpu: list[float] = []
    ready = threading.Barrier(connections, lambda: cpu.append(target.cpu_seconds()), PATIENCE)
    threads = [
        threading.Thread(target=_ask, args=(KINDS[kind], target, ready, answers))
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not answers:
        raise RuntimeError(f"{kind}: nothing was answered")
    return _rate(answers, target.cpu_seconds() - cpu[0])


def _rate(answers: list[Asked], cpu: float) -> Rate:
    """Count what came after the warm-up; the CPU is that of all answers."""
    begin = min(asked.at for asked in answers) + WARM_UP
    taken = sorted(asked.taken for asked in answers if asked.at >= begin)
    p50, p99 = (round(taken[int(len(taken) * share)] * 1000, 2) for share in (0.5, 0.99))
    return Rate(round(len(taken) / SECONDS, 1), p50, p99, round(cpu / len(answers) * 1000, 3))


def _ask(prepare: Prepare, target: Target, ready: threading.Barrier, answers: list[Asked]) -> None:
    with Wire(target.port) as wire:
        act = prepare(wire, target.account)
        ready.wait()
        end = time.perf_counter() + WARM_UP + SECONDS
        while (now := time.perf_counter()) < end:
            act()
            answers.append(Asked(now, time.perf_counter() - now))


def _fixed(wire: Wire, request: bytes, status: int = 200) -> Act:
    return lambda: _good(wire.send(request), status)


def _good(answer: Answer, status: int) -> None:
    if answer.status != status:
        raise RuntimeError(f"answered {answer.status}")


def _discovery(wire: Wire, _account: Account) -> Act:
    return _fixed(wire, wire.request("GET", "/.well-known/openid-configuration"))


def _jwks(wire: Wire, _account: Account) -> Act:
    return _fixed(wire, wire.request("GET", "/.well-known/jwks.json"))


def _client_credentials(wire: Wire, account: Account) -> Act:
    body = urlencode({"grant_type": "client_credentials", **credentials(account)})
    return _fixed(wire, wire.request("POST", "/oauth/token", body))


def _proven(wire: Wire, account: Account) -> Act:
    body = urlencode({"grant_type": "client_credentials", **credentials(account)})
    prover = Prover(f"http://localhost:{wire.port}/oauth/token")

    def act() -> None:
        _good(wire.send(wire.request("POST", "/oauth/token", body, DPoP=prover.proof())), 200)

    return act


def _pushed(wire: Wire, account: Account) -> Act:
    body = urlencode({**asked(account, "v" * 43), **credentials(account)})
    return _fixed(wire, wire.request("POST", "/oauth/par", body), 201)


def _refresh(wire: Wire, account: Account) -> Act:
    held = [log_in(wire, account)["refresh_token"]]
    wire.cookies.clear()

    def act() -> None:
        held[0] = refreshed(wire, account, held[0])

    return act


def _userinfo(wire: Wire, account: Account) -> Act:
    held = f"Bearer {log_in(wire, account)['access_token']}"
    wire.cookies.clear()
    return _fixed(wire, wire.request("GET", "/oauth/userinfo", authorization=held))


def _introspection(wire: Wire, account: Account) -> Act:
    form = {"token": log_in(wire, account)["access_token"], **credentials(account)}
    wire.cookies.clear()
    return _fixed(wire, wire.request("POST", "/oauth/introspect", urlencode(form)))


def _login(wire: Wire, account: Account) -> Act:
    return lambda: log_in(wire, account) and None


KINDS: dict[str, Prepare] = {
    "discovery": _discovery,
    "JWKS": _jwks,
    "client credentials": _client_credentials,
    "client credentials, DPoP": _proven,
    "PAR": _pushed,
    "refresh": _refresh,
    "introspection": _introspection,
    "userinfo": _userinfo,
    "full login": _login,
}
