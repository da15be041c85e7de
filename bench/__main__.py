"""`python -m bench`: takes about ten minutes."""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import load, report, voice
from bench.house import furnish, running
from bench.load import Rate, Target
from bench.person import Account
from tests import postgres

CONNECTIONS = {
    "discovery": 8,
    "JWKS": 8,
    "client credentials": 8,
    "client credentials, DPoP": 8,
    "PAR": 8,
    "introspection": 8,
    "userinfo": 8,
    "refresh": 8,
    "full login": 4,
}
STARTS = 5
SETTLE_SECONDS = 3.0


def main() -> None:
    """Measure everything and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        say("cold start")
        cold = cold_starts(data / "cold")
        house = data / "embedded"
        account = furnish(house)
        rates = {"SQLite": embedded(house, account), "PostgreSQL": served(data / "served")}
        say("memory")
        memory = {
            "with voice": settled(house, account),
            "without": settled(house, account, GATEHOUSE_VOICE_ENABLED="0"),
        }
    say("voice")
    measured = {"rates": rates, "voice": voice.measure(), "memory": memory, "cold_start_ms": cold}
    say(f"written to {report.write(measured)}")


def embedded(data: Path, account: Account) -> dict[str, Any]:
    """Measure on the database that comes with it."""
    say("on SQLite")
    with running(data, GATEHOUSE_WORKERS="2") as gateway:
        return in_rounds(Target((gateway.process.pid,), gateway.port, account))


def served(data: Path) -> dict[str, Any]:
    """Measure on a PostgreSQL that waits for the disk; its processes count as the server's."""
    say("on PostgreSQL")
    with postgres.server(durable=True) as server, postgres.empty(str(server.folder), 1) as [url]:
        account, settings = furnish(data, url), {"GATEHOUSE_DATABASE_URL": url}
        with running(data, GATEHOUSE_WORKERS="2", **settings) as gateway:
            pids = (gateway.process.pid, server.pid)
            return in_rounds(Target(pids, gateway.port, account))


def in_rounds(target: Target) -> dict[str, Any]:
    """Measure each kind of request in turn, several times over: the machine's speed drifts."""
    found: dict[str, list[Rate]] = {kind: [] for kind in CONNECTIONS}
    for number in range(report.ROUNDS):
        say(f"round {number + 1} of {report.ROUNDS}")
        for kind, connections in CONNECTIONS.items():
            found[kind].append(load.measure(kind, target, connections))
            say(f"  {kind}: {found[kind][-1].per_second:.0f}/s")
    return {kind: summed_up(rates, CONNECTIONS[kind]) for kind, rates in found.items()}


def summed_up(rates: list[Rate], connections: int) -> dict[str, Any]:
    """Return the median round of each figure, and the slowest and fastest round."""
    each = [asdict(rate) for rate in rates]
    medians = {name: statistics.median(rate[name] for rate in each) for name in each[0]}
    speeds = [rate.per_second for rate in rates]
    return {**medians, "slowest": min(speeds), "fastest": max(speeds), "connections": connections}


def settled(data: Path, account: Account, **settings: str) -> dict[str, float]:
    """Return the memory of the processes after a little work."""
    with running(data, **settings) as gateway:
        load.measure("full login", Target((gateway.process.pid,), gateway.port, account), 2)
        time.sleep(SETTLE_SECONDS)
        return gateway.memory()


def cold_starts(data: Path) -> dict[str, int]:
    """Return milliseconds to the first answer, in an empty folder and later."""
    taken = []
    for _ in range(STARTS + 1):
        with running(data) as gateway:
            taken.append(round(gateway.seconds * 1000))
    later = round(statistics.median(taken[1:]))
    return {"first": taken[0], "later": later, "starts": STARTS}


def say(what: str) -> None:
    """Tell how far it is."""
    print(what, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
