"""What webhooks are sent, and again, and no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from contracts.errors import BadRequest
from gateway.delivery import LEASE
from store.events import Event
from tests.gateway.conftest import House
from tests.gateway.events.conftest import TAKEN
from tests.gateway.events.webhooks.conftest import (
    ALL,
    Admin,
    Call,
    Drain,
    calls,
    happens,
)
from tests.gateway.oidc.hostile import Hostile


class TestWhatIsSent:
    def test_says_what_happened_to_whom_by_ids_alone(
        self, house: House, hook: dict[str, Any], service: Hostile, drain: Drain
    ) -> None:
        happens(house, signals="new_device")
        drain()
        [call] = calls(service)
        assert call.fields["Content-Type"] == "application/json"
        told = call.told
        assert told.pop("id") == call.fields["webhook-id"]
        assert told == {
            "type": "account.suspicious",
            "at": house.clock.now().isoformat(),
            "data": {"subject": "a" * 32, "by": "user", "signals": "new_device"},
        }

    def test_is_signed_with_the_secret_that_was_shown_once(
        self, house: House, admin: Admin, hook: dict[str, Any], service: Hostile, drain: Drain
    ) -> None:
        happens(house)
        drain()
        [call] = calls(service)
        assert call.genuine(hook["secret"])
        assert not Call(call.fields, call.body + b" ").genuine(hook["secret"])
        assert int(call.fields["webhook-timestamp"]) == int(house.clock.now().timestamp())
        assert "secret" not in admin.call("get", webhook=hook["id"])
        with house.store.database.read() as connection:
            row = connection.exec_driver_sql("SELECT * FROM webhooks").one()
        assert hook["secret"].encode() not in bytes(row.secret)

    def test_is_what_a_webhook_asked_for(
        self, house: House, admin: Admin, service: Hostile, drain: Drain
    ) -> None:
        admin.call("add", url=f"{service.origin}/in", events=["session.ended"])
        happens(house)
        happens(house, Event.SESSION_ENDED, session="s")
        drain()
        assert [call.told["type"] for call in calls(service)] == ["session.ended"]

    def test_says_whether_an_operator_did_it(
        self, house: House, hook: dict[str, Any], admin: Admin, service: Hostile, drain: Drain
    ) -> None:
        ada = house.enrolled("ada")
        admin.desk.call(admin.actor, "people.disable", {"person": ada})
        drain()
        told = {call.told["type"]: call.told["data"] for call in calls(service)}
        assert told["account.disabled"] == {"subject": ada, "by": "admin"}


class TestAgain:
    def test_under_the_same_id_with_a_new_time(
        self, house: House, hook: dict[str, Any], service: Hostile, drain: Drain
    ) -> None:
        service.play("/in", [b"HTTP/1.1 503 Later\r\n\r\n"])
        happens(house)
        for _ in range(4):
            drain()
            house.clock.advance(timedelta(minutes=5))
        service.play("/in", TAKEN)
        drain()
        sent = calls(service)
        assert len(sent) == 5
        assert len({call.fields["webhook-id"] for call in sent}) == 1
        assert len({call.body for call in sent}) == 1
        assert len({call.fields["webhook-timestamp"] for call in sent}) == 5
        assert all(call.genuine(hook["secret"]) for call in sent)

    def test_for_a_day_with_growing_pauses(
        self, house: House, hook: dict[str, Any], service: Hostile, drain: Drain
    ) -> None:
        service.play("/in", [b"HTTP/1.1 500 No\r\n\r\n"])
        happens(house)
        moments: list[datetime] = []
        while len(moments) < 7:
            drain()
            moments += [house.clock.now()] * (len(service.seen) - len(moments))
            house.clock.advance(timedelta(seconds=1))
        pauses = [(later - first).seconds for first, later in pairwise(moments)]
        assert pauses == [2, 4, 8, 16, 32, 64]
        house.clock.advance(timedelta(days=1))
        drain()
        assert len(service.seen) == len(moments), "after a day it is given up"

    def test_after_a_worker_died_between_the_call_and_its_note(
        self,
        house: House,
        hook: dict[str, Any],
        service: Hostile,
        drain: Drain,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        from store.webhooks import Webhooks

        def dies(self: Webhooks, webhook_id: str, attempt: object) -> None:
            raise SystemExit

        happens(house)
        with monkeypatch.context() as patch:
            patch.setattr(Webhooks, "tried", dies)
            with pytest.raises(SystemExit):
                drain()
        house.clock.advance(LEASE)
        drain()
        first, again = calls(service)
        assert first.fields["webhook-id"] == again.fields["webhook-id"]

    @pytest.mark.parametrize("status", [b"301 Moved", b"400 No", b"404 No", b"429 Later"])
    def test_whatever_is_answered_but_yes_and_gone(
        self, house: House, hook: dict[str, Any], service: Hostile, drain: Drain, status: bytes
    ) -> None:
        where = b"\r\nLocation: http://localhost:1/\r\n\r\n"
        service.play("/in", [b"HTTP/1.1 " + status + where])
        happens(house)
        drain()
        service.play("/in", TAKEN)
        house.clock.advance(timedelta(minutes=5))
        drain()
        assert len(service.seen) == 2

    def test_one_that_is_down_holds_up_no_other(
        self, house: House, admin: Admin, hook: dict[str, Any], service: Hostile, drain: Drain
    ) -> None:
        admin.call("add", url="http://localhost:1025/nobody", events=ALL)
        happens(house)
        drain()
        assert len(service.seen) == 1


class TestGone:
    def test_a_410_switches_it_off(
        self, house: House, admin: Admin, hook: dict[str, Any], service: Hostile, drain: Drain
    ) -> None:
        service.play("/in", [b"HTTP/1.1 410 Gone\r\n\r\n"])
        happens(house)
        drain()
        shown = admin.call("get", webhook=hook["id"])
        assert (shown["active"], shown["last_status"]) == (False, 410)
        happens(house)
        drain()
        house.clock.advance(timedelta(hours=1))
        drain()
        assert len(service.seen) == 1
        with house.store.read() as tx:
            assert tx.audit.list(1)[0].event == "webhook.switched_off"

    def test_what_waits_for_one_that_is_removed_or_off_is_not_sent(
        self, house: House, admin: Admin, hook: dict[str, Any], service: Hostile, drain: Drain
    ) -> None:
        service.play("/in", [b"HTTP/1.1 503 Later\r\n\r\n"])
        happens(house)
        drain()
        version = admin.call("get", webhook=hook["id"])["version"]
        admin.call("update", webhook=hook["id"], version=version, active=False)
        house.clock.advance(timedelta(minutes=5))
        drain()
        admin.call("remove", webhook=hook["id"])
        drain()
        assert len(service.seen) == 1
        with pytest.raises(BadRequest):
            admin.call("get", webhook=hook["id"])
