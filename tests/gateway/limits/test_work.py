"""Work in place of a captcha: asked for where it is needed, bound, done, and spent once."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest

from gateway.limits import puzzles, strain
from gateway.limits.demand import PATIENCE, Demand, Puzzle
from gateway.limits.strain import Bounds, Strain
from store import Store
from tests.fakes.clock import FakeClock
from tests.fakes.race import race
from tests.fakes.solver import solve
from tests.gateway.conftest import PASSWORD, Build, House
from tests.walks.person import Person

BOUNDS = Bounds(wrong=100, names=20, names_everywhere=500, hashings=300)
HERE, THERE = "203.0.113.9", "198.51.100.7"


@pytest.fixture
def database() -> str:
    """Counting is tried on every store elsewhere."""
    return "sqlite"


@pytest.fixture
def demand(store: Store, clock: FakeClock) -> Demand:
    """Asks of the network that is strained, and of no other."""
    with store.write() as tx:
        for _ in range(BOUNDS.names):
            strain.blame(tx, HERE, first=True, bounds=BOUNDS)
    return Demand(store, clock, BOUNDS)


def asked(demand: Demand, source: str = HERE, browser: str = "browser") -> Puzzle:
    puzzle = demand.asked(source, browser)
    assert puzzle
    return puzzle


def done(puzzle: Puzzle) -> dict[str, str]:
    return {"work": puzzle.challenge, "solution": solve(puzzle.challenge, puzzle.bits)}


def test_nothing_is_asked_where_nothing_is_strained(demand: Demand) -> None:
    assert demand.asked(THERE, "browser") is None
    assert demand.unpaid(THERE, "browser", {}) is None


def test_work_that_is_done_is_paid_once(demand: Demand) -> None:
    paid = done(asked(demand))
    assert demand.unpaid(HERE, "browser", paid) is None
    again = demand.unpaid(HERE, "browser", paid)
    assert again
    assert again.error
    assert again.challenge != paid["work"]


def test_work_is_paid_once_by_many_at_once(demand: Demand) -> None:
    paid = done(asked(demand))
    assert race(lambda: demand.unpaid(HERE, "browser", paid), 8).count(None) == 1


@pytest.mark.parametrize(
    ("source", "browser"), [(HERE, "another browser"), (THERE, "browser")], ids=["who", "where"]
)
def test_work_of_somebody_else_does_not_count(
    store: Store, clock: FakeClock, source: str, browser: str
) -> None:
    strained = Demand(store, clock, Bounds(100, 100, 100, 100))
    with store.write() as tx:
        for _ in range(100):
            strain.hashed(tx, BOUNDS)
    paid = done(asked(strained))
    assert strained.unpaid(source, browser, paid)
    assert strained.unpaid(HERE, "browser", paid) is None


def test_old_work_does_not_count(demand: Demand, clock: FakeClock) -> None:
    paid = done(asked(demand))
    clock.advance(puzzles.LIFETIME + timedelta(seconds=1))
    assert demand.unpaid(HERE, "browser", paid)


@pytest.mark.parametrize(
    "solution", ["", "0", "-1", "1e9", "9" * 17, "\uff11\uff12", "0x10", " 1", "1\n", "abc"]
)
def test_a_solution_that_is_none_is_refused(demand: Demand, solution: str) -> None:
    form = {"work": asked(demand).challenge, "solution": solution}
    assert demand.unpaid(HERE, "browser", form)


def test_a_challenge_cannot_be_made_easier(demand: Demand) -> None:
    issued, bits, nonce, mac = asked(demand).challenge.split(".")
    assert bits == "16"
    for forged in (
        f"{issued}.0.{nonce}.{mac}",
        f"{issued}.16.{nonce}.{'0' * 64}",
        f"{int(issued) - 60}.16.{nonce}.{mac}",
        "9" * 12 + f".16.{nonce}.{mac}",
        f"{issued}.16.{nonce}",
        "....",
        "",
    ):
        assert demand.unpaid(HERE, "browser", {"work": forged, "solution": "0"})


def test_who_runs_no_scripts_waits_and_waits_longer_each_time(
    demand: Demand, clock: FakeClock
) -> None:
    waited = 0
    for _ in range(10):
        form = {"work": asked(demand).challenge, "solution": ""}
        assert demand.unpaid(HERE, "browser", form)
        clock.advance(PATIENCE)
        waited += demand.unpaid(HERE, "browser", form) is None
    assert waited == 9, "the ninth waits for longer than its turn"


def test_one_wait_does_not_pay_for_many_forms(demand: Demand, clock: FakeClock) -> None:
    forms = [{"work": asked(demand).challenge, "solution": ""} for _ in range(9)]
    clock.advance(PATIENCE)
    assert [demand.unpaid(HERE, "browser", form) for form in forms].count(None) == 3


@pytest.mark.parametrize(
    ("counted", "load"),
    [
        (Strain(), 0),
        (Strain(wrong=20), 1),
        (Strain(names=20), 1),
        (Strain(names_everywhere=500), 1),
        (Strain(hashings=300), 1),
        (Strain(wrong=19, names=19, names_everywhere=499, hashings=299), 0.998),
        (Strain(hashings=1200, names=40), 4),
    ],
)
def test_the_load(counted: Strain, load: float) -> None:
    assert counted.load(BOUNDS) == pytest.approx(load, abs=0.001)


@pytest.mark.parametrize(
    ("load", "bits"), [(1, 16), (1.9, 16), (2, 17), (4, 18), (8, 19), (16, 20), (1e6, 20)]
)
def test_the_harder_the_more_is_asked(load: float, bits: int) -> None:
    assert puzzles.difficulty(load) == bits


def test_a_solution_has_its_zeros(demand: Demand) -> None:
    puzzle = asked(demand)
    seed = puzzle.challenge.rpartition(".")[2][:32]
    found = sha256(f"{seed}:{solve(puzzle.challenge, puzzle.bits)}".encode()).digest()
    assert found[:2] == b"\0\0"


@pytest.fixture
def busy(build: Build) -> House:
    """A house that hashes two passwords a minute before it asks for work."""
    house = build(hashings_per_minute=2)
    house.enrolled("alice", password=PASSWORD)
    for _ in range(2):
        person = house.person()
        person.go("/account")
        person.log_in("alice", PASSWORD)
        assert person.path == "/account"
    return house


def at_the_door(house: House) -> Person:
    person = house.person()
    person.go("/account")
    return person


def test_a_busy_house_asks_for_work_and_refuses_nobody(busy: House) -> None:
    person = at_the_door(busy)
    form = person.form(action="/login/")
    assert person.log_in("alice", PASSWORD).status_code == 429
    assert person.page.headers["Retry-After"] == "20"
    assert "Please send it once more." in person.words
    assert 'value="alice"' in person.page.text
    again = person.form(action="/login/")
    assert again.fields["work"] != form.fields["work"]
    work = {"solution": solve(again.fields["work"], 16)}
    person.fill(again, username="alice", password=PASSWORD, **work)
    assert person.path == "/account"


def test_what_was_not_paid_is_neither_hashed_nor_counted(busy: House) -> None:
    person = at_the_door(busy)
    for _ in range(8):
        assert person.log_in("alice", "not my password").status_code == 429
    with busy.store.read() as tx:
        assert not [each for each in tx.audit.list(50) if each.event == "factor.rejected"]
        assert list(tx.limits.hits(["factor:password:name:alice", strain.HASHINGS])) == [0, 2]


def test_the_budget_comes_back_with_the_next_minute(busy: House) -> None:
    person = at_the_door(busy)
    busy.clock.advance(timedelta(minutes=1))
    person.log_in("alice", PASSWORD)
    assert person.path == "/account"


def test_without_scripts_one_waits_in_the_place_of_work(busy: House) -> None:
    person = at_the_door(busy)
    assert "Please wait 20 seconds" in person.words
    busy.clock.advance(timedelta(seconds=20))
    person.log_in("alice", PASSWORD)
    assert person.path == "/account"


def test_a_strained_house_is_noted_once(busy: House) -> None:
    for _ in range(3):
        form = at_the_door(busy).form(action="/login/")
        assert form
    with busy.store.read() as tx:
        noted = [each.detail for each in tx.audit.list(50) if each.event == "limit.reached"]
    assert noted == [{"limit": "hashings", "most": 2}]


@pytest.mark.parametrize(
    ("path", "values", "settings"),
    [
        ("/register", {"address": "new@example.org"}, {"signups_per_hour": 5}),
        ("/recover", {"username": "alice"}, {"recoveries_per_hour": 5}),
    ],
)
def test_other_forms_that_anyone_may_send_ask_for_work_too(
    build: Build, path: str, values: dict[str, str], settings: dict[str, int]
) -> None:
    house = build(registration="open", **settings)
    for wanted in (200, 429):
        person = house.person()
        person.go(path)
        assert ("work.js" in person.page.text) is (wanted == 429)
        assert person.fill(person.form(action=path), **values).status_code == wanted
    again = person.form(action=path)
    solved = {"solution": solve(again.fields["work"], 16)}
    assert person.fill(again, **values, **solved).status_code == 200
    assert person.path != path or "Step 2" in person.words
