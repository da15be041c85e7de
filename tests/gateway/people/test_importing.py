"""Imports: what is wrong is skipped, what is right is whole, and hashes of others log people in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.errors import BadRequest
from gateway.people import importing
from gateway.people.importing import Importer, Skipped
from gateway.people.reading import Record, records
from tests.gateway.conftest import PASSWORD, SEED, Build, House

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/foreign_hashes.json").read_text())
KINDS = {vector["by"]: vector for vector in VECTORS}
ONE_DATABASE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def house(build: Build) -> House:
    return build()


def lines(*people: dict[str, Any]) -> list[Record]:
    return list(records(json.dumps(person) for person in people))


def imported(house: House, *people: dict[str, Any]) -> tuple[int, list[Skipped]]:
    outcomes = list(Importer(house.store, house.factors).each(lines(*people)))
    skipped = [skipped for outcome in outcomes for skipped in outcome.skipped]
    return sum(outcome.imported for outcome in outcomes), skipped


def held(house: House, username: str) -> list[str]:
    with house.store.read() as tx:
        account = tx.accounts.find(username)
        assert account
        return sorted(credential.factor for credential in tx.credentials.list(account.id))


@ONE_DATABASE
@pytest.mark.parametrize("vector", KINDS.values(), ids=KINDS)
def test_a_person_logs_in_with_the_password_they_had(house: House, vector: dict[str, str]) -> None:
    known = {"username": "ann", "password_hash": vector["hash"], "totp_secret": SEED}
    assert imported(house, known) == (1, [])
    assert stored(house) == b"foreign:" + vector["hash"].encode()
    wrong = house.person()
    wrong.authorize(house.chatbot("first", acr="aal1"))
    assert wrong.log_in("ann", vector["typed"][1:]).status_code == 401
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.log_in("ann", vector["typed"])
    assert stored(house).removeprefix(b"short:").startswith(b"$argon2id$v=19$m=64,t=1")
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    assert person.arrived["code"]


def stored(house: House) -> bytes:
    """Return the template of Ann's password, unsealed."""
    with house.store.read() as tx:
        account = tx.accounts.find("ann")
        assert account
        [enrolled] = tx.credentials.enrolled(account.id, "password")
    return enrolled.template


@ONE_DATABASE
def test_a_stolen_database_has_no_hash_of_others(house: House, tmp_path: Path) -> None:
    hashed = KINDS["Django PBKDF2"]["hash"]
    imported(house, {"username": "ann", "password_hash": hashed})
    files = [path.read_bytes() for path in tmp_path.iterdir() if "gatehouse.db" in path.name]
    assert not any(hashed[-20:].encode() in held for held in files)


def test_everything_that_is_known_is_taken_over(house: House) -> None:
    ann = {"username": "Ann", "email": "Ann@EXAMPLE.org", "phone": "+49 1511 2345678"}
    assert imported(house, {**ann, "password": PASSWORD, "totp_secret": SEED}) == (1, [])
    assert held(house, "ann") == ["otp", "otp", "password", "totp"]
    with house.store.read() as tx:
        [account] = tx.accounts.at("Ann@example.org")
        assert tx.accounts.at("+4915112345678") == [account]
        assert [record.event for record in tx.audit.list(5)].count("account.added") == 1


@ONE_DATABASE
def test_an_address_that_nobody_verified_is_not_taken_over(house: House) -> None:
    ann = {"username": "ann", "email": "ann@example.org", "email_verified": False}
    assert imported(house, ann) == (1, [])
    assert held(house, "ann") == []
    with house.store.read() as tx:
        account = tx.accounts.find("ann")
    assert account
    assert account.email is None


@ONE_DATABASE
@pytest.mark.parametrize(
    ("person", "why"),
    [
        ({"email": "x@example.org"}, "username"),
        ({"username": ""}, "username cannot be used"),
        ({"username": "b\u0000"}, "username cannot be used"),
        ({"username": 7}, "valid string"),
        ({"username": "b", "password": 7}, "password: Input should be a valid string"),
        ({"username": "b", "shoe_size": 43}, "shoe_size"),
        ({"username": "b", "email": "no address"}, "email"),
        ({"username": "b", "email": "b@"}, "not a valid e-mail address"),
        ({"username": "b", "phone": "b@example.org"}, "phone"),
        ({"username": "b", "phone": "12"}, ""),
        ({"username": "b", "email_verified": "perhaps"}, "boolean"),
        ({"username": "b", "totp_secret": "!!"}, ""),
        ({"username": "b", "password": "x"}, "at least 8"),
        ({"username": "b", "password_hash": SEED}, "no password hash"),
        ({"username": "b", "password_hash": "$2b$31$" + "a" * 53}, "cost too much"),
        ({"username": "b", "password": PASSWORD, "password_hash": "x"}, "not both"),
        ({"username": "ANN"}, "already"),
    ],
)
def test_a_wrong_line_is_skipped_and_told(house: House, person: dict[str, Any], why: str) -> None:
    number, skipped = imported(house, {"username": "ann"}, person, {"username": "zoe"})
    assert number == 2
    [told] = skipped
    assert told.line == 2
    assert why in told.reason
    assert PASSWORD not in told.reason
    with house.store.read() as tx:
        assert [account.username for account in tx.accounts.list()] == ["ann", "zoe"]


def test_an_import_can_be_run_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    people = [{"username": f"person{number}"} for number in range(5)]
    assert imported(house, *people[:3]) == (3, [])
    number, skipped = imported(house, *people)
    assert number == 2
    assert {each.reason for each in skipped} == {"There is an account of this name already"}


@ONE_DATABASE
def test_whoever_is_there_costs_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(house, {"username": "ann", "password": PASSWORD})

    def never(*_: object) -> None:
        pytest.fail("a password was hashed for nothing")

    monkeypatch.setattr("verifiers.password.hashing.Hashing.hash", never)
    assert imported(house, {"username": "ann", "password": PASSWORD})[0] == 0


def test_all_or_nothing(house: House) -> None:
    importer = Importer(house.store, house.factors)
    with pytest.raises(BadRequest) as refused:
        importer.all(lines({"username": "ann"}, {"username": "ben"}, {"username": "Ann"}))
    assert str(refused.value.public).startswith("Line 3: There is an account")
    with house.store.read() as tx:
        assert tx.accounts.list() == []
    assert importer.all(lines({"username": "ann"}, {"username": "ben"})) == 2


@ONE_DATABASE
def test_a_long_list_is_never_in_memory(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    given: list[int] = []

    def source() -> Iterator[str]:
        for number in range(10):
            given.append(number)
            yield json.dumps({"username": f"person{number}"})

    outcomes = Importer(house.store, house.factors).each(records(source()))
    for done in range(1, 4):
        assert next(outcomes).imported == 3
        assert len(given) == 3 * done
        with house.store.read() as tx:
            assert len(tx.accounts.list()) == 3 * done


@ONE_DATABASE
def test_what_was_imported_is_found_when_somebody_signs_up(build: Build) -> None:
    house = build(registration="open")
    imported(house, {"username": "ann", "email": "ann@example.org"})
    person = house.person()
    person.go("/register")
    person.fill(person.form(action="/register"), address="ann@example.org")
    [message] = house.sent()
    assert re.search("You have one already. Your username: ann", message["text"])
