"""Whoever guesses waits longer and longer; whoever is hammered gets in all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import httpx
import pytest
from flask import Flask
from werkzeug.serving import make_server

from gateway.limits import strain, words
from store.audit import Record
from tests.fakes.authenticator import Authenticator
from tests.fakes.solver import solve
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.gateway.passkeys.test_passkey_walks import GET, add, asked, begin
from tests.serving import answering
from tests.waiting import PATIENCE
from tests.walks.person import Person

WRONG = "not my password"
ATTACKER = "203.0.113.9"


@pytest.fixture
def database() -> str:
    """Counting is tried on every store elsewhere."""
    return "sqlite"


def guesser(house: House, address: str = ATTACKER) -> Person:
    person = house.person()
    person.client.environ_base["REMOTE_ADDR"] = address
    person.go("/account")
    return person


def guess(person: Person, username: str, password: str = WRONG) -> tuple[int, str]:
    """Try once; return the status and how long to wait."""
    page = person.log_in(username, password)
    return page.status_code, page.headers.get("Retry-After", "")


def reached(house: House) -> list[Record]:
    with house.store.read() as tx:
        return [record for record in tx.audit.list(500) if record.event == "limit.reached"]


def test_waits_grow_and_are_told_and_are_the_same_for_names_that_nobody_has(build: Build) -> None:
    house = build(failures_per_login=1000, failures_per_source=10_000)
    house.enrolled("alice", password=PASSWORD)
    met: dict[str, list[tuple[int, str]]] = {"Alice": [], "Nobody": []}
    sizes: dict[str, list[int]] = {"Alice": [], "Nobody": []}
    people = {name: guesser(house) for name in met}
    for _ in range(14):
        for name, person in people.items():
            met[name].append(guess(person, name))
            sizes[name].append(len(re.sub(name, "", person.page.text)))
        house.clock.advance(timedelta(seconds=int(met["Alice"][-1][1] or 0)))
    assert met["Alice"] == met["Nobody"]
    assert sizes["Alice"] == sizes["Nobody"]
    waits = [int(wait) for _, wait in met["Alice"] if wait]
    assert waits == [1, 2, 4, 8, 16, 32]


def test_a_name_is_counted_however_it_is_written(build: Build) -> None:
    house = build(failures_per_login=1000)
    house.enrolled("alice", password=PASSWORD)
    for names in (["ALICE", "alice", "Alice", "aLICE"], ["NOBODY", "nobody", "Nobody", "nobodY"]):
        person = guesser(house)
        assert [guess(person, name)[0] for name in names] == [401, 401, 401, 429]


def test_the_right_password_waits_too_and_is_not_spent(build: Build) -> None:
    house = build(failures_per_login=1000)
    house.enrolled("alice", password=PASSWORD)
    person = guesser(house)
    for _ in range(3):
        guess(person, "alice")
    assert guess(person, "alice", PASSWORD) == (429, "1")
    assert "Wait a second and try again." in person.words
    house.clock.advance(timedelta(seconds=1))
    person.log_in("alice", PASSWORD)
    assert person.path == "/account"


def test_who_logs_in_meanwhile_gives_a_stranger_no_more_tries_and_no_sign(build: Build) -> None:
    house = build(failures_per_login=1000)
    house.enrolled("alice", password=PASSWORD)
    stranger = guesser(house)
    for _ in range(4):
        guess(stranger, "alice")
    house.clock.advance(timedelta(seconds=1))
    alice = house.person()
    alice.go("/account")
    alice.log_in("alice", PASSWORD)
    assert alice.path == "/account"
    assert guess(stranger, "alice")[0] == 401
    assert guess(stranger, "alice") == (429, "2")


def test_who_is_logged_in_proves_the_password_anew_while_their_name_is_hammered(
    build: Build,
) -> None:
    house = build(failures_per_login=1000)
    house.enrolled("alice", password=PASSWORD)
    alice, bot = house.person(), house.chatbot("bot", acr="aal1")
    alice.authorize(bot)
    alice.log_in("alice", PASSWORD)
    house.clock.advance(timedelta(seconds=2))
    stranger = guesser(house)
    while guess(stranger, "alice")[0] != 429:
        pass
    alice.authorize(bot, prompt="login")
    alice.log_in("alice", PASSWORD)
    assert alice.arrived["code"]


def test_a_network_that_was_wrong_too_often_is_refused_and_others_are_not(build: Build) -> None:
    house = build(failures_per_source=4)
    house.enrolled("alice", password=PASSWORD)
    with house.store.write() as tx:
        for _ in range(4):
            strain.blame(tx, ATTACKER, first=False, bounds=strain.Bounds(4, 1, 1, 1))
    person = guesser(house)
    form = person.form(action="/login/")
    solved = {"solution": solve(form.fields["work"], 20)}
    person.fill(form, username="alice", password=PASSWORD, **solved)
    assert person.page.status_code == 429
    assert "Wait 60 minutes" in person.words
    assert [record.detail["limit"] for record in reached(house)] == ["source"]
    other = guesser(house, "198.51.100.7")
    other.log_in("alice", PASSWORD)
    assert other.path == "/account"


def test_a_limit_that_is_reached_is_noted_once_and_without_the_name(build: Build) -> None:
    house = build(failures_per_login=1000, failures_per_hour=4)
    alice = house.enrolled("alice", password=PASSWORD)
    for name in ("alice", "my secret, typed into the wrong field"):
        person = guesser(house)
        for _ in range(9):
            guess(person, name)
            house.clock.advance(timedelta(seconds=1))
    noted = [(record.account_id, record.source, record.detail) for record in reached(house)]
    detail = {"limit": "account", "factor": "password", "most": 4}
    assert noted == [(None, ATTACKER, detail), (alice, ATTACKER, detail)]


@contextmanager
def hammering(house: House, username: str) -> Iterator[list[int]]:
    """Guess the password of a name over HTTP, from two connections, without a pause."""
    stop, seen = Event(), list[int]()

    def loop() -> None:
        issuer = house.settings.issuer
        with httpx.Client(base_url=issuer, timeout=PATIENCE, trust_env=False) as client:
            while not stop.is_set():
                page = client.get("/account", follow_redirects=True)
                found = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
                assert found
                form = {"csrf": found[1], "username": username, "password": WRONG}
                for _ in range(5):
                    seen.append(client.post(page.url.path, data=form).status_code)

    attackers = [Thread(target=loop) for _ in range(2)]
    for attacker in attackers:
        attacker.start()
    try:
        while len(seen) < 30:
            stop.wait(0.01)
        yield seen
    finally:
        stop.set()
        for attacker in attackers:
            attacker.join()


@pytest.mark.parametrize("address", ["198.51.100.7", "127.0.0.1"], ids=["elsewhere", "next door"])
def test_who_is_hammered_logs_in_with_a_passkey(build: Build, address: str) -> None:
    """A12: from elsewhere, and from behind the very address of the attacker."""
    with answering(make_server("127.0.0.1", 0, Flask("not yet"), threaded=True)) as server:
        house = build(issuer=f"http://localhost:{server.port}", failures_per_source=50)
        server.app = house.app
        house.enrolled("alice", password=PASSWORD, totp=SEED)
        owner, device = house.person(), Authenticator(house.settings.issuer)
        owner.go("/account")
        owner.log_in("alice", PASSWORD)
        owner.fill(owner.form(action="/enroll/webauthn"))
        owner.choose("Authenticator app")
        owner.answer(code=house.totp())
        add(owner, device)
        with hammering(house, "alice") as seen:
            victim = house.person()
            victim.client.environ_base["REMOTE_ADDR"] = address
            options = begin(victim)
            assert asked(victim, GET)
            victim.answer(credential=device.get(options))
            assert victim.path == "/account"
    assert set(seen) <= {401, 410, 429}
    assert seen.count(429) > seen.count(401)
    with house.store.read() as tx:
        account = tx.accounts.find("alice")
        assert account
        assert not any(held.disabled_at for held in tx.credentials.list(account.id))


def test_waits_are_told_in_words() -> None:
    told = [str(words.wait(seconds)) for seconds in (1, 59, 60, 61, 3600)]
    assert [text.partition(". ")[2] for text in told] == [
        "Wait a second and try again.",
        "Wait 59 seconds and try again.",
        "Wait a minute and try again.",
        "Wait 2 minutes and try again.",
        "Wait 60 minutes and try again.",
    ]
