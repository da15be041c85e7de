"""What somebody tries who would like to be an admin, or to be rid of all of them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from contracts.errors import BadRequest, Conflict
from gateway.admin.calls.policy import SCHEMA
from gateway.admin.desk import Desk
from gateway.admin.roles import Role
from gateway.recovery.opened import open_recoveries
from gateway.recovery.operating import Operating
from tests.gateway.admin.conftest import Call
from tests.gateway.admin.staff import able
from tests.gateway.conftest import PASSWORD, Build, House

embedded = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NUMBERS = [name for name, said in SCHEMA.items() if said["type"] == "integer"]
BEYOND = 10**19
"""A number that no database holds."""


@embedded
@pytest.mark.parametrize("value", [10**12, 10**30])
def test_no_policy_reaches_beyond_the_calendar(call: Call, house: House, value: int) -> None:
    """A login that ends after the year 9999 cannot be begun, and nobody could put it right."""
    for name in NUMBERS:
        with pytest.raises(BadRequest, match=f"^{name}: "):
            call("policy.put", values={name: value}, version=0)
    with house.store.read() as tx:
        assert tx.policies.version() == 0


@embedded
def test_with_the_longest_times_there_can_be_people_log_in(build: Build) -> None:
    longest = {name: said["maximum"] for name, said in SCHEMA.items() if name in NUMBERS}
    house = build(**longest)
    house.enrolled("ann", password=PASSWORD)
    person = house.person()
    person.go("/account")
    person.log_in("ann", PASSWORD)
    assert person.path == "/account"


NOT_NUMBERS: dict[str, tuple[str, dict[str, Any]]] = {
    "a look": ("branding.put", {"version": BEYOND}),
    "a logo": ("branding.set_logo", {"version": BEYOND, "logo": ""}),
    "a resource": ("resources.update", {"uri": "https://a.example", "version": BEYOND}),
    "a client": ("clients.update", {"client_id": "a", "version": BEYOND}),
    "a policy": ("policy.put", {"values": {}, "version": BEYOND}),
    "versions": ("policy.history", {"after": "9" * 400}),
    "other digits": ("policy.history", {"after": "\N{FULLWIDTH DIGIT TWO}"}),
    "a time of no zone": ("recoveries.list", {"after": "2026-01-01 x"}),
    "no time": ("recoveries.list", {"after": "soon x"}),
}


@pytest.mark.parametrize(("name", "taken"), NOT_NUMBERS.values(), ids=NOT_NUMBERS)
def test_what_no_database_holds_is_a_mistake_of_the_callers(
    call: Call, name: str, taken: dict[str, Any]
) -> None:
    with pytest.raises(BadRequest):
        call(name, **taken)


def test_whoever_gets_a_role_in_the_same_moment_is_not_recovered_by_one_operator(
    house: House,
) -> None:
    """The desk asks who has a role; what counts is who has one when the recovery begins."""
    ada = able(house, "ada", Role.ADMIN)
    recoveries = open_recoveries(house.store, house.settings, house.clock)
    operating = Operating(house.store, house.clock, recoveries)
    begun = operating.start(ada.id, "0" * 32, "", approval=False, ranked=True)
    assert (begun.claim, begun.ready_at) == ("", None)


def test_nobody_gets_a_role_while_somebody_recovers_their_account(
    house: House, desk: Desk, call: Call
) -> None:
    """Else whoever holds the claim would be an admin a day later."""
    ann = able(house, "ann", Role.VIEWER)
    call("operators.withdraw", person=ann.id, version=1)
    otto = able(house, "otto", Role.OPERATOR)
    assert desk.call(otto, "recoveries.start", {"person": ann.id})
    with pytest.raises(Conflict, match=re.escape("under way")):
        call("operators.grant", person=ann.id, role="admin")


def noted(house: House, event: str) -> list[dict[str, Any]]:
    with house.store.read() as tx:
        return [each.detail for each in tx.audit.list(50) if each.event == event]


@embedded
def test_no_part_of_the_trail_leaves_unnoticed(house: House, call: Call) -> None:
    """Whoever says that they go on, and never began, is noted all the same; going on is not."""
    call("audit.export", after="0", limit=1)
    call("audit.export", after="1", limit=1)
    assert len(noted(house, "audit.exported")) == 1
    call("audit.export", after="1", limit=1, event="login.")
    assert len(noted(house, "audit.exported")) == 2


@embedded
def test_the_trail_says_where_things_lead(house: House, call: Call) -> None:
    """What was added and taken away again is known by it."""
    secret = "https://hooks.example/services/T0/secret"
    hook = call("webhooks.add", url=secret, events=["account.erased"])
    call("webhooks.test", webhook=hook.id)
    call("clients.add", client_id="bot", redirect_uris=["https://bot.example/back"])
    [added] = noted(house, "webhook.added")
    assert added["host"] == "hooks.example"
    assert "secret" not in str(added)
    assert noted(house, "webhook.tested") == [{"webhook": hook.id}]
    assert noted(house, "client.added") == [{"redirect_uris": ["https://bot.example/back"]}]
