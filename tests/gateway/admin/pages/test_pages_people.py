"""People on the admin pages."""

from __future__ import annotations

from gateway.admin.roles import Role
from tests.gateway.admin.pages.conftest import Come
from tests.gateway.conftest import PASSWORD, House


def test_a_password_that_was_typed_is_not_shown_again(come: Come) -> None:
    operator = come(Role.OPERATOR)
    answer = operator.do("people.add", username="ada", email="no address", password=PASSWORD)
    assert answer.status_code == 400
    assert PASSWORD not in answer.text
    operator.send(email="ada@example.org", password=PASSWORD)
    assert operator.path.startswith("/admin/people/"), operator.words
    assert "ada@example.org" in operator.words


def test_people_are_found_looked_at_and_kept_out(house: House, come: Come) -> None:
    alice = house.enrolled("alice", password=PASSWORD)
    house.enrolled("bob", password=PASSWORD)
    operator = come(Role.OPERATOR)
    operator.go("/admin/people", username="ali")
    assert "alice" in operator.words
    assert "bob" not in operator.words
    operator.go(f"/admin/people/{alice}")
    assert "Password" in operator.words
    operator.do("people.disable", {"person": alice})
    assert operator.path == f"/admin/people/{alice}"
    assert "Done." in operator.words
    with house.store.read() as tx:
        found = tx.accounts.get(alice)
        assert found
        assert not found.active
