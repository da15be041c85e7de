"""What operations on webhooks take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from gateway.admin.operation import Model, Paged, RowVersion
from gateway.oidc.fetching.target import LONGEST
from store.events import Event

WebhookId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="Id of the webhook")]
Url = Annotated[
    str,
    Field(max_length=LONGEST, description="Address that is posted to: https, with a path"),
]
Types = Annotated[
    list[Event], Field(min_length=1, max_length=len(Event), description="Types of events it hears")
]


class Which(Model):
    """One webhook."""

    webhook: WebhookId


class New(Model):
    """A webhook to be."""

    url: Url
    events: Types


class Change(Which):
    """What is to be otherwise; what is left out stays."""

    version: RowVersion = Field(ge=1, description="The version that was looked at")
    url: Url | None = Field(None, description="Another address")
    events: Types | None = Field(None, description="Types of events, in place of all there are")
    active: bool | None = Field(None, description="Whether it is told anything")


class Renewal(Which):
    """Which version gets a new secret."""

    version: RowVersion = Field(ge=1, description="The version that was looked at")


class Hook(Model):
    """A webhook; `last_status` is none where the last call had no answer."""

    id: str
    url: str
    events: list[str]
    active: bool
    version: int
    created_at: datetime
    created_by: str
    last_at: datetime | None
    last_status: int | None


class Secret(Hook):
    """A webhook and the secret that its calls are signed with, told here and never again."""

    secret: str


class Found(Model):
    """Some webhooks; `next` begins the next page, empty where there is none."""

    webhooks: list[Hook]
    next: str


class Sent(Model):
    """The event that is on its way."""

    event: str


class Removed(Model):
    """The webhook that is gone."""

    id: str


class Deliveries(Which, Paged):
    """Which deliveries of a webhook."""

    after: str = Field("", pattern=r"^[0-9]{0,18}$", description="`next` of the page before")


class Delivery(Model):
    """A try to deliver an event; without a status there was no answer."""

    event: str
    type: str
    attempt: int
    status: int | None
    at: datetime


class Delivered(Model):
    """Some deliveries, the newest first."""

    deliveries: list[Delivery]
    next: str
