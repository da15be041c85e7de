"""Older key-encryption keys can go once nothing is sealed with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

from contracts.errors import Misconfigured
from contracts.factor import Template
from store import Store, models
from store.cipher import Vault
from store.keys import SigningKey
from store.keys_file import Keys, add_key, drop_key, load_or_create, use_key
from store.outbox import MESSAGE
from store.rewrapping import KEYSTORE, MAIN, Rewrapping
from tests.fakes.clock import FakeClock

BY_SUBJECT = {"credentials.template", "voice_calls.state", "audit.personal", "audit.acted"}
"""Sealed under the subject's own key, which is wrapped anew."""
PLAIN = {"brandings.logo"}


@contextmanager
def opened(urls: tuple[str, str], keys: Keys, clock: FakeClock) -> Iterator[Store]:
    store = Store(database_url=urls[0], keystore_url=urls[1], keys=keys, clock=clock)
    yield store
    store.close()


def nothing(label: str, done: int, total: int) -> None:
    """Show no progress."""


def test_every_sealed_column_is_known() -> None:
    tables = [*models.metadata.sorted_tables, *models.keystore_metadata.sorted_tables]
    columns = {
        f"{table.name}.{column.name}"
        for table in tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    known = {f"{each.table.name}.{each.column.name}" for each in (*MAIN, *KEYSTORE)}
    assert columns == known | BY_SUBJECT | PLAIN


def test_all_is_read_without_the_older_key(
    empty_urls: tuple[str, str], keys: Keys, clock: FakeClock
) -> None:
    template = Template(b"secret", "test-1")
    with opened(empty_urls, keys, clock) as store:
        store.migrate()
        with store.write() as tx:
            ada = tx.accounts.add("ada")
            tx.credentials.add(ada.id, "test", template)
            message = tx.outbox.put(MESSAGE, {"to": "ada@example.org"}, timedelta(hours=1))
            key = SigningKey("kid", "ES256", {"kid": "kid"}, b"{}", clock.now(), None)
            tx.keys.add(key)
    both = replace(keys, kek={**keys.kek, 2: bytes(32)}, current=2)
    with opened(empty_urls, both, clock) as store:
        store.migrate()
        assert Rewrapping(store).left() >= 3
        done = Rewrapping(store).run(nothing)
        assert done.rewrapped >= 3
        assert done.unreadable == 0
        assert Rewrapping(store).run(nothing).rewrapped == 0
    alone = Keys({2: bytes(32)}, 2, keys.pepper)
    with opened(empty_urls, alone, clock) as store:
        store.check()
        with store.write() as tx:
            [held] = tx.credentials.enrolled(ada.id, "test")
            assert held.template == template.data
            [row] = tx.outbox.claim(clock.now(), timedelta(minutes=1), MESSAGE)
            assert (row.id, row.payload) == (message, {"to": "ada@example.org"})
            assert [each.private for each in tx.keys.list()] == [b"{}"]


def test_the_older_key_is_needed_until_all_was_sealed_anew(
    empty_urls: tuple[str, str], keys: Keys, clock: FakeClock
) -> None:
    both = replace(keys, kek={**keys.kek, 2: bytes(32)}, current=2)
    for held in (keys, both):
        with opened(empty_urls, held, clock) as store:
            store.migrate()
    alone = Keys({2: bytes(32)}, 2, keys.pepper)
    with opened(empty_urls, alone, clock) as store, pytest.raises(Misconfigured):
        store.check()


def test_a_run_that_was_stopped_goes_on(
    empty_urls: tuple[str, str], keys: Keys, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(empty_urls, keys, clock) as store:
        store.migrate()
        with store.write() as tx:
            for each in range(5):
                tx.outbox.put(MESSAGE, {"n": str(each)}, timedelta(hours=1))
    both = replace(keys, kek={**keys.kek, 2: bytes(32)}, current=2)
    monkeypatch.setattr("store.rewrapping.BATCH", 2)
    with opened(empty_urls, both, clock) as store:
        store.migrate()
        before = Rewrapping(store).left()

        def stop(label: str, done: int, total: int) -> None:
            if label == "outbox" and done == 4:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            Rewrapping(store).run(stop)
        assert 0 < Rewrapping(store).left() < before
        Rewrapping(store).run(nothing)
        assert Rewrapping(store).left() == 0


def test_the_key_file_gets_a_key_uses_it_and_loses_the_old(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    first = load_or_create(path, create=True)
    assert add_key(path) == 2
    with_two = load_or_create(path, create=False)
    assert (with_two.current, set(with_two.kek)) == (1, {1, 2})
    sealed = Vault(first).seal("here", b"data")
    with pytest.raises(Misconfigured):
        drop_key(path, 1)
    with pytest.raises(Misconfigured):
        use_key(path, 7)
    use_key(path, 2)
    vault = Vault(load_or_create(path, create=False))
    assert vault.unseal("here", vault.reseal("here", sealed)) == b"data"
    drop_key(path, 1)
    assert set(json.loads(path.read_text())["keys"]) == {"2"}
    assert load_or_create(path, create=False).pepper == first.pepper
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]
