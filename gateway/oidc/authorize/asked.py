"""An authorization request as the checks see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contracts.clock import Clock
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.keys.ring import KeyRing
from store import Client, Store


def _nothing(resource: str, scope: str) -> None:
    """Learn nothing."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a check may have to look up."""

    issuer: str
    store: Store
    clock: Clock
    keys: KeyRing
    require_pushed: bool = False
    learn: Callable[[str, str], None] = _nothing
    """Asks an unknown resource what it says of itself (RFC 9728), for a scope."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was sent, by whom, and what it can be held against.

    `pushed` by the client itself (RFC 9126), so that no browser and no log has seen it; `signed` as
    a request object (RFC 9101).
    """

    parameters: Parameters
    client: Client
    knowledge: Knowledge
    pushed: bool = False
    signed: bool = False
