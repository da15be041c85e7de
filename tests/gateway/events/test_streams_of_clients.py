"""What admins see and do of the streams that clients made, at the desk and by command."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from contracts.errors import BadRequest, Conflict, NotAllowed
from gateway.admin.actor import Actor
from gateway.admin.desk import Desk
from gateway.admin.opened import open_desk
from gateway.admin.roles import Role
from gateway.oidc.ssf.events import STREAM_UPDATED, SUPPORTED
from store.streams import PUSH, Wanted
from tests.gateway.conftest import House
from tests.gateway.events.conftest import TAKEN
from tests.gateway.oidc.hostile import Hostile
from tests.gateway.oidc.relying_party import claims_of

ADMIN = Actor("system:0", "root", Role.ADMIN)
Drain = Callable[[], None]


@pytest.fixture
def desk(house: House) -> Desk:
    return open_desk(house.settings, house.store, house.clock)


@pytest.fixture
def stream(house: House, service: Hostile) -> str:
    """A stream of a chatbot, pushed to the service."""
    house.chatbot("bot")
    url = service.play("/events", TAKEN)
    wanted = Wanted(
        method=PUSH, endpoint_url=url, authorization="Bearer", events_requested=SUPPORTED
    )
    with house.store.write() as tx:
        made = tx.streams.add("bot", wanted)
    assert made
    return made.id


def listed(desk: Desk) -> dict[str, object]:
    [found] = desk.call(ADMIN, "streams.list", {}).model_dump()["streams"]
    return dict(found)


def test_are_listed_without_what_they_are_reached_by(desk: Desk, stream: str) -> None:
    found = listed(desk)
    assert found.pop("created_at")
    assert found == {
        "id": stream,
        "client": "bot",
        "method": "push",
        "events": list(SUPPORTED),
        "status": "enabled",
        "reason": "",
        "waiting": 0,
        "version": 1,
    }


@pytest.mark.parametrize("status", ["paused", "disabled"])
def test_that_are_held_hear_of_it_before_they_stop(
    house: House, desk: Desk, stream: str, service: Hostile, drain: Drain, status: str
) -> None:
    sent = {"stream": stream, "version": 1, "status": status, "reason": "too slow"}
    changed = desk.call(ADMIN, "streams.set_status", sent).model_dump()
    assert (changed["status"], changed["version"]) == (status, 2)
    drain()
    [raw] = service.seen
    told = claims_of(raw.partition(b"\r\n\r\n")[2].decode())
    assert told["sub_id"] == {"format": "opaque", "id": stream}
    assert told["events"] == {STREAM_UPDATED: {"status": status, "reason": "too slow"}}
    again = {"stream": stream, "version": 2, "status": "enabled"}
    desk.call(ADMIN, "streams.set_status", again)
    drain()
    told = claims_of(service.seen[1].partition(b"\r\n\r\n")[2].decode())
    assert told["events"] == {STREAM_UPDATED: {"status": "enabled"}}


def test_two_admins_do_not_undo_each_other(desk: Desk, stream: str) -> None:
    sent = {"stream": stream, "version": 1, "status": "paused"}
    desk.call(ADMIN, "streams.set_status", sent)
    with pytest.raises(Conflict):
        desk.call(ADMIN, "streams.set_status", {**sent, "status": "disabled"})
    assert listed(desk)["status"] == "paused"
    with pytest.raises(BadRequest):
        desk.call(ADMIN, "streams.set_status", {**sent, "stream": "f" * 32})


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_are_for_admins_alone(desk: Desk, stream: str, role: Role) -> None:
    for name in ("list", "set_status"):
        with pytest.raises(NotAllowed):
            desk.call(Actor("system:0", "x", role), f"streams.{name}", json.loads("{}"))
