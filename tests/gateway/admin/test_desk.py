"""The one way to an operation: who may, what is taken, in whose name it is done."""

from __future__ import annotations

import pytest

from contracts.errors import BadRequest, NotAllowed
from gateway.admin.desk import Desk
from gateway.admin.roles import Role
from tests.gateway.admin.conftest import Act
from tests.gateway.conftest import House


def test_whoever_may_not_is_refused_before_anything_is_read(
    house: House, desk: Desk, act: Act
) -> None:
    with pytest.raises(NotAllowed):
        desk.call(act(Role.HELPDESK), "people.disable", {"person": "nonsense"})
    with house.store.read() as tx:
        [refused] = tx.audit.list(1)
    assert refused.event == "admin.refused"
    assert refused.detail["operation"] == "people.disable"


def test_what_is_malformed_is_refused_with_the_member_and_the_reason(desk: Desk, act: Act) -> None:
    with pytest.raises(BadRequest) as error:
        desk.call(act(Role.ADMIN), "people.list", {"limit": 10**6})
    assert str(error.value.public).startswith("limit: ")
    with pytest.raises(BadRequest, match="colour"):
        desk.call(act(Role.ADMIN), "people.list", {"colour": "red"})


def test_every_operation_says_what_it_does_and_takes_what_its_path_names(desk: Desk) -> None:
    for found in desk.operations.values():
        assert found.summary.endswith("."), found.name
        assert set(found.in_path) <= set(found.takes.model_fields), found.name
        assert found.said.roles, found.name


def test_no_two_operations_have_one_address(desk: Desk) -> None:
    addresses = [(found.said.method, found.said.path) for found in desk.operations.values()]
    assert len(addresses) == len(set(addresses))
