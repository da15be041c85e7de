"""Webhooks: named by an admin, signed, sent again under the same id, and switched off by a 410."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from contracts.errors import BadRequest, Conflict, NotAllowed
from gateway.admin.actor import Actor
from gateway.admin.calls import webhooks
from gateway.admin.desk import Desk
from gateway.admin.opened import open_desk
from gateway.admin.roles import Role
from gateway.delivery import LEASE
from gateway.worker import purge
from store.events import Event
from store.webhooks import KEPT
from tests.gateway.conftest import House
from tests.gateway.events.conftest import TAKEN
from tests.gateway.oidc.hostile import Hostile

ALL = [str(event) for event in Event]
Drain = Callable[[], None]


@dataclass
class Admin:
    """An admin at the desk."""

    desk: Desk
    actor: Actor

    def call(self, name: str, /, **taken: Any) -> dict[str, Any]:
        return self.desk.call(self.actor, f"webhooks.{name}", taken).model_dump()


@pytest.fixture
def admin(house: House) -> Admin:
    account = house.enrolled("root")
    desk = open_desk(house.settings, house.store, house.clock)
    return Admin(desk, Actor(account, "root", Role.ADMIN))


@pytest.fixture
def hook(admin: Admin, service: Hostile) -> dict[str, Any]:
    return admin.call("add", url=f"{service.origin}/in", events=ALL)


@dataclass
class Call:
    """A call as its receiver sees it."""

    fields: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def genuine(self, secret: str) -> bool:
        """Verify the signature as Standard Webhooks says, with nothing of ours."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.fields['webhook-id']}.{self.fields['webhook-timestamp']}.".encode()
        expected = base64.b64encode(hmac.new(key, signed + self.body, hashlib.sha256).digest())
        return f"v1,{expected.decode()}" in self.fields["webhook-signature"].split(" ")


def calls(server: Hostile) -> list[Call]:
    found = []
    for raw in server.seen:
        head, _, body = raw.partition(b"\r\n\r\n")
        request, *lines = head.decode().split("\r\n")
        assert request == "POST /in HTTP/1.1"
        found.append(Call(dict(line.split(": ", 1) for line in lines), body))
    return found


def happens(house: House, event: Event = Event.SUSPICIOUS, **data: str) -> None:
    with house.store.write() as tx:
        tx.events.happened(event, "a" * 32, **data)


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


