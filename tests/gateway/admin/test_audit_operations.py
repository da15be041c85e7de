"""The trail as operators see it: searched, exported, verified, and scores for auditors alone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from contracts.errors import BadRequest, NotAllowed
from gateway.admin.calls import audit as calls
from gateway.admin.desk import Desk
from gateway.admin.roles import Role
from gateway.trail.sealing import Sealing
from store.acting import acting
from store.models import audit
from tests.gateway.admin.conftest import Act
from tests.gateway.conftest import House

SCORE = 0.8125


@pytest.fixture
def alice(house: House) -> str:
    """Somebody about whom the trail has a few entries, an hour apart."""
    account = house.enrolled("alice")
    for event in ("login.finished", "factor.rejected", "login.finished"):
        with house.store.write() as tx:
            tx.audit.add(
                event,
                account_id=account,
                client_id="bot",
                source="203.0.113.7",
                detail={"factor": "voice", "score": SCORE},
            )
            tx.audit.add("client.changed", client_id="other")
        house.clock.advance(timedelta(hours=1))
    return account


def found(desk: Desk, act: Act, role: Role = Role.ADMIN, **wanted: Any) -> list[dict[str, Any]]:
    entries = desk.call(act(role), "audit.search", wanted).model_dump()["entries"]
    return [each for each in entries if each["event"] != "credential.bound"]


@pytest.mark.parametrize(
    ("wanted", "events"),
    [
        ({"event": "login."}, ["login.finished", "login.finished"]),
        ({"event": "factor.rejected"}, ["factor.rejected"]),
        ({"event": "factor"}, []),
        ({"client": "other"}, ["client.changed"] * 3),
        ({"event": "login.", "client": "other"}, []),
    ],
)
def test_entries_are_chosen(
    desk: Desk, act: Act, alice: str, wanted: dict[str, str], events: list[str]
) -> None:
    assert [each["event"] for each in found(desk, act, **wanted)] == events


def test_entries_about_a_person(desk: Desk, act: Act, alice: str, house: House) -> None:
    entries = found(desk, act, person=alice)
    assert [each["event"] for each in entries] == [
        "login.finished",
        "factor.rejected",
        "login.finished",
    ]
    newest = entries[0]
    assert (newest["person"], newest["username"]) == (alice, "alice")
    assert (newest["address"], newest["client"]) == ("203.0.113.7", "bot")
    house.store.keystore.erase(alice)
    erased = found(desk, act, person=alice)[0]
    assert (erased["erased"], erased["address"], erased["detail"]) == (True, "", {})


def test_entries_of_a_time(desk: Desk, act: Act, alice: str, house: House) -> None:
    now = house.clock.now()
    late = found(desk, act, event="login.", since=(now - timedelta(minutes=90)).isoformat())
    early = found(desk, act, event="login.", until=(now - timedelta(minutes=90)).isoformat())
    assert (len(late), len(early)) == (1, 1)
    assert late[0]["number"] > early[0]["number"]
    assert found(desk, act, since=(now + timedelta(hours=1)).isoformat()) == []


def test_what_an_operator_did(desk: Desk, act: Act, alice: str, house: House) -> None:
    admin = act(Role.ADMIN)
    with acting(admin.id, admin.name, admin.address), house.store.write() as tx:
        tx.audit.add("account.disabled", account_id=alice)
    [entry] = found(desk, act, actor=admin.id)
    assert (entry["actor"], entry["actor_name"]) == (admin.id, "admin")
    assert entry["actor_address"] == admin.address


def test_every_page_is_there_once(desk: Desk, act: Act, alice: str) -> None:
    seen, after = [], ""
    while True:
        page = desk.call(
            act(Role.OPERATOR), "audit.search", {"limit": 2, "after": after}
        ).model_dump()
        seen += [each["number"] for each in page["entries"]]
        if not (after := page["next"]):
            break
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) >= 6


def test_one_search_looks_at_a_stretch_alone(
    desk: Desk, act: Act, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.trail.search.STRETCH", 2)
    page = desk.call(act(Role.ADMIN), "audit.search", {"event": "factor.rejected"}).model_dump()
    assert page["entries"] == []
    pages = 0
    while not page["entries"]:
        pages += 1
        wanted = {"event": "factor.rejected", "after": page["next"]}
        page = desk.call(act(Role.ADMIN), "audit.search", wanted).model_dump()
    assert pages >= 1
    assert page["entries"][0]["event"] == "factor.rejected"


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN])
def test_a_score_is_for_auditors_alone(desk: Desk, act: Act, alice: str, role: Role) -> None:
    told = str(desk.call(act(role), "audit.search", {}).model_dump())
    assert str(SCORE) not in told
    assert "voice" in told
    assert str(SCORE) in str(desk.call(act(Role.AUDITOR), "audit.search", {}).model_dump())


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HELPDESK])
def test_who_may_not(desk: Desk, act: Act, role: Role) -> None:
    for name in ("search", "export", "verify", "status", "key"):
        with pytest.raises(NotAllowed):
            desk.call(act(role), f"audit.{name}", {})


@pytest.mark.parametrize(
    "wanted", [{"after": "-1"}, {"after": "x"}, {"since": "2026-01-01T00:00:00"}, {"limit": 0}]
)
def test_what_is_refused(desk: Desk, act: Act, wanted: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        desk.call(act(Role.ADMIN), "audit.search", wanted)


def exported(desk: Desk, act: Act, role: Role) -> list[dict[str, Any]]:
    text, after = "", ""
    while True:
        page = desk.call(act(role), "audit.export", {"limit": 3, "after": after}).model_dump()
        text += page["lines"]
        if not (after := page["next"]):
            return [json.loads(line) for line in text.splitlines()]


def test_an_export_is_whole_and_noted_once(desk: Desk, act: Act, alice: str, house: House) -> None:
    lines = exported(desk, act, Role.ADMIN)
    with house.store.read() as tx:
        trail = tx.audit.list(100)[::-1]
    assert [line["number"] for line in lines] == [record.id for record in trail]
    assert [line["event"] for line in lines].count("audit.exported") == 1
    assert "score" not in str(lines)
    assert str(SCORE) in str(exported(desk, act, Role.AUDITOR))


def test_a_look_at_the_whole(
    desk: Desk, act: Act, alice: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    Sealing(house.store, house.settings, house.clock).run()
    verdict = desk.call(act(Role.AUDITOR), "audit.verify", {}).model_dump()
    assert (verdict["whole"], verdict["checkpoints"], verdict["anchors"]) == (True, 1, 1)
    status = desk.call(act(Role.AUDITOR), "audit.status", {}).model_dump()
    assert (status["checkpoint"], status["signed_at"]) == (1, house.clock.now())
    with house.store.database.write() as connection:
        mine = audit.c.event == "factor.rejected"
        connection.execute(audit.update().where(mine).values(event="factor.accepted"))
    verdict = desk.call(act(Role.ADMIN), "audit.verify", {}).model_dump()
    assert not verdict["whole"]
    assert verdict["first"]["event"] == "factor.accepted"
    assert verdict["first"]["why"] == "The entry was altered."
    monkeypatch.setattr(calls, "MOST", 3)
    with pytest.raises(BadRequest, match="gatehouse audit verify"):
        desk.call(act(Role.ADMIN), "audit.verify", {})
