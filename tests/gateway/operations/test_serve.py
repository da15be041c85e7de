"""`gatehouse serve`: it starts with nothing set, keeps its children, and says what is wrong."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
from pathlib import Path

import psutil
import pytest

from tests import ports
from tests.gateway.operations.running import (
    DISCOVERY,
    environment,
    gatehouse,
    get,
    serving,
    wait_for,
)
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.slow


def refused(data: Path, **settings: str) -> str:
    """Run `serve` where it cannot; return its only line after checking its exit code."""
    more = {"GATEHOUSE_PORT": str(ports.free())} | settings
    process = gatehouse("serve", env=environment(data, **more))
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2, told
    assert told.count("\n") == 1, told
    return told


def child(process_id: int, module: str) -> list[psutil.Process]:
    """Return the living descendants that run a module of ours."""
    found = []
    for process in psutil.Process(process_id).children(recursive=True):
        try:
            if module in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def test_an_empty_folder_becomes_a_gateway(tmp_path: Path) -> None:
    with serving(tmp_path / "new") as (port, _):
        status, body = get(port, DISCOVERY)
        assert status == 200
        assert json.loads(body)["issuer"] == f"http://localhost:{port}"
        assert get(port, "/")[0] == 200
    assert (tmp_path / "new" / "keys.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_whole_tree(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as (_, process):
        until(lambda: child(process.pid, "gateway.worker"))
        tree = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
        until(lambda: not any(each.is_running() for each in tree))
    assert len(tree) >= 2


def test_a_dead_child_is_started_again(tmp_path: Path) -> None:
    with serving(tmp_path) as (port, process):
        before = until(lambda: child(process.pid, "gateway.worker"))[0]
        before.kill()
        until(lambda: any(each.pid != before.pid for each in child(process.pid, "gateway.worker")))
        assert get(port, DISCOVERY)[0] == 200


def test_a_dead_web_worker_is_started_again(tmp_path: Path) -> None:
    with serving(tmp_path) as (port, process):
        worker = next(
            each
            for each in psutil.Process(process.pid).children()
            if "gateway.worker" not in each.cmdline()
        )
        worker.kill()

        until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
        wait_for(port, process)


def test_children_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    with serving(tmp_path) as (_, process):
        tree = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        until(lambda: not any(each.is_running() for each in tree))


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in refused(tmp_path, GATEHOUSE_PORT=str(port))


def test_a_key_file_that_others_can_read(tmp_path: Path) -> None:
    gatehouse("migrate", env=environment(tmp_path)).communicate(timeout=PATIENCE)
    os.chmod(tmp_path / "keys.json", 0o644)
    assert "chmod 600" in refused(tmp_path)


def test_a_newer_database(tmp_path: Path) -> None:
    gatehouse("migrate", env=environment(tmp_path)).communicate(timeout=PATIENCE)
    with sqlite3.connect(tmp_path / "gatehouse.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
    connection.close()
    assert "newer" in refused(tmp_path)


def test_a_locked_database(tmp_path: Path) -> None:
    gatehouse("migrate", env=environment(tmp_path)).communicate(timeout=PATIENCE)
    connection = sqlite3.connect(tmp_path / "gatehouse.db", isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    assert "locked" in refused(tmp_path)
    connection.close()


def test_a_missing_model(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="the voice extra is not installed")
    told = refused(
        tmp_path, GATEHOUSE_VOICE_ENABLED="1", GATEHOUSE_MODELS_DIR=str(tmp_path / "none")
    )
    assert "gatehouse models pull" in told


def test_simulators_in_production(tmp_path: Path) -> None:
    assert "production" in refused(tmp_path, GATEHOUSE_SIMULATORS="1")


def test_a_database_that_is_not_migrated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/other.db"
    gatehouse("migrate", env=environment(tmp_path)).communicate(timeout=PATIENCE)
    keys = str(tmp_path / "keys.json")
    told = refused(tmp_path, GATEHOUSE_DATABASE_URL=url, GATEHOUSE_KEY_FILE=keys)
    assert "gatehouse migrate" in told


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "GATEHOUSE_DATA" in refused(tmp_path / "file" / "data")


@pytest.mark.parametrize("given", [("none", "none"), ("none", "")])
def test_a_certificate_that_cannot_be_used(tmp_path: Path, given: tuple[str, str]) -> None:
    names = ("GATEHOUSE_TLS_CERTIFICATE", "GATEHOUSE_TLS_KEY")
    files = {name: str(tmp_path / file) for name, file in zip(names, given, strict=True) if file}
    assert "GATEHOUSE_TLS_KEY" in refused(tmp_path, **files)


def test_a_host_may_be_a_name(tmp_path: Path) -> None:
    with serving(tmp_path, GATEHOUSE_HOST="localhost", GATEHOUSE_WORKERS="1") as (port, _):
        assert get(port, DISCOVERY)[0] == 200


def test_a_host_that_is_not_ours(tmp_path: Path) -> None:
    assert "GATEHOUSE_PORT" in refused(tmp_path, GATEHOUSE_HOST="192.0.2.1")


def test_a_pkcs11_token_that_cannot_be_opened(tmp_path: Path) -> None:
    pytest.importorskip("pkcs11", reason="the pkcs11 extra is not installed")
    module = {"GATEHOUSE_PKCS11_MODULE": str(tmp_path / "none.so")}
    assert "GATEHOUSE_PKCS11_PIN_FILE" in refused(tmp_path, **module)
    pin = tmp_path / "pin"
    pin.write_text("1234")
    pin.chmod(0o600)
    told = refused(tmp_path, **module, GATEHOUSE_PKCS11_PIN_FILE=str(pin))
    assert "cannot be opened" in told
