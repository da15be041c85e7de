"""Whoever steals the database file and its log reads nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.errors import Expired
from contracts.factor import Template
from store import Account, Ceremony, Purpose, Store
from store.codes import Code
from store.grants import Grant
from store.handles import typed
from store.keys import SigningKey
from store.keys_file import Keys
from store.recoveries import Timing
from store.recovery_walks import RecoveryWalk
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MINUTE = timedelta(minutes=1)
CANARY = b"canary-4f1d9c-\x00\xff-embedding"


def forms(secret: bytes | str) -> Iterator[bytes]:
    """Yield the shapes in which a secret could lie about."""
    raw = secret.encode() if isinstance(secret, str) else secret
    yield raw
    yield raw.hex().encode()
    yield base64.b64encode(raw).rstrip(b"=")
    yield base64.urlsafe_b64encode(raw).rstrip(b"=")


def lies_about(secret: bytes | str, folder: Path) -> list[str]:
    """Name the files that hold the secret in any shape."""
    files = [path for path in folder.iterdir() if ".db" in path.name]
    assert any(path.name.endswith("gatehouse.db-wal") and path.stat().st_size for path in files)
    return [path.name for path in files for form in forms(secret) if form in path.read_bytes()]


def test_the_search_finds_what_is_there(store: Store, tmp_path: Path) -> None:
    with store.write() as tx:
        tx.audit.add("canary in clear")
    assert lies_about("canary in clear", tmp_path)


def test_templates(store: Store, jane: Account, tmp_path: Path) -> None:
    with store.write() as tx:
        tx.credentials.add(jane.id, "voice", Template(CANARY, "voice/1", unique="canary-unique"))
    assert not lies_about(CANARY, tmp_path)
    assert not lies_about("canary-unique", tmp_path)


def test_ceremonies_and_messages(store: Store, jane: Account, tmp_path: Path) -> None:
    ceremony = Ceremony(jane.id, "canary-owner", "otp", Purpose.VERIFY, None, CANARY, 1, 1)
    with store.write() as tx:
        handle = tx.ceremonies.put(ceremony, MINUTE)
        tx.outbox.put("mail", {"text": "Your code is 918273"}, MINUTE)
    for secret in (CANARY, handle, "canary-owner", "918273"):
        assert not lies_about(secret, tmp_path)


def test_codes_tokens_and_cookies(
    store: Store, jane: Account, grant: Grant, tmp_path: Path
) -> None:
    with store.write() as tx:
        secrets = [
            tx.codes.put(Code(grant.id, "https://chat.example/", "challenge"), MINUTE),
            tx.refresh_tokens.put(grant.id, MINUTE),
            tx.sessions.open(jane.id, (), MINUTE)[0],
            tx.tickets.issue(jane.id, MINUTE),
            tx.stations.add("Front desk", MINUTE),
            tx.enrolments.open(jane.id, None, MINUTE),
            tx.interactions.put("canary-browser", grant.client_id, {}, MINUTE),
            tx.pushed_requests.put(grant.client_id, {"login_hint": "canary-hint"}, MINUTE),
        ]
        asked = {"binding_message": "canary-message"}
        pair = tx.device_codes.put(grant.client_id, asked, interval=5, lifetime=MINUTE)
        tx.backchannel_requests.put(
            "canary-auth-req-id", grant.client_id, jane.id, asked, interval=5, lifetime=MINUTE
        )
        tx.backchannel_devices.add(jane.id, "canary-browser")
        tx.known_browsers.remember(jane.id, "canary-browser")
        tx.once.spend("canary-jti", MINUTE)
        tx.limits.hit("canary-address", 1, MINUTE)
    for secret in [
        *secrets,
        *map(typed, [*secrets, pair.user_code]),
        *(pair.device_code, pair.user_code, "canary-auth-req-id", "canary-message"),
        "canary-jti",
        "canary-address",
        "canary-browser",
        "canary-hint",
    ]:
        assert not lies_about(secret, tmp_path)


def test_recoveries(store: Store, jane: Account, clock: FakeClock, tmp_path: Path) -> None:
    now = clock.now()
    with store.write() as tx:
        began = RecoveryWalk(jane.id, "canary-name", "canary-login")
        walk = tx.recovery_walks.open(began, "canary-browser", MINUTE)
        made = tx.recoveries.start(jane.id, timing=Timing(now, now, now + MINUTE))
        recovery = tx.recoveries.under_way(jane.id)
        assert made
        assert recovery
        handle = tx.recoveries.open(recovery, "canary-browser", MINUTE)
        assert handle
    codes = [made[1], recovery.stop_code]
    named = ["canary-name", "canary-login", "canary-browser"]
    for secret in [walk, handle, *codes, *map(typed, codes), *named]:
        assert not lies_about(secret, tmp_path)


def test_private_keys(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    with store.write() as tx:
        tx.keys.add(SigningKey("kid", "ES256", {"kty": "EC"}, CANARY, clock.now()))
    assert not lies_about(CANARY, tmp_path)


def test_an_erased_key_is_gone_from_the_keystore(store: Store, tmp_path: Path) -> None:
    store.keystore.subject_key("jane")
    keystore = [tmp_path / "keystore.db", tmp_path / "keystore.db-wal"]
    subject = b"jane"
    assert any(subject in path.read_bytes() for path in keystore)
    store.keystore.erase("jane")
    assert not any(subject in path.read_bytes() for path in keystore)
    assert store.keystore.find_key("jane") is None
    with pytest.raises(Expired):
        store.keystore.subject_key("jane")


def test_the_files_are_the_owners_alone(keys: Keys, database: str, tmp_path: Path) -> None:
    folder = tmp_path / "fresh"
    fresh = Store(
        database_url=f"sqlite:///{folder}/gatehouse.db",
        keystore_url=f"sqlite:///{folder}/keystore.db",
        keys=keys,
        clock=FakeClock(),
    )
    fresh.migrate()
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    fresh.close()
    assert {"gatehouse.db", "keystore.db"} <= set(modes)
    assert set(modes.values()) == {0o600}
