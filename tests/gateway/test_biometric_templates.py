"""Templates are protected anew without their owners; a login meanwhile wins."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from contracts.errors import Conflict, Expired, Tampered
from contracts.factor import Enrolled, Factor, Template
from enrollment.protecting import keep
from gateway.biometric_templates import Templates, Work
from store import Account, Store
from store.keys_file import Keys
from store.models import credentials
from store.rewrapping import Rewrapping
from tests.fakes.clock import FakeClock
from tests.verifiers.people import ENGINE
from verifiers import voice
from verifiers.voice.matcher import cosine
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import Seen, Voiceprint
from verifiers.voice.utterance import Utterance
from verifiers.voice.vectors import cosine as angle
from verifiers.voice.vectors import pack, unpack

MEAN = pack([1.0, 2.0, *[0.5] * (ENGINE.dimension - 2)])
PROBE = pack([1.0, 1.0, *[0.0] * (ENGINE.dimension - 2)])


class Deaf:
    """Nobody speaks."""

    def listen(self, recording: bytes) -> Utterance:
        raise AssertionError("nobody speaks")

    def alone(self, recording: bytes) -> None:
        raise AssertionError("nobody speaks")

    def words(self, recording: bytes, language: str) -> tuple[str, ...]:
        raise AssertionError("nobody speaks")


@pytest.fixture
def factor(clock: FakeClock) -> Factor:
    return voice.assemble(Deaf(), VoiceSettings.load(), clock)


@pytest.fixture
def templates(store: Store, factor: Factor) -> Templates:
    return Templates(store, {"voice": factor})


def nothing(label: str, done: int, total: int) -> None:
    """Show no progress."""


def enrol(store: Store, factor: Factor, name: str, *, layout: str = ENGINE.format) -> Account:
    """Store a voiceprint that was adapted once."""
    bare = Voiceprint(b"", MEAN, "wide", 3, adapted=PROBE)
    with store.write() as tx:
        account = tx.accounts.add(name)
        keep(tx, account.id, factor, Template(bare.dump(), layout, "Voiceprint"))
    return account


def read(store: Store, account: Account) -> Enrolled:
    with store.read() as tx:
        [enrolled] = tx.credentials.enrolled(account.id, "voice")
    return enrolled


def test_what_is_stored_is_protected(store: Store, factor: Factor) -> None:
    kept = read(store, enrol(store, factor, "ada"))
    voiceprint = Voiceprint.load(kept.template)
    assert voiceprint.salt
    assert abs(angle(unpack(voiceprint.mean), unpack(MEAN))) < 0.4
    assert cosine(PROBE, kept) == pytest.approx(1, abs=1e-6)


def test_each_person_each_factor_and_each_house_has_a_seed_of_its_own(
    store: Store, factor: Factor
) -> None:
    ada, bob = enrol(store, factor, "ada"), enrol(store, factor, "bob")
    seeds = {read(store, ada).seed, read(store, bob).seed}
    with store.write() as tx:
        seeds |= {tx.credentials.seed(ada.id, "face")}
        assert tx.credentials.seed(ada.id, "voice") in seeds
    assert len(seeds) == 3
    assert {len(seed) for seed in seeds} == {32}
    assert not any(repr(seed) in repr(read(store, ada)) for seed in seeds)


def test_one_is_reissued(store: Store, factor: Factor, templates: Templates) -> None:
    ada = enrol(store, factor, "ada")
    before = read(store, ada)
    assert templates.change(Work.REISSUE, ada.id, before.credential_id, "192.0.2.7")
    after = read(store, ada)
    old, new = Voiceprint.load(before.template), Voiceprint.load(after.template)
    assert old.salt != new.salt
    assert abs(angle(unpack(old.mean), unpack(new.mean))) < 0.4
    assert cosine(MEAN, after) == pytest.approx(cosine(MEAN, before), abs=1e-6)
    with store.read() as tx:
        [happened] = [each for each in tx.audit.list(9) if each.event == "template.reissued"]
    assert happened.detail == {"factor": "voice", "credential": before.credential_id}


def test_what_was_learnt_is_forgotten(store: Store, factor: Factor, templates: Templates) -> None:
    ada = enrol(store, factor, "ada")
    mine = read(store, ada).credential_id
    assert templates.change(Work.REVERT, ada.id, mine)
    assert Voiceprint.load(read(store, ada).template).adapted is None
    assert cosine(MEAN, read(store, ada)) == pytest.approx(1, abs=1e-6)
    assert not templates.change(Work.REVERT, ada.id, mine)


def test_nobody_changes_anothers(store: Store, factor: Factor, templates: Templates) -> None:
    ada, bob = enrol(store, factor, "ada"), enrol(store, factor, "bob")
    before = read(store, ada)
    assert not templates.change(Work.REISSUE, bob.id, before.credential_id)
    assert read(store, ada) == before


def test_all_are_reissued_and_whoever_stops_goes_on(
    store: Store, factor: Factor, templates: Templates
) -> None:
    people = [enrol(store, factor, f"person{n}") for n in range(5)]
    resting = enrol(store, factor, "old", layout="campplus-zh-en-192/1")
    before = {each.id: Voiceprint.load(read(store, each).template).salt for each in people}
    run = templates.change_all(Work.REISSUE, nothing)
    stopped = [next(run) for _ in range(3)][-1]
    *_, done = templates.change_all(Work.REISSUE, nothing, stopped.last)
    assert stopped.changed + done.changed == 5
    assert stopped.resting + done.resting == 1
    for each in people:
        assert Voiceprint.load(read(store, each).template).salt != before[each.id]
    assert read(store, resting).format == "campplus-zh-en-192/1"


def test_one_that_is_disabled_is_reissued_and_stays_disabled(
    store: Store, factor: Factor, templates: Templates
) -> None:
    """Whoever has its old numbers must not find it again by them."""
    ada = enrol(store, factor, "ada")
    mine = read(store, ada).credential_id
    with store.write() as tx:
        assert tx.credentials.failed(mine, 1)
    [before] = held(store, ada)
    *_, done = templates.change_all(Work.REISSUE, nothing)
    [after] = held(store, ada)
    assert done.changed == 1
    assert Voiceprint.load(before.template).salt != Voiceprint.load(after.template).salt
    assert cosine(MEAN, after) == pytest.approx(cosine(MEAN, before), abs=1e-6)
    with store.write() as tx:
        assert not tx.credentials.enrolled(ada.id, "voice")
        assert not tx.credentials.replace_template(after, ada.id, "voice", before.template)


def held(store: Store, account: Account) -> Sequence[Enrolled]:
    with store.read() as tx:
        return tx.credentials.enrolled(account.id, "voice", disabled=True)


def test_one_that_was_tampered_with_does_not_stop_the_others(
    store: Store, factor: Factor, templates: Templates
) -> None:
    ada = enrol(store, factor, "ada")
    enrol(store, factor, "bob")
    change(store, read(store, ada).credential_id, template=bytes(80))
    *_, done = templates.change_all(Work.REISSUE, nothing)
    assert (done.changed, done.unreadable) == (1, 1)


def test_a_login_meanwhile_wins(store: Store, factor: Factor, templates: Templates) -> None:
    """Whatever a login was told is written is still there after any number of reissues."""
    ada = enrol(store, factor, "ada")
    mine = read(store, ada).credential_id

    def log_in(number: int) -> int | None:
        enrolled = read(store, ada)
        voiceprint = Voiceprint.load(enrolled.template)
        seen = (*voiceprint.seen, Seen(bytes([number]), number))
        update = replace(voiceprint, seen=seen).dump()
        with store.write() as tx:
            written = tx.credentials.replace_template(enrolled, ada.id, "voice", update)
        return number if written else None

    def reissue(_: int) -> None:
        try:
            templates.change(Work.REISSUE, ada.id, mine)
        except Conflict:
            return

    with ThreadPoolExecutor(2) as threads:
        reissued = threads.submit(lambda: [reissue(n) for n in range(20)])
        written = {log_in(number) for number in range(20)} - {None}
        reissued.result()
    kept = Voiceprint.load(read(store, ada).template)
    assert written
    assert {each.day for each in kept.seen} == written
    assert cosine(PROBE, read(store, ada)) == pytest.approx(1, abs=1e-6)


def change(store: Store, credential: str, **values: object) -> None:
    with store.database.write() as connection:
        of = credentials.c.id == credential
        connection.execute(credentials.update().where(of).values(**values))


def test_the_row_before_a_reissue_is_not_taken_back(
    store: Store, factor: Factor, templates: Templates
) -> None:
    """The keystore knows that there was a newer one."""
    ada = enrol(store, factor, "ada")
    mine = read(store, ada).credential_id
    with store.database.read() as connection:
        row = connection.execute(select(credentials).where(credentials.c.id == mine)).one()
    templates.change(Work.REISSUE, ada.id, mine)
    change(store, mine, template=row.template, version=row.version)
    with pytest.raises(Tampered, match="rolled back"):
        read(store, ada)


def test_the_seed_goes_with_its_person(store: Store, factor: Factor) -> None:
    """Nothing brings a copy of the row to life again (checklist C04)."""
    ada = enrol(store, factor, "ada")
    store.keystore.erase(ada.id)
    with pytest.raises(Tampered, match="erased"):
        read(store, ada)
    with store.write() as tx, pytest.raises(Expired):
        tx.credentials.seed(ada.id, "voice")


def test_another_key_encryption_key_leaves_seeds_as_they_are(
    urls: tuple[str, str], keys: Keys, clock: FakeClock, factor: Factor
) -> None:
    def opened(held: Keys) -> Store:
        return Store(database_url=urls[0], keystore_url=urls[1], keys=held, clock=clock)

    store = opened(keys)
    ada = enrol(store, factor, "ada")
    before = read(store, ada)
    store.close()
    store = opened(replace(keys, kek={**keys.kek, 2: bytes(32)}, current=2))
    store.migrate()
    assert Rewrapping(store).run(nothing).unreadable == 0
    store.close()
    store = opened(Keys({2: bytes(32)}, 2, keys.pepper))
    assert read(store, ada) == before
    assert cosine(PROBE, read(store, ada)) == pytest.approx(1, abs=1e-6)
    store.close()


def test_nothing_reaches_the_store_but_through_its_protection() -> None:
    """Whoever adds a credential that a person enrolled lets it be protected first."""
    root = Path(__file__).parents[2]
    adding = {
        str(path.relative_to(root))
        for folder in ("gateway", "enrollment")
        for path in (root / folder).rglob("*.py")
        if "credentials.add(" in path.read_text("utf-8")
    }
    assert adding == {
        "enrollment/protecting.py",
        "gateway/people/person.py",  # passwords, seeds and addresses that an operator brings
        "gateway/registration/service.py",  # an address
    }


def test_it_is_told_how_far_it_came(store: Store, factor: Factor, templates: Templates) -> None:
    for name in ("ada", "bob"):
        enrol(store, factor, name)
    seen: list[tuple[int, int]] = []
    list(templates.change_all(Work.REISSUE, lambda _, done, total: seen.append((done, total))))
    assert seen == [(1, 2), (2, 2)]
