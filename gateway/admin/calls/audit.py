"""The trail: searched, exported, verified."""

from __future__ import annotations

import json
from datetime import timedelta

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.admin.actor import Actor
from gateway.admin.calls.audit_models import (
    Entry,
    Found,
    Key,
    Lines,
    Order,
    Place,
    Search,
    Status,
    Verdict,
)
from gateway.admin.operation import Nothing, operation
from gateway.admin.roles import Role
from gateway.admin.tools import Tools
from gateway.trail.lines import detail, lines
from gateway.trail.looking import look
from store.audit import Record
from store.signer import Signer
from store.trail.report import Report

READERS = frozenset({Role.OPERATOR, Role.ADMIN, Role.AUDITOR})
KEEPERS = frozenset({Role.ADMIN, Role.AUDITOR})
MOST = 200_000
"""Entries that are verified while somebody waits; more are a command's."""
PARTS = timedelta(hours=1)
"""For how long the parts of one export are noted once."""
TOO_LONG = Text("The trail is too long to verify here. Run: gatehouse audit verify")


class Audit:
    """What can be done with the trail; nobody can change it."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        self._settings = tools.settings

    @operation("GET", "/audit", roles=READERS)
    def search(self, actor: Actor, search: Search) -> Found:
        """Look for entries of the audit trail, the newest first."""
        before = int(search.after) if search.after else None
        with self._store.read() as tx:
            found = tx.trail.newest(search.wanted, before, search.limit)
        entries = [_entry(record, scores=_sees_scores(actor)) for record in found.records]
        return Found(entries=entries, next=_next(found.next))

    @operation("GET", "/audit/export", roles=KEEPERS)
    def export(self, actor: Actor, order: Order) -> Lines:
        """Get entries of the audit trail as JSON lines, the oldest first."""
        self._note(actor, order)
        with self._store.read() as tx:
            found = tx.trail.oldest(order.wanted, int(order.after or 0), order.limit)
        text = lines(found.records, scores=_sees_scores(actor))
        return Lines(lines=text, next=_next(found.next))

    @operation("GET", "/audit/verify", roles=KEEPERS)
    def verify(self, actor: Actor, nothing: Nothing) -> Verdict:
        """Verify that the audit trail is whole."""
        with self._store.read() as tx:
            if tx.entries.more_than(MOST):
                raise BadRequest(TOO_LONG)
        return verdict(look(self._store, self._settings))

    @operation("GET", "/audit/status", roles=READERS)
    def status(self, actor: Actor, nothing: Nothing) -> Status:
        """Say how far the audit trail is signed."""
        with self._store.read() as tx:
            newest, waiting = tx.checkpoints.newest(), tx.checkpoints.waiting()
        number, at = (newest.number, newest.at) if newest else (0, None)
        return Status(checkpoint=number, signed_at=at, waiting=waiting)

    @operation("GET", "/audit/key", roles=READERS)
    def key(self, actor: Actor, nothing: Nothing) -> Key:
        """Get the public key that checkpoints of the audit trail are signed with."""
        return Key(**Signer(self._store.vault).public)

    def _note(self, actor: Actor, order: Order) -> None:
        """Note that somebody takes a part of the trail along, and which; its next parts are one.

        Wherever they say that they begin.
        """
        chosen = order.model_dump(mode="json", exclude_defaults=True, exclude={"after", "limit"})
        key = f"audit.exported:{actor.id}:{json.dumps(chosen, sort_keys=True)}"
        with self._store.write() as tx:
            if tx.once.spend(key, PARTS) or not order.after:
                tx.audit.add("audit.exported", detail=chosen)


def verdict(report: Report) -> Verdict:
    """Return a report as it is told."""
    first = report.first
    place = (
        None
        if first is None
        else Place(
            why=str(first.why),
            number=first.number,
            at=first.at,
            event=first.event,
            writer=first.writer,
            seq=first.seq,
            checkpoint=first.checkpoint,
        )
    )
    counts = {name: getattr(report, name) for name in COUNTS}
    return Verdict(whole=first is None, first=place, **counts)


COUNTS = ("entries", "checkpoints", "anchors", "waiting", "pruned", "problems")


def _sees_scores(actor: Actor) -> bool:
    return actor.role is Role.AUDITOR


def _next(number: int | None) -> str:
    return "" if number is None else str(number)


def _entry(record: Record, *, scores: bool) -> Entry:
    actor = record.actor
    return Entry(
        number=record.id,
        at=record.at,
        event=record.event,
        person=record.account_id,
        username=record.username,
        client=record.client_id,
        address=record.source,
        detail=dict(detail(record, scores=scores)),
        actor=actor.id if actor else None,
        actor_name=actor.name if actor else "",
        actor_address=actor.address if actor else "",
        erased=record.erased,
        altered=record.altered,
        checkpoint=record.checkpoint,
    )
