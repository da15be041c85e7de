"""What is left of somebody who is erased: a signed proof, and a last message that carries it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from pathlib import Path
from shutil import copy

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from contracts.errors import Tampered
from contracts.factor import Template
from gateway.erasure import Eraser
from gateway.notices import Notices
from gateway.settings import Settings
from store import Account, Store
from store.erasures import PROOF
from store.events import EVENT
from store.keys_file import Keys
from store.keystore import pseudonym
from store.outbox import MESSAGE
from store.signer import Seals, Signer
from tests.fakes.clock import FakeClock

MINUTE = timedelta(minutes=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(env="test", data=tmp_path, service_name="The House")


@pytest.fixture
def eraser(store: Store, clock: FakeClock, settings: Settings) -> Eraser:
    notices = Notices({}, lambda _, text: str(text), clock)
    return Eraser(store, clock, settings, notices)


@pytest.fixture
def jane(store: Store) -> Account:
    with store.write() as tx:
        account = tx.accounts.add("jane", "jane@example.org")
        for factor in ("totp", "voice"):
            tx.credentials.add(account.id, factor, Template(b"seed", f"{factor}/1"))
        tx.biometric_consents.give(account.id, "voice", 1, "browser")
    return account


def messages(store: Store, clock: FakeClock) -> list[dict[str, str]]:
    with store.write() as tx:
        return [row.payload for row in tx.outbox.claim(clock.now(), MINUTE, MESSAGE)]


def test_the_proof_says_what_was_done_and_when_and_names_nobody(
    store: Store, eraser: Eraser, jane: Account, clock: FakeClock
) -> None:
    asked_at = clock.now()
    with store.write() as tx:
        assert tx.erasures.plan(jane.id, asked_at + MINUTE)
    clock.advance(MINUTE)
    assert eraser.due() == 1
    whose = pseudonym(store.vault, jane.id)
    with store.read() as tx:
        kept = tx.erasures.proof(whose)
        assert tx.erasures.proofs("", 10) == [kept]
        assert tx.erasures.recorded() == [whose]
    assert kept
    assert Signer(store.vault).open(kept.proof, PROOF) == {
        "iss": "http://localhost:8080",
        "iat": int(clock.now().timestamp()),
        "sub": whose,
        "asked_at": asked_at.isoformat(),
        "key_destroyed_at": clock.now().isoformat(),
        "rows_deleted_at": clock.now().isoformat(),
        "rows": {"accounts": 1, "biometric_consents": 1, "credentials": 2},
    }
    for name in (jane.id, "jane"):
        assert name not in kept.proof
        assert name.encode() not in urlsafe_b64decode(kept.proof.split(".")[1] + "==")


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # by RFC 9864; libraries know it still
def test_others_can_check_it_with_the_public_key_alone(
    store: Store, eraser: Eraser, jane: Account
) -> None:
    proof = eraser.now(jane.id)
    key = OKPKey.import_key(Signer(store.vault).public)
    checked = jws.deserialize_compact(proof, key, algorithms=["EdDSA"])
    assert checked.protected["typ"] == PROOF
    assert json.loads(checked.payload)["sub"] == pseudonym(store.vault, jane.id)
    header, payload, signature = proof.split(".")
    forged = f"{header}.{payload[:-4]}AAAA.{signature}"
    assert Seals(Signer(store.vault).public).open(forged, PROOF) is None
    assert Seals(Signer(store.vault).public).open(proof, "JWT") is None


def test_the_last_message_carries_the_proof(
    store: Store, eraser: Eraser, jane: Account, clock: FakeClock
) -> None:
    proof = eraser.now(jane.id)
    [message] = messages(store, clock)
    assert message["to"] == "jane@example.org"
    assert message["subject"] == "Your account is deleted"
    assert proof in message["text"]
    assert "The House" in message["text"]


def test_after_a_crash_the_last_message_still_finds_its_way(
    store: Store, eraser: Eraser, jane: Account, clock: FakeClock
) -> None:
    """Addresses that only the person's key opens are gone with it; they were noted before."""
    with store.write() as tx:
        tx.erasures.plan(jane.id, clock.now())
        assert tx.erasures.begin(jane.id)
        reach = {"language": "", "addresses": [("email", "shown@example.org")]}
        tx.erasures.keep_reach(jane.id, reach)
    store.keystore.erase(jane.id)
    assert eraser.due() == 1
    assert [message["to"] for message in messages(store, clock)] == ["shown@example.org"]


def test_a_message_to_a_phone_has_the_number_alone(
    store: Store, eraser: Eraser, jane: Account, clock: FakeClock
) -> None:
    with store.write() as tx:
        tx.erasures.plan(jane.id, clock.now())
        tx.erasures.keep_reach(jane.id, {"language": "", "addresses": [("phone", "+4911")]})
    proof = eraser.finish(jane.id)
    [message] = messages(store, clock)
    assert proof not in message["text"]
    assert pseudonym(store.vault, jane.id) in message["text"]
    assert len(message["text"]) < 200


def test_whoever_thinks_better_of_it_leaves_no_trace_of_an_erasure(
    store: Store, jane: Account, clock: FakeClock
) -> None:
    with store.write() as tx:
        tx.erasures.plan(jane.id, clock.now() + MINUTE)
        assert tx.erasures.call_off(jane.id)
        assert tx.erasures.recorded() == []
    clock.advance(timedelta(days=30))
    with store.write() as tx:
        tx.erasures.plan(jane.id, clock.now() + MINUTE)
        assert tx.erasures.proof(pseudonym(store.vault, jane.id)) is None


def test_the_number_is_all_that_others_hear(
    store: Store, eraser: Eraser, jane: Account, clock: FakeClock
) -> None:
    eraser.now(jane.id)
    with store.write() as tx:
        rows = [row.payload for row in tx.outbox.claim(clock.now(), MINUTE, EVENT)]
    [event] = [row for row in rows if row["type"] == "account.erased"]
    assert event["account_id"] == pseudonym(store.vault, jane.id)
    assert jane.id not in json.dumps(event)


def test_somebody_who_is_gone_is_erased_once(
    store: Store, eraser: Eraser, jane: Account, clock: FakeClock
) -> None:
    assert eraser.now(jane.id)
    assert eraser.now(jane.id) == ""
    assert len(messages(store, clock)) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_that_is_put_back_cannot_read_an_erased_person(
    store: Store, eraser: Eraser, jane: Account, clock: FakeClock, tmp_path: Path, keys: Keys
) -> None:
    """The file of yesterday, beside the keystore of today."""
    store.database.truncate_log()
    yesterday = copy(tmp_path / "gatehouse.db", tmp_path / "yesterday.db")
    eraser.now(jane.id)
    restored = Store(
        database_url=f"sqlite:///{yesterday}",
        keystore_url=f"sqlite:///{tmp_path}/keystore.db",
        keys=keys,
        clock=clock,
    )
    with restored.read() as tx:
        assert tx.accounts.get(jane.id) == jane
        with pytest.raises(Tampered):
            tx.credentials.enrolled(jane.id, "totp")
    settings = Settings(env="test", data=tmp_path)
    assert Eraser(restored, clock, settings).replay() == 1
    with restored.read() as tx:
        assert tx.accounts.get(jane.id) is None
        assert tx.erasures.proof(pseudonym(restored.vault, jane.id))
    assert messages(restored, clock) == [], "they were told the first time"
    restored.close()
