"""What is written for others, with what causes it, and what is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from enrollment.outcomes import Change, Happened
from gateway.admin.actor import user_of_the_system
from gateway.admin.opened import open_desk
from gateway.changes import Changes
from gateway.notices import Notices
from store.acting import acting
from store.events import EVENT
from tests.gateway.conftest import PASSWORD, House
from web.pages import translate_into


@dataclass
class Written:
    """The events that wait in the outbox, each taken once."""

    house: House

    def take(self) -> list[dict[str, Any]]:
        with self.house.store.write() as tx:
            rows = tx.outbox.claim(self.house.clock.now(), timedelta(hours=1), EVENT)
        return [row.payload for row in rows]


@pytest.fixture
def written(house: House) -> Written:
    return Written(house)


def changed(house: House, account: str, factor: str, happened: Happened) -> None:
    notices = Notices(house.factors, translate_into, house.clock)
    changes = Changes(house.factors, notices, service="Gatehouse", issuer=house.settings.issuer)
    with house.app.test_request_context(), house.store.write() as tx:
        changes.made(tx, Change(account, factor, happened))


@pytest.mark.parametrize(
    ("happened", "event", "how", "by"),
    [
        (Happened.ADDED, "factor.enrolled", "create", "user"),
        (Happened.REPLACED, "factor.changed", "update", "user"),
        (Happened.DISABLED, "factor.changed", "revoke", "policy"),
        (Happened.REMOVED, "factor.removed", "delete", "user"),
        (Happened.IDLE, "factor.removed", "delete", "policy"),
    ],
)
def test_what_becomes_of_a_factor(
    house: House, written: Written, happened: Happened, event: str, how: str, by: str
) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    changed(house, account, "totp", happened)
    [found] = written.take()
    assert (found["type"], found["account_id"], found["by"]) == (event, account, by)
    assert found["data"] == {"factor": "totp", "credential_type": "app", "change": how}


@pytest.mark.parametrize(
    ("factor", "kind"), [("password", "password"), ("webauthn", "fido2"), ("otp", "otp")]
)
def test_factors_go_by_the_names_that_others_have_for_them(
    house: House, written: Written, factor: str, kind: str
) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    changed(house, account, factor, Happened.ADDED)
    assert written.take()[0]["data"]["credential_type"] == kind


@pytest.mark.parametrize(
    ("factor", "happened"), [("recovery", Happened.SPENT), ("device", Happened.ADDED)]
)
def test_codes_that_are_used_up_and_browsers_are_no_news(
    house: House, written: Written, factor: str, happened: Happened
) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    changed(house, account, factor, happened)
    assert written.take() == []


def test_what_is_suspicious_about_a_login(house: House, written: Written) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    for familiar in (True, False):
        person = house.familiar("alice") if familiar else house.person()
        person.go("/account")
        person.log_in("alice", PASSWORD)
        found = [each for each in written.take() if each["type"] == "account.suspicious"]
        if familiar:
            assert found == []
    [one] = found
    assert (one["account_id"], one["by"]) == (account, "policy")
    assert one["data"] == {"signals": "new_device"}


def test_wrong_answers_are_written_to_nobody(house: House, written: Written) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.go("/account")
    person.log_in("alice", "not the password at all")
    assert written.take() == []


def test_whoever_acts_as_an_operator_is_one(house: House, written: Written) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    desk = open_desk(house.settings, house.store, house.clock)
    with acting("system:0", "root", ""):
        changed(house, account, "totp", Happened.REMOVED)
    desk.call(user_of_the_system(), "people.disable", {"person": account})
    desk.call(user_of_the_system(), "people.enable", {"person": account})
    found = [(each["type"], each["by"]) for each in written.take()]
    assert found == [
        ("factor.removed", "admin"),
        ("account.disabled", "admin"),
        ("account.enabled", "admin"),
    ]


def test_nothing_personal_is_written(house: House, written: Written) -> None:
    """A whole life: not a name, not an address, not a word of it is in what others hear."""
    account = house.enrolled("alice", password=PASSWORD, otp="alice@example.org")
    for familiar in (True, False):
        person = house.familiar("alice") if familiar else house.person()
        person.client.environ_base["HTTP_USER_AGENT"] = "Firefox/1 Linux"
        person.go("/account")
        person.log_in("alice", PASSWORD)
    changed(house, account, "otp", Happened.REMOVED)
    with house.store.write() as tx:
        tx.accounts.set_disabled(account, True)
    found = str(written.take())
    assert "session.ended" in found
    for word in ("alice", "example.org", "Firefox", "127.0.0.1", PASSWORD):
        assert word not in found
