"""How admins make, try, change and remove webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.errors import BadRequest, Conflict, NotAllowed
from gateway.admin.actor import Actor
from gateway.admin.calls import webhooks
from gateway.admin.opened import open_desk
from gateway.admin.roles import Role
from gateway.worker import purge
from store.webhooks import KEPT
from tests.gateway.conftest import House
from tests.gateway.events.conftest import TAKEN
from tests.gateway.events.webhooks.conftest import ALL, Admin, Drain, calls, happens
from tests.gateway.oidc.hostile import Hostile


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
