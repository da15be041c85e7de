"""What happened that others may want to hear of, written with what causes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from store.acting import who
from store.handles import new_id
from store.outbox import Outbox
from store.work import Work

EVENT = "event"
"""The kind of message that says what happened: `id`, `type`, `account_id`, `at`, `by`, `data`, and
`clients` where it concerns these alone."""
LIFETIME = timedelta(days=1)
ADMIN, USER, POLICY = "admin", "user", "policy"
"""Who makes things happen."""


class Event(StrEnum):
    """What can happen."""

    FACTOR_ENROLLED = "factor.enrolled"
    FACTOR_CHANGED = "factor.changed"
    FACTOR_REMOVED = "factor.removed"
    SUSPICIOUS = "account.suspicious"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    ACCOUNT_ERASED = "account.erased"
    CONSENT_GIVEN = "consent.given"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    SESSION_ENDED = "session.ended"
    ASSURANCE_CHANGED = "assurance.changed"


PING = "ping"
"""The type of an event that did not happen, for whoever tries whether a webhook is heard."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event as it was written; where `clients` are named, it concerns these alone."""

    id: str
    type: str
    account_id: str
    at: datetime
    by: str
    clients: Sequence[str] | None
    data: Mapping[str, str]

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Occurrence:
        """Read the payload of a message."""
        return cls(**{**payload, "at": datetime.fromisoformat(payload["at"])})


class Events:
    """Writes events to the outbox; a worker tells whoever wants to hear of them."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def happened(
        self,
        event: Event,
        account_id: str,
        *,
        by: str = "",
        clients: Collection[str] | None = None,
        **data: str,
    ) -> None:
        """Note an event about a person; `data` names things by ids of ours and holds no secret.

        `by` is who made it happen: `admin`, `user`, `policy` or `system`. Of the clients, these
        alone are concerned, or else all that the person has granted something.
        """
        payload = {
            "id": new_id(),
            "type": event,
            "account_id": account_id,
            "at": self._work.now().isoformat(),
            "by": by or (ADMIN if who() else USER),
            "clients": None if clients is None else sorted(clients),
            "data": data,
        }
        Outbox(self._work).put(EVENT, payload, LIFETIME)
