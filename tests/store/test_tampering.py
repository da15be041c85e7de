"""A row that was changed behind our back is never believed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contracts.errors import Expired, Tampered
from contracts.factor import Template
from store import Account, Ceremony, Purpose, Store
from store.keys import SigningKey
from store.models import ceremonies, credentials, outbox, signing_keys, subject_keys
from tests.fakes.clock import FakeClock

MINUTE = timedelta(minutes=1)


def enrol(store: Store, account: Account, factor: str = "voice", data: bytes = b"template") -> str:
    with store.write() as tx:
        return tx.credentials.add(account.id, factor, Template(data, f"{factor}/1"))


def read(store: Store, account: Account, factor: str = "voice") -> bytes:
    with store.read() as tx:
        (enrolled,) = tx.credentials.enrolled(account.id, factor)
    return enrolled.template


def row_of(store: Store, credential: str) -> dict[str, Any]:
    with store.database.read() as connection:
        query = select(credentials).where(credentials.c.id == credential)
        return dict(connection.execute(query).one()._mapping)


def change(store: Store, credential: str, **values: object) -> None:
    with store.database.write() as connection:
        connection.execute(
            credentials.update().where(credentials.c.id == credential).values(**values)
        )


def test_swapped_templates(store: Store, jane: Account) -> None:
    with store.write() as tx:
        joe = tx.accounts.add("joe")
    hers, his = enrol(store, jane), enrol(store, joe)
    change(store, his, template=row_of(store, hers)["template"])
    with pytest.raises(Tampered):
        read(store, joe)


def test_swapped_templates_of_one_account(store: Store, jane: Account) -> None:
    voice, face = enrol(store, jane), enrol(store, jane, "face")
    change(store, face, template=row_of(store, voice)["template"])
    with pytest.raises(Tampered):
        read(store, jane, "face")


@pytest.mark.parametrize(
    "values", [{"factor": "face"}, {"format": "voice/2"}, {"version": 2}, {"id": "b" * 32}]
)
def test_a_row_that_moved(store: Store, jane: Account, values: dict[str, object]) -> None:
    change(store, enrol(store, jane), **values)
    with pytest.raises(Tampered):
        read(store, jane, str(values.get("factor", "voice")))


def test_a_row_given_to_another_account(store: Store, jane: Account) -> None:
    with store.write() as tx:
        joe = tx.accounts.add("joe")
    enrol(store, joe, "face")
    change(store, enrol(store, jane), account_id=joe.id)
    with pytest.raises(Tampered):
        read(store, joe)


@pytest.mark.parametrize("position", [0, 12, -1])
def test_a_flipped_bit(store: Store, jane: Account, position: int) -> None:
    credential = enrol(store, jane)
    template = bytearray(row_of(store, credential)["template"])
    template[position] ^= 1
    change(store, credential, template=bytes(template))
    with pytest.raises(Tampered):
        read(store, jane)


@pytest.mark.parametrize("length", [0, 11, 12, 27])
def test_a_cut_template(store: Store, jane: Account, length: int) -> None:
    credential = enrol(store, jane)
    change(store, credential, template=row_of(store, credential)["template"][:length])
    with pytest.raises(Tampered):
        read(store, jane)


def test_a_row_rolled_back(store: Store, jane: Account) -> None:
    """A TOTP step that was spent comes back with a restored row."""
    credential = enrol(store, jane, "totp", b"step 1")
    before = row_of(store, credential)
    with store.write() as tx:
        (enrolled,) = tx.credentials.enrolled(jane.id, "totp")
        assert tx.credentials.replace_template(enrolled, jane.id, "totp", b"step 2")
    change(store, credential, template=before["template"], version=before["version"])
    with pytest.raises(Tampered, match="rolled back"):
        read(store, jane, "totp")


def test_a_removed_row_brought_back(store: Store, jane: Account) -> None:
    before = row_of(store, enrol(store, jane))
    with store.write() as tx:
        assert tx.credentials.remove(before["id"], jane.id)
    with store.database.write() as connection:
        connection.execute(credentials.insert().values(before))
    with pytest.raises(Tampered, match="rolled back"):
        read(store, jane)


def test_a_template_written_before_its_version_was_noted(store: Store, jane: Account) -> None:
    """A crash between the two databases must not lock the person out."""
    enrol(store, jane)
    with pytest.raises(KeyboardInterrupt):
        crash_after_commit(store, jane)
    assert read(store, jane) == b"newer"


def crash_after_commit(store: Store, jane: Account) -> None:
    with store.write() as tx:
        (enrolled,) = tx.credentials.enrolled(jane.id, "voice")
        tx.credentials.replace_template(enrolled, jane.id, "voice", b"newer")
        tx.credentials._work.after.insert(0, interrupt)


def interrupt() -> None:
    raise KeyboardInterrupt


def test_a_template_replaced_after_the_read_began(store: Store, jane: Account) -> None:
    """A reader that stands at an older state must not take the newer version for a rollback."""
    enrol(store, jane)
    with store.read() as tx:
        assert tx.accounts.get(jane.id) == jane
        replace(store, jane)
        (enrolled,) = tx.credentials.enrolled(jane.id, "voice")
    assert enrolled.template == b"newer"


def replace(store: Store, jane: Account) -> None:
    with store.write() as tx:
        (enrolled,) = tx.credentials.enrolled(jane.id, "voice")
        assert tx.credentials.replace_template(enrolled, jane.id, "voice", b"newer")


def test_a_rollback_leaves_the_counter_alone(store: Store, jane: Account) -> None:
    enrol(store, jane)
    with pytest.raises(ValueError, match="refused"):
        replace_and_raise(store, jane)
    assert read(store, jane) == b"template"


def replace_and_raise(store: Store, jane: Account) -> None:
    with store.write() as tx:
        (enrolled,) = tx.credentials.enrolled(jane.id, "voice")
        tx.credentials.replace_template(enrolled, jane.id, "voice", b"never")
        raise ValueError("refused")


def test_an_erased_subject(store: Store, jane: Account) -> None:
    enrol(store, jane)
    store.keystore.erase(jane.id)
    with pytest.raises(Tampered, match="erased"):
        read(store, jane)
    with pytest.raises(Expired):
        enrol(store, jane, "face")


def test_another_subjects_key(store: Store, jane: Account) -> None:
    enrol(store, jane)
    store.keystore.subject_key("joe")
    wrapped = select(subject_keys.c.wrapped).where(subject_keys.c.subject_id == "joe")
    with store.keystore.database.write() as connection:
        stolen = connection.execute(wrapped).scalar_one()
        hers = subject_keys.c.subject_id == jane.id
        connection.execute(subject_keys.update().where(hers).values(wrapped=stolen))
    with pytest.raises(Tampered):
        read(store, jane)


def test_swapped_secrets_of_ceremonies(store: Store) -> None:
    ceremony = Ceremony(None, "owner", "otp", Purpose.VERIFY, None, b"123456", 1, 1)
    with store.write() as tx:
        tx.ceremonies.put(ceremony, MINUTE)
    with store.database.read() as connection:
        stolen = connection.execute(select(ceremonies.c.secret)).scalar_one()
    with store.write() as tx:
        handle = tx.ceremonies.put(ceremony, MINUTE)
    with store.database.write() as connection:
        connection.execute(ceremonies.update().values(secret=stolen))
    with pytest.raises(Tampered), store.write() as tx:
        tx.ceremonies.take(handle, "owner")


def test_a_changed_message(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        tx.outbox.put("mail", {"to": "jane@example.org"}, MINUTE)
    with store.database.write() as connection:
        connection.execute(outbox.update().values(payload=b"\0\1" + bytes(60)))
    with pytest.raises(Tampered), store.write() as tx:
        tx.outbox.claim(clock.now(), MINUTE)


def test_a_signing_key_under_another_name(store: Store, clock: FakeClock) -> None:
    key = SigningKey("one", "ES256", {"kty": "EC"}, b"{}", clock.now())
    with store.write() as tx:
        tx.keys.add(key)
    with store.database.write() as connection:
        connection.execute(signing_keys.update().values(kid="two"))
    with pytest.raises(Tampered), store.read() as tx:
        tx.keys.list()
