"""What a login shows next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contracts.factor import Ask
from contracts.text import Text
from enrollment.outcomes import Asked
from gateway.limits.demand import Puzzle
from gateway.login.plan import Offer

LEAVING = "/account/leaving"
"""Where a person goes on who is to be erased: whatever they came for, it is this first."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a key of this browser's own signed, and in which ceremony; empty where nothing."""

    ceremony: str = ""
    answer: str = field(default="", repr=False)


UNSIGNED = Signed()


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is calling: this browser's binding, its session cookie, the address it came from.

    `device` is what it runs on, in names of ours; `language` the one that it is answered in;
    `work` the fields of its form, in which there may be work that was asked for.
    """

    browser: str
    session: str
    source: str
    device: str = ""
    language: str = ""
    signed: Signed = UNSIGNED
    work: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class First:
    """The first proof: a name with a password, or a passkey that knows the name.

    `puzzle` is work that is asked for where the house is strained; `named` is false where passwords
    are switched off.
    """

    hint: str
    fixed: bool
    usernameless: str
    error: Text | None = None
    status: int = 200
    signal: Ask | None = None
    puzzle: Puzzle | None = None
    named: bool = True
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class Choose:
    """The choice between ways to go on; `upgrade` is one that the browser may add by itself."""

    offers: Sequence[Offer]
    optional: bool
    error: Text | None = None
    status: int = 200
    notice: Text | None = None
    upgrade: str = ""
    signal: Ask | None = None
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """The login is over; the browser goes on with a new session cookie."""

    go: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The login was given up."""

    go: str


Step = First | Choose | Asked | Finished | Ended
"""One page of a login, or its end."""
