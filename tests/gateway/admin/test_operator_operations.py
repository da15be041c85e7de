"""Roles: given to whoever has a passkey, changed by one admin at a time, taken away at once."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.errors import BadRequest, Conflict, NotAllowed
from gateway.admin.actor import Actor
from gateway.admin.desk import Desk
from gateway.admin.roles import Role
from tests.gateway.admin.conftest import Act
from tests.gateway.admin.staff import ROOT, able, events, give_passkey
from tests.gateway.conftest import SEED, House
from tests.gateway.recovery.conftest import alice as alice_with_much
from tests.gateway.recovery.conftest import begun

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def call(desk: Desk, name: str, actor: Actor = ROOT, **fields: object) -> dict[str, Any]:
    return desk.call(actor, f"operators.{name}", fields).model_dump()


def test_a_role_is_granted_changed_and_withdrawn(house: House, desk: Desk) -> None:
    alice = house.enrolled("alice")
    give_passkey(house, alice)
    granted = call(desk, "grant", person=alice, role="helpdesk")
    assert (granted["role"], granted["version"], granted["able"]) == (Role.HELPDESK, 1, True)
    changed = call(desk, "change", person=alice, role="operator", version=1)
    assert (changed["role"], changed["version"]) == (Role.OPERATOR, 2)
    [listed] = call(desk, "list")["operators"]
    assert listed == changed
    call(desk, "withdraw", person=alice, version=2)
    assert call(desk, "list")["operators"] == []
    assert events(house)[:3] == ["operator.withdrawn", "operator.changed", "operator.granted"]


def test_two_admins_at_once_get_a_conflict_and_no_lost_update(house: House, desk: Desk) -> None:
    otto = able(house, "otto", Role.OPERATOR)
    call(desk, "change", person=otto.id, role="helpdesk", version=1)
    with pytest.raises(Conflict, match="in the meantime"):
        call(desk, "change", person=otto.id, role="auditor", version=1)
    with pytest.raises(Conflict, match="in the meantime"):
        call(desk, "withdraw", person=otto.id, version=1)
    [listed] = call(desk, "list")["operators"]
    assert listed["role"] is Role.HELPDESK


@ON_SQLITE
def test_nobody_without_a_passkey_gets_a_role(house: House, desk: Desk) -> None:
    alice = house.enrolled("alice", totp=SEED)
    with pytest.raises(BadRequest, match="has a passkey"):
        call(desk, "grant", person=alice, role="viewer")
    give_passkey(house, alice)
    desk.call(ROOT, "people.disable", {"person": alice})
    with pytest.raises(BadRequest, match="is active"):
        call(desk, "grant", person=alice, role="viewer")
    desk.call(ROOT, "people.enable", {"person": alice})
    call(desk, "grant", person=alice, role="viewer")
    with pytest.raises(Conflict, match="role already"):
        call(desk, "grant", person=alice, role="admin")


@ON_SQLITE
def test_nor_does_anybody_whose_recovery_is_under_way(house: House, desk: Desk) -> None:
    alice = alice_with_much(house)
    begun(house)
    give_passkey(house, alice)
    with pytest.raises(Conflict, match="recovery"):
        call(desk, "grant", person=alice, role="viewer")


@ON_SQLITE
def test_what_is_not_there_is_not_changed(house: House, desk: Desk) -> None:
    alice = house.enrolled("alice")
    for name, more in (("change", {"role": "viewer", "version": 1}), ("withdraw", {"version": 1})):
        with pytest.raises(BadRequest, match="has no role"):
            call(desk, name, person=alice, **more)
    with pytest.raises(BadRequest, match="role: "):
        call(desk, "grant", person=alice, role="owner")


@ON_SQLITE
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_admins_alone_make_operators(house: House, desk: Desk, act: Act, role: Role) -> None:
    alice = house.enrolled("alice")
    give_passkey(house, alice)
    with pytest.raises(NotAllowed):
        call(desk, "grant", act(role), person=alice, role="viewer")
    with pytest.raises(NotAllowed):
        call(desk, "change", act(role), person=act(role).id, role="admin", version=1)
