"""All that passes from login to the OpenID Provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.factor import Kind, Proof


@dataclass(frozen=True, slots=True)
class AuthEvent:
    """One accepted proof of this login."""

    factor: str
    kinds: frozenset[Kind]
    amr: tuple[str, ...]
    proof: Proof
    at: datetime


@dataclass(frozen=True, slots=True)
class Assurance:
    """What the provider hears: who, how well, by which methods, when; `sid` names the session."""

    subject: str
    acr: str
    amr: tuple[str, ...]
    auth_time: datetime
    sid: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an authorization request asks of a login.

    `required_acr` is the client's policy and must be met, and so must one of `essential_acr` where
    there are any. `acr_values` are voluntary, in order of preference. Proofs made before
    `not_before` do not count (prompt=login, max_age). Without `enrol` a factor that is missing is
    not added on the way: whoever holds less than is asked must not make up for it here.
    `transaction` names the request in a way that its client can name it too.
    """

    required_acr: str
    acr_values: Sequence[str] = ()
    not_before: datetime | None = None
    login_hint: str = ""
    client_id: str = ""
    client_name: str = ""
    ui_locales: Sequence[str] = field(default=())
    essential_acr: Sequence[str] = field(default=())
    enrol: bool = True
    transaction: str = ""
