"""`python -m bench`: takes about a minute and a half."""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import load, report, voice
from bench.house import Running, furnish, running
from bench.person import Account

CONNECTIONS = {
    "discovery": 8,
    "JWKS": 8,
    "client credentials": 8,
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
        account = furnish(data / "house")
        with running(data / "house", GATEHOUSE_WORKERS="2") as gateway:
            rates = {kind: rate(kind, gateway, account) for kind in CONNECTIONS}
        say("memory")
        memory = {
            "with voice": settled(data / "house", account),
            "without": settled(data / "house", account, GATEHOUSE_VOICE_ENABLED="0"),
        }
    say("voice")
    measured = {"rates": rates, "voice": voice.measure(), "memory": memory, "cold_start_ms": cold}
    say(f"written to {report.write(measured)}")


def rate(kind: str, gateway: Running, account: Account) -> dict[str, Any]:
    """Measure one kind of request."""
    connections = CONNECTIONS[kind]
    found = load.measure(kind, gateway.port, account, connections)
    say(f"{kind}: {found.per_second:.0f}/s, p50 {found.p50} ms, p99 {found.p99} ms")
    return asdict(found) | {"connections": connections}


def settled(data: Path, account: Account, **settings: str) -> dict[str, float]:
    """Return the memory of the processes after a little work."""
    with running(data, **settings) as gateway:
        load.measure("full login", gateway.port, account, 2)
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
