"""What the kiosk keeps on its machine, and how it starts there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from contracts.errors import Misconfigured
from enrollment.kiosk import identity, server, settings
from enrollment.kiosk.identity import Identity, new_key
from enrollment.kiosk.settings import KioskSettings
from tests import ports
from tests.waiting import PATIENCE, until

GATEWAY = "https://id.example.org"
RUN = [sys.executable, "-m", "enrollment.kiosk"]


@pytest.fixture
def paired() -> Identity:
    return Identity(GATEWAY, "a" * 32, "Front desk", new_key())


def never(address: str) -> None:
    pytest.fail(f"announced {address}")


@pytest.fixture
def port() -> int:
    return ports.free()


@pytest.fixture
def environment(tmp_path: Path, port: int) -> dict[str, str]:
    ours = {"GATEWAY": GATEWAY, "DATA": str(tmp_path), "PORT": str(port)}
    return {"PATH": os.environ["PATH"]} | {f"GATEHOUSE_KIOSK_{k}": v for k, v in ours.items()}


def test_the_key_survives_a_restart(tmp_path: Path, paired: Identity) -> None:
    path = tmp_path / "new" / "station.json"
    identity.save(path, paired)
    found = identity.load(path)
    assert (found.gateway, found.station, found.name) == (GATEWAY, "a" * 32, "Front desk")
    assert found.key.as_dict(private=True) == paired.key.as_dict(private=True)
    assert [file.name for file in path.parent.iterdir()] == ["station.json"]


def test_only_its_user_may_read_the_key(tmp_path: Path, paired: Identity) -> None:
    path = tmp_path / "station.json"
    before = os.umask(0)
    try:
        identity.save(path, paired)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(Misconfigured) as error:
        identity.load(path)
    assert "chmod 600" in str(error.value.public)


def test_pairing_again_replaces_the_key(tmp_path: Path, paired: Identity) -> None:
    path = tmp_path / "station.json"
    identity.save(path, paired)
    identity.save(path, Identity(GATEWAY, "b" * 32, "Back office", new_key()))
    assert identity.load(path).name == "Back office"


@pytest.mark.parametrize("broken", ["", "{}", "[]", '{"key": {}}', '{"key": {"kty": "EC"}}'])
def test_a_broken_key_file_is_named(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "station.json"
    path.write_text(broken)
    path.chmod(0o600)
    with pytest.raises(Misconfigured) as error:
        identity.load(path)
    assert str(path) in str(error.value.public)


def test_the_key_is_not_in_its_text(paired: Identity) -> None:
    assert "key" not in repr(paired)


@pytest.mark.parametrize("gateway", ["http://id.example.org", "ftp://localhost", "id.example.org"])
def test_recordings_travel_encrypted(monkeypatch: pytest.MonkeyPatch, gateway: str) -> None:
    monkeypatch.setenv("GATEHOUSE_KIOSK_GATEWAY", gateway)
    with pytest.raises(Misconfigured, match="https"):
        settings.load()


def test_the_kiosk_shares_the_houses_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not settings.load().simulators
    for name, value in {"ENV": "development", "SIMULATORS": "1", "KIOSK_PORT": "8099"}.items():
        monkeypatch.setenv(f"GATEHOUSE_{name}", value)
    found = settings.load()
    assert (found.env, found.simulators, found.port) == ("development", True, 8099)


def test_a_setting_of_the_kiosk_goes_before_the_houses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_ENV", "development")
    monkeypatch.setenv("GATEHOUSE_KIOSK_ENV", "test")
    assert settings.load().env == "test"


@pytest.mark.parametrize("name", ["ENV", "SIMULATORS", "SERVICE_NAME"])
def test_other_programs_variables_are_left_alone(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = settings.load()
    monkeypatch.setenv(name, "1")
    assert settings.load() == before


def test_every_setting_is_documented() -> None:
    assert all(field.description for field in KioskSettings.model_fields.values())


def test_another_gateway_needs_another_pairing(tmp_path: Path, paired: Identity) -> None:
    found = KioskSettings(data=tmp_path, gateway="https://other.example.org")
    identity.save(found.identity, paired)
    with pytest.raises(Misconfigured) as error:
        server.run(found, never)
    assert GATEWAY in str(error.value.public)


def test_simulators_are_refused_in_production(tmp_path: Path, paired: Identity) -> None:
    found = KioskSettings(data=tmp_path, gateway=GATEWAY, simulators=True, env="production")
    identity.save(found.identity, paired)
    with pytest.raises(Misconfigured) as error:
        server.run(found, never)
    assert "refused in production" in str(error.value.public)


def test_a_taken_port_is_one_line(tmp_path: Path, paired: Identity, port: int) -> None:
    found = KioskSettings(data=tmp_path, gateway=GATEWAY, port=port)
    identity.save(found.identity, paired)
    with socket.create_server(("127.0.0.1", port)), pytest.raises(Misconfigured) as error:
        server.run(found, never)
    assert str(port) in str(error.value.public)


def test_an_unpaired_kiosk_says_what_to_do(environment: dict[str, str]) -> None:
    told = subprocess.run(RUN, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert told.stderr.startswith("This kiosk is not paired.")
    assert told.stderr.count("\n") == 1


def test_pairing_with_an_absent_gateway_is_one_line(environment: dict[str, str]) -> None:
    absent = environment | {"GATEHOUSE_KIOSK_GATEWAY": "http://localhost:9"}
    told = subprocess.run(
        [*RUN, "pair"], env=absent, input="code\n", capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (1, "The gateway cannot be reached.\n")


@pytest.fixture
def running(
    tmp_path: Path, paired: Identity, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    identity.save(tmp_path / "station.json", paired)
    kiosk = subprocess.Popen(RUN, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield kiosk
    finally:
        kiosk.terminate()
        kiosk.wait(PATIENCE)


def test_a_paired_kiosk_serves_its_page(running: subprocess.Popen[bytes], port: int) -> None:
    page = _wait_for(f"http://localhost:{port}/", running)
    assert page.status_code == 200
    assert 'name="ticket"' in page.text


def _wait_for(url: str, kiosk: subprocess.Popen[bytes]) -> httpx.Response:
    def page() -> httpx.Response | None:
        assert kiosk.poll() is None
        with suppress(httpx.TransportError):
            return httpx.get(url, timeout=PATIENCE)
        return None

    found = until(page)
    assert found
    return found
