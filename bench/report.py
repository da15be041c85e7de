"""Writes what was measured: a page for people, a history for comparison."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROUNDS = 3
FOLDER = Path(__file__).resolve().parents[1] / "docs" / "performance"
PAGE = """# Speed and memory

Written by `make bench`; earlier runs are in `bench.json`. Load and server share one machine and
loopback, attempt limits are off, two web workers; both databases wait for the disk.

- Machine: {machine}
- Measured: {at}, Gatehouse {version}
{rates}

Medians of {rounds} rounds in one run, the kinds in turn. Server CPU is that of the whole process
tree, the database's included; the ratio is of server CPU, client credentials being 1. On another
machine trust the ratios. Where the time of one request goes is in [requests.md](requests.md).

A full login is every request from the chatbot's link to its tokens, with a password hashed by
Argon2id.

| Voice check on one core | ms | real-time factor |
|---|---|---|
{voice}

| Resident memory | MB with voice | MB without |
|---|---|---|
{memory}

| Cold start to the first 200 | ms |
|---|---|
| empty folder: database and keys are made | {first} |
| later starts, median of {starts} | {later} |
"""

TABLE = """
| on {} | a second (rounds) | p50 ms | p99 ms | server CPU ms | as a ratio | connections |
|---|---|---|---|---|---|---|
{}"""


def machine() -> str:
    """Describe this machine in one line."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores {cpu}, {memory:.0f} GiB, {platform.system()}, {python}"


def version() -> str:
    """Return the commit that was measured."""
    command = ["git", "describe", "--always", "--dirty"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return told.stdout.strip() or "unknown"


def write(measured: dict[str, Any]) -> Path:
    """Write the page and append to the history."""
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "version": version(),
        "machine": machine(),
        **measured,
    }
    history = FOLDER / "bench.json"
    before = json.loads(history.read_text()) if history.exists() else []
    FOLDER.mkdir(parents=True, exist_ok=True)
    history.write_text(json.dumps([*before, entry], indent=1) + "\n")
    page = FOLDER / "bench.md"
    page.write_text(_page(entry))
    return page


def _page(entry: dict[str, Any]) -> str:
    return PAGE.format(
        machine=entry["machine"],
        at=entry["at"],
        version=entry["version"],
        rates="\n".join(
            TABLE.format(name, _rates(rates)) for name, rates in entry["rates"].items()
        ),
        rounds=ROUNDS,
        voice=_voice(entry["voice"]),
        memory=_memory(entry["memory"]),
        first=entry["cold_start_ms"]["first"],
        later=entry["cold_start_ms"]["later"],
        starts=entry["cold_start_ms"]["starts"],
    )


def _rates(rates: dict[str, dict[str, float]]) -> str:
    one = rates["client credentials"]["cpu"]
    return "\n".join(
        f"| {name} | {each['per_second']:.0f} ({each['slowest']:.0f} to {each['fastest']:.0f})"
        f" | {each['p50']} | {each['p99']} | {each['cpu']} | {each['cpu'] / one:.2f}"
        f" | {each['connections']} |"
        for name, each in rates.items()
    )


def _voice(voice: dict[str, float] | None) -> str:
    if voice is None:
        return "| not measured: no recordings of people here | | |"
    return "\n".join(
        f"| {length} s of speech | {voice[length]:.0f} | {voice[length] / int(length) / 1000:.3f} |"
        for length in ("3", "10")
    )


def _memory(memory: dict[str, dict[str, float]]) -> str:
    parts = memory["with voice"]
    without = memory["without"]
    return "\n".join(
        f"| {part} | {parts[part]} | {without.get(part, '')} |" for part in sorted(parts)
    )
