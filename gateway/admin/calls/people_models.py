"""What the operations on people take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from gateway.admin.calls.person import Person, Who
from gateway.admin.operation import Model, Paged
from gateway.admin.roles import Role
from store.recoveries import State

USERNAME, ADDRESS = 255, 320
"""Characters that a name and an address can have."""


class Search(Paged):
    """Which people."""

    username: str = Field("", max_length=USERNAME, description="Those whose username holds this")
    disabled: bool | None = Field(None, description="Those who are kept out, or those who are not")
    leaving: bool | None = Field(None, description="Those who are to be erased, or those who stay")


class Found(Model):
    """Some people; `next` begins the next page, empty where there is none."""

    people: list[Person]
    next: str


class Named(Model):
    """A username, written as its owner writes it."""

    username: str = Field(max_length=USERNAME, description="Username")


class Whole(Person):
    """A person with what there is of them; `role` where they help to run the house."""

    language: str | None
    factors: int
    sessions: int
    applications: int
    recovery: State | None
    role: Role | None


class Newcomer(Named):
    """Somebody who gets an account."""

    email: str | None = Field(None, max_length=ADDRESS, description="Their address")
    password: str | None = Field(
        None, max_length=1024, repr=False, description="A password that they have already"
    )


class Guest(Named):
    """Somebody who is invited to set up their account."""

    email: str = Field(max_length=ADDRESS, description="Their address")
    send: bool = Field(False, description="Send the link there, beside showing it")
    language: str = Field("en", max_length=16, description="Language of the message, such as `de`")


class Invited(Model):
    """A link that works once; it is shown this one time."""

    link: str = Field(repr=False)
    valid_until: datetime


class Leaver(Model):
    """When a person will be erased."""

    erase_at: datetime


class Erased(Model):
    """Who was erased, and the signed proof of it; empty where they were gone before."""

    id: str
    proof: str


class Taking(Who):
    """Whose data; with a key a second call of the same operator is noted only once."""

    key: str = Field(
        "",
        max_length=128,
        description="Any word of the caller's: what is asked for twice with it within a day is in "
        "the trail once",
    )


class Taken(Model):
    """All that is kept of a person, as they can download it themselves."""

    export: dict[str, Any]


class Past(Who):
    """Which part of what happened to a person."""

    after: str = Field(
        "", pattern=r"^[0-9]{0,18}$", description="`next` of the page before; empty: the newest"
    )


class Happening(Model):
    """One thing that happened, in words; which factor, through which application, from where."""

    at: datetime
    words: str
    factor: str
    application: str
    address: str
    device: str


class History(Model):
    """What happened to a person, the newest first."""

    history: list[Happening]
    next: str
