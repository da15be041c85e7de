"""An admin with a webhook, and the calls that it gets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.admin.actor import Actor
from gateway.admin.desk import Desk
from gateway.admin.opened import open_desk
from gateway.admin.roles import Role
from store.events import Event
from tests.gateway.conftest import House
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