class TestManaging:
    def test_a_ping_tries_it(
        self, house: House, admin: Admin, hook: dict[str, Any], service: Hostile, drain: Drain
    ) -> None:
        sent = admin.call("test", webhook=hook["id"])
        drain()
        [call] = calls(service)
        assert call.told["type"] == "ping"
        assert call.told["id"] == sent["event"]
        assert "subject" not in call.told["data"]
        assert call.genuine(hook["secret"])

    def test_deliveries_say_what_was_answered_and_never_what_was_sent(
        self, house: House, admin: Admin, hook: dict[str, Any], service: Hostile, drain: Drain
    ) -> None:
        service.play("/in", [b"HTTP/1.1 500 No\r\n\r\n"])
        happens(house, signals="impossible_travel")
        drain()
        service.play("/in", TAKEN)
        house.clock.advance(timedelta(minutes=5))
        drain()
        found = admin.call("deliveries", webhook=hook["id"])
        assert [(each["attempt"], each["status"]) for each in found["deliveries"]] == [
            (2, 204),
            (1, 500),
        ]
        assert "impossible_travel" not in str(found)
        first = admin.call("deliveries", webhook=hook["id"], limit=1)
        second = admin.call("deliveries", webhook=hook["id"], limit=1, after=first["next"])
        assert [first["deliveries"], second["deliveries"]] == [
            [each] for each in found["deliveries"]
        ]
        assert second["next"] == ""
        house.clock.advance(KEPT)
        purge(house.store, house.clock)
        assert admin.call("deliveries", webhook=hook["id"])["deliveries"] == []

    def test_another_secret_signs_from_then_on(
        self, house: House, admin: Admin, hook: dict[str, Any], service: Hostile, drain: Drain
    ) -> None:
        renewed = admin.call("renew", webhook=hook["id"], version=hook["version"])
        happens(house)
        drain()
        [call] = calls(service)
        assert call.genuine(renewed["secret"])
        assert not call.genuine(hook["secret"])

    def test_two_admins_do_not_undo_each_other(self, admin: Admin, hook: dict[str, Any]) -> None:
        seen = admin.call("get", webhook=hook["id"])["version"]
        changed = admin.call("update", webhook=hook["id"], version=seen, events=["session.ended"])
        assert changed["events"] == ["session.ended"]
        assert changed["url"] == hook["url"]
        for name, more in (("update", {"active": False}), ("renew", {})):
            with pytest.raises(Conflict):
                admin.call(name, webhook=hook["id"], version=seen, **more)
        assert admin.call("get", webhook=hook["id"]) == changed

    def test_they_are_listed_a_page_at_a_time(self, admin: Admin, service: Hostile) -> None:
        made = {
            admin.call("add", url=f"{service.origin}/{number}", events=ALL)["id"]
            for number in range(5)
        }
        first = admin.call("list", limit=3)
        rest = admin.call("list", limit=3, after=first["next"])
        listed = [each["id"] for each in first["webhooks"] + rest["webhooks"]]
        assert sorted(listed) == sorted(made)
        assert rest["next"] == ""
        assert "secret" not in first["webhooks"][0]

    def test_there_are_only_so_many(
        self, admin: Admin, service: Hostile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(webhooks, "MOST", 2)
        for _ in range(2):
            admin.call("add", url=f"{service.origin}/in", events=ALL)
        with pytest.raises(Conflict):
            admin.call("add", url=f"{service.origin}/in", events=ALL)

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
    def test_nobody_but_an_admin(self, admin: Admin, hook: dict[str, Any], role: Role) -> None:
        actor = Actor(admin.actor.id, "somebody", role)
        for operation in ("list", "get", "add", "update", "renew", "remove", "test", "deliveries"):
            with pytest.raises(NotAllowed):
                admin.desk.call(actor, f"webhooks.{operation}", {"webhook": hook["id"]})

    def test_the_trail_says_who_changed_what(
        self, house: House, admin: Admin, hook: dict[str, Any]
    ) -> None:
        admin.call("update", webhook=hook["id"], version=1, active=False)
        admin.call("remove", webhook=hook["id"])
        with house.store.read() as tx:
            events = [record.event for record in tx.audit.list(3)]
        assert events == ["webhook.removed", "webhook.changed", "webhook.added"]


class TestMalformed:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "https://",
            "https://siem.example",
            "http://siem.example/in",
            "ftp://siem.example/in",
            "file:///etc/passwd",
            "https://somebody@siem.example/in",
            "https://siem.example:22/in",
            "https://2130706433/in",
            "https://siem.example/in#part",
            "https://siem.example/\r\nX-Injected: 1",
            "https://siem.example/" + "x" * 3000,
        ],
    )
    def test_an_address_is_refused_with_the_reason(
        self, house: House, admin: Admin, hook: dict[str, Any], url: str
    ) -> None:
        before = admin.call("list")
        for name, more in (
            ("add", {"events": ALL}),
            ("update", {"webhook": hook["id"], "version": 1, "events": ["session.ended"]}),
        ):
            with pytest.raises(BadRequest) as error:
                admin.call(name, url=url, **more)
            assert str(error.value.public).startswith("url: ")
        assert admin.call("list") == before

    @pytest.mark.parametrize(
        "events", [[], ["session.ended", "session.end"], ["*"], "session.ended", [1], None]
    )
    def test_events_are_refused_whole(self, admin: Admin, service: Hostile, events: Any) -> None:
        with pytest.raises(BadRequest, match="events"):
            admin.call("add", url=f"{service.origin}/in", events=events)
        assert admin.call("list")["webhooks"] == []

    def test_http_is_for_a_trial_on_this_machine_alone(
        self, house: House, service: Hostile
    ) -> None:
        live = house.settings.model_copy(update={"issuer": "https://id.example"})
        desk = open_desk(live, house.store, house.clock)
        admin = Admin(desk, Actor("system:0", "root", Role.ADMIN))
        with pytest.raises(BadRequest, match="https"):
            admin.call("add", url=f"{service.origin}/in", events=ALL)
        assert admin.call("add", url="https://siem.internal/in", events=ALL)["active"]
