"""Event streams: which clients are told of what happens, and whether that flows."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from contracts.errors import BadRequest, Conflict
from contracts.text import Text
from gateway.admin.actor import Actor
from gateway.admin.operation import CHANGED, Model, Paged, RowVersion, operation
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from gateway.oidc.ssf.refused import Refused
from gateway.oidc.ssf.streams import LONGEST_REASON, set_status
from gateway.oidc.ssf.transmitter import updated
from store import Transaction, streams

ADMINS = at_least(Role.ADMIN)
UNKNOWN = Text("There is no such stream.")


class Which(Model):
    """One stream."""

    stream: str = Field(pattern=r"^[0-9a-f]{32}$", description="Id of the stream")


class Status(Which):
    """Whether a stream is to flow, and why."""

    version: RowVersion = Field(ge=1, description="The version that was looked at")
    status: Literal["enabled", "paused", "disabled"] = Field(
        description="`paused` keeps what happens for later, `disabled` does not"
    )
    reason: str = Field("", max_length=LONGEST_REASON, description="What the client is told of it")


class Stream(Model):
    """A stream; `waiting` is how much its client has not yet taken."""

    id: str
    client: str
    method: Literal["push", "poll"]
    events: list[str]
    status: str
    reason: str
    waiting: int
    version: int
    created_at: datetime


class Found(Model):
    """Some streams; `next` begins the next page, empty where there is none."""

    streams: list[Stream]
    next: str


class Streams:
    """What can be done with the streams that clients made."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store

    @operation("GET", "/streams", roles=ADMINS)
    def list(self, actor: Actor, page: Paged) -> Found:
        """List the event streams of clients, a page at a time."""
        with self._store.read() as tx:
            found = tx.streams.list(page.after, page.limit + 1)
            listed = [_stream(tx, each) for each in found[: page.limit]]
        return Found(streams=listed, next=listed[-1].id if len(found) > page.limit else "")

    @operation("POST", "/streams/{stream}/status", roles=ADMINS)
    def set_status(self, actor: Actor, status: Status) -> Stream:
        """Let a stream flow, hold it, or let it lapse; its client is told so."""
        with self._store.write() as tx:
            held = tx.streams.get(status.stream)
            if held is None:
                raise BadRequest(UNKNOWN)
            if held.version != status.version:
                raise Conflict(CHANGED)
            changed = _changed(tx, held, status)
            tx.stream_events.put(changed, updated(changed), control=True)
            return _stream(tx, changed)


def _changed(tx: Transaction, held: streams.Stream, status: Status) -> streams.Stream:
    try:
        return set_status(tx, held, status.status, status.reason)
    except Refused as error:
        raise Conflict(CHANGED) from error


def _stream(tx: Transaction, found: streams.Stream) -> Stream:
    return Stream(
        id=found.id,
        client=found.client_id,
        method="push" if found.method == streams.PUSH else "poll",
        events=list(found.events_requested),
        status=found.status,
        reason=found.reason,
        waiting=tx.stream_events.count(found.id),
        version=found.version,
        created_at=found.created_at,
    )
