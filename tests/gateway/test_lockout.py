"""The last admin stays, whoever takes admins away at the same moment; operators keep a passkey."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contracts.errors import Conflict
from enrollment.service import Enroller
from gateway.account.leaving import Leaving
from gateway.account.service import AccountService, make_account_service
from gateway.admin.desk import Desk
from gateway.admin.roles import Role
from gateway.lockout import Lockout
from gateway.notices import Notices
from store import Transaction
from tests.fakes.race import race
from tests.gateway.account.test_guard import unheard
from tests.gateway.admin.conftest import desk
from tests.gateway.admin.staff import ROOT, able, give_passkey
from tests.gateway.conftest import PASSWORD, House
from web.pages import translate_into

__all__ = ["desk"]

Take = Callable[[Desk, str], object]
TAKING: dict[str, Take] = {
    "disable": lambda desk, person: desk.call(ROOT, "people.disable", {"person": person}),
    "erase": lambda desk, person: desk.call(ROOT, "people.erase", {"person": person}),
    "erase now": lambda desk, person: desk.call(ROOT, "people.erase_now", {"person": person}),
    "withdraw": lambda desk, person: desk.call(
        ROOT, "operators.withdraw", {"person": person, "version": 1}
    ),
    "change": lambda desk, person: desk.call(
        ROOT, "operators.change", {"person": person, "role": "operator", "version": 1}
    ),
}


def lockout(house: House) -> Lockout:
    return Lockout(house.factors, house.clock)


def service(house: House) -> AccountService:
    return make_account_service(house.store, house.clock, house.factors, unheard)


def admins(house: House) -> list[str]:
    with house.store.read() as tx:
        return [each.username for each in lockout(house).admins(tx)]


@pytest.mark.parametrize("take", TAKING.values(), ids=TAKING)
def test_the_last_admin_is_not_taken_away(house: House, desk: Desk, take: Take) -> None:
    ada = able(house, "ada", Role.ADMIN)
    able(house, "otto", Role.OPERATOR)
    with pytest.raises(Conflict, match="Nobody else could look after"):
        take(desk, ada.id)
    assert admins(house) == ["ada"]
    able(house, "ann", Role.ADMIN)
    take(desk, ada.id)
    assert admins(house) == ["ann"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_cannot_come_in_is_no_other_admin(house: House, desk: Desk) -> None:
    ada, ann, joe = (able(house, name, Role.ADMIN) for name in ("ada", "ann", "joe"))
    desk.call(ROOT, "people.disable", {"person": ann.id})
    desk.call(ROOT, "people.erase", {"person": joe.id})
    with house.store.write() as tx:
        pam = tx.accounts.add("pam")
        tx.operators.grant(pam.id, Role.ADMIN, ROOT.id)
    with pytest.raises(Conflict):
        desk.call(ROOT, "people.disable", {"person": ada.id})


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nor_do_they_leave_by_themselves(house: House) -> None:
    ada = able(house, "ada", Role.ADMIN)
    notices = Notices(house.factors, translate_into, house.clock)
    leaving = Leaving(house.settings, house.store, house.clock, notices, lockout(house))
    with pytest.raises(Conflict):
        leaving.ask(ada.id)
    able(house, "ann", Role.ADMIN)
    assert leaving.ask(ada.id)


def test_of_two_who_take_each_other_away_one_stays(house: House, desk: Desk) -> None:
    people = [able(house, name, Role.ADMIN) for name in ("ada", "ann")]
    each = iter(people)

    def disable() -> bool:
        try:
            desk.call(ROOT, "people.disable", {"person": next(each).id})
        except Conflict:
            return False
        return True

    assert sorted(race(disable, 2)) == [False, True]
    assert len(admins(house)) == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
def test_an_operator_keeps_a_passkey(house: House, role: Role) -> None:
    account = house.enrolled("otto", password=PASSWORD, otp="otto@example.org")
    first, second = give_passkey(house, account), give_passkey(house, account)
    with house.store.write() as tx:
        tx.operators.grant(account, role, ROOT.id)
        [mail] = [each.id for each in tx.credentials.list(account) if each.factor == "otp"]
    otto = Enroller(account, "sid", "browser")
    service(house).remove(otto, mail)
    service(house).remove(otto, first)
    with pytest.raises(Conflict, match="keeps a passkey"):
        service(house).remove(otto, second)
    with house.store.write() as tx:
        tx.operators.withdraw(account, 1)
    service(house).remove(otto, second)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_passkeys_there_is_no_admin(house: House) -> None:
    able(house, "ada", Role.ADMIN)
    others = {name: each for name, each in house.factors.items() if name != "webauthn"}
    with house.store.read() as tx:
        assert list(Lockout(others, house.clock).admins(tx)) == []
        assert _names(lockout(house), tx) == ["ada"]


def _names(found: Lockout, tx: Transaction) -> list[str]:
    return [each.username for each in found.admins(tx)]
