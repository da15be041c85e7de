"""Whoever asks."""

from __future__ import annotations

from gateway.admin.actor import Actor
from gateway.admin.operation import Model, Nothing, operation
from gateway.admin.roles import Role
from gateway.admin.tools import Tools


class Myself(Model):
    """Who acts; `id` is an account, or a user of the system."""

    id: str
    name: str
    role: Role


class Me:
    """What can be asked about oneself."""

    def __init__(self, tools: Tools) -> None:
        pass

    @operation("GET", "/me")
    def get(self, actor: Actor, taken: Nothing) -> Myself:
        """Say who you are here, and in what role."""
        return Myself(id=actor.id, name=actor.name, role=actor.role)
