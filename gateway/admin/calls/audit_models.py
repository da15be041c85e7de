"""What is asked of the trail, and what it tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field

from gateway.admin.operation import MOST, PAGE, Model
from store.trail.search import Wanted

NUMBER = r"^[0-9]{0,18}$"
AT_ONCE = 5000
"""Entries of one page of an export."""

_ABOUT = "Account id, or the pseudonym of somebody who is erased"


class Filter(Model):
    """Which entries; what is empty chooses nothing."""

    event: str = Field(
        "", max_length=64, description="Name of the event, or what it begins with: `login.`"
    )
    person: str = Field("", max_length=32, description=f"To whom it happened. {_ABOUT}")
    actor: str = Field("", max_length=64, description=f"Who did it. {_ABOUT}, or `system:<uid>`")
    client: str = Field("", max_length=255, description="Through which client")
    since: AwareDatetime | None = Field(None, description="Not before this time")
    until: AwareDatetime | None = Field(None, description="Not after this time")

    @property
    def wanted(self) -> Wanted:
        """The same for the store."""
        return Wanted(self.event, self.person, self.actor, self.client, self.since, self.until)


class Search(Filter):
    """Which entries, and which page of them."""

    after: str = Field("", pattern=NUMBER, description="`next` of the page before; empty: first")
    limit: int = Field(PAGE, ge=1, le=MOST, description="How many at most")


class Order(Filter):
    """Which entries to export, and which part of them."""

    after: str = Field("", pattern=NUMBER, description="`next` of the part before; empty: first")
    limit: int = Field(1000, ge=1, le=AT_ONCE, description="How many at most")


class Entry(Model):
    """One event. `erased`: what it said of the person cannot be read any more.

    `altered`: something of it is not what was written, and is left out.
    """

    number: int
    at: datetime
    event: str
    person: str | None
    username: str
    client: str | None
    address: str
    detail: dict[str, Any]
    actor: str | None
    actor_name: str
    actor_address: str
    erased: bool
    altered: bool
    checkpoint: int | None


class Found(Model):
    """Some entries; `next` goes on where this search ended, also where it found nothing."""

    entries: list[Entry]
    next: str


class Lines(Model):
    """Some entries as JSON lines, the oldest first; `next` is empty at the end."""

    lines: str
    next: str


class Place(Model):
    """Where the trail is not whole, and why."""

    why: str
    number: int | None
    at: datetime | None
    event: str
    writer: str
    seq: int | None
    checkpoint: int | None


class Verdict(Model):
    """What a look at the whole trail found; `first` is the first place that is not whole."""

    whole: bool
    entries: int
    checkpoints: int
    anchors: int
    waiting: int
    pruned: int
    problems: int
    first: Place | None


class Status(Model):
    """The newest checkpoint, and how many entries wait for the next."""

    checkpoint: int
    signed_at: datetime | None
    waiting: int


class Key(Model):
    """The public key of the checkpoints, a JWK (RFC 8037)."""

    kty: str
    crv: str
    x: str
    kid: str
    alg: str
    use: str
