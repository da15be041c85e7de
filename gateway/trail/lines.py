"""Entries of the trail as JSON lines, for whoever keeps or reads them elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from store.audit import Record

SCORE = "score"
"""What a biometric scored: for auditors alone."""


def line(record: Record, *, scores: bool = False) -> str:
    """Return one entry as one line, without its end; ids, and no names."""
    actor = record.actor
    told = {
        "number": record.id,
        "at": record.at.isoformat(),
        "event": record.event,
        "person": record.account_id,
        "client": record.client_id,
        "address": record.source,
        "detail": detail(record, scores=scores),
        "actor": actor.id if actor else None,
        "actor_address": actor.address if actor else "",
        "erased": record.erased,
        "altered": record.altered,
        "checkpoint": record.checkpoint,
    }
    return json.dumps(told, separators=(",", ":"))


def lines(records: Iterable[Record], *, scores: bool = False) -> str:
    """Return entries as lines."""
    return "".join(f"{line(record, scores=scores)}\n" for record in records)


def detail(record: Record, *, scores: bool) -> Mapping[str, Any]:
    """Return the details of an entry, with the score of a biometric or without."""
    return {name: each for name, each in record.detail.items() if scores or name != SCORE}
