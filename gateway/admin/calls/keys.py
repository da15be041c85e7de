"""The keys that sign tokens; what they are signed with is never told."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from contracts.errors import BadRequest
from contracts.text import Text
from gateway import rotation
from gateway.admin.actor import Actor
from gateway.admin.operation import Model, Nothing, operation
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from store.keys import SigningKey


class Which(Model):
    """One key."""

    kid: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Its `kid`")


class Key(Model):
    """A key as the key set shows it; one that waits is published and does not sign yet."""

    kid: str
    alg: str
    state: Literal["waiting", "published"]
    signs_from: datetime
    retires_at: datetime | None


class Published(Model):
    """The keys of the key set, the first to sign first."""

    keys: list[Key]


class Keys:
    """What can be done with keys."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        self._clock = tools.clock
        self._settings = tools.settings

    @operation("GET", "/keys")
    def list(self, actor: Actor, nothing: Nothing) -> Published:
        """List the published keys."""
        return self._published()

    @operation("POST", "/keys/rotate", roles=at_least(Role.ADMIN), fresh=True)
    def rotate(self, actor: Actor, nothing: Nothing) -> Published:
        """Publish the next keys; they sign once every cached key set has them."""
        rotation.rotate(self._store, self._settings, self._clock)
        return self._published()

    @operation("POST", "/keys/{kid}/revoke", roles=at_least(Role.ADMIN), fresh=True)
    def revoke(self, actor: Actor, which: Which) -> Published:
        """Withdraw a key that strangers may hold, with every token it signed."""
        if not rotation.revoke(self._store, self._settings, self._clock, which.kid):
            raise BadRequest(Text("There is no signing key %(kid)s.", {"kid": which.kid}))
        return self._published()

    def _published(self) -> Published:
        with self._store.read() as tx:
            return Published(keys=[_shown(key, self._clock.now()) for key in tx.keys.list()])


def _shown(key: SigningKey, now: datetime) -> Key:
    return Key(
        kid=key.kid,
        alg=key.alg,
        state="waiting" if key.signs_from > now else "published",
        signs_from=key.signs_from,
        retires_at=key.retires_at,
    )
