"""Posts the trail and its checkpoints to services of the operator's, signed and in order.

Both bodies are signed as Standard Webhooks says (`gateway/senders/signed.py`). A checkpoint is
posted once all before it were taken; the id of a call stays the same over retries.
"""

from __future__ import annotations

import json
from pathlib import Path

from contracts.clock import Clock
from contracts.errors import BadRequest, Misconfigured, Unavailable
from contracts.text import Text
from gateway.outside import post
from gateway.senders import signed
from gateway.settings import Settings
from gateway.trail.lines import lines
from store import Store
from store.outbox import OutboxRow

ANCHOR = "anchor"
AUDIT = "audit"
SECONDS = 30.0


class Push:
    """Posts with the secret of the settings. Raises Misconfigured where there is none."""

    at_once = 1

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._secret = _secret(settings.audit_secret_file)

    def lane(self, row: OutboxRow) -> str:
        """Return the one lane of all calls of a kind."""
        return row.kind

    def carry(self, row: OutboxRow) -> None:
        """Post a checkpoint, or what it has signed. Raises Unavailable, also out of turn."""
        with self._store.read() as tx:
            if not tx.outbox.first(row.id):
                raise Unavailable(detail="an earlier part of the trail was not taken yet")
        url, kind, body = self._call(row)
        if url:
            self._post(url, kind, body, row.id)

    def _call(self, row: OutboxRow) -> tuple[str, str, str]:
        told = json.dumps({"checkpoint": row.payload["number"], "signed": row.payload["signed"]})
        if row.kind == ANCHOR:
            return self._settings.audit_anchor_url, "application/json", told
        with self._store.read() as tx:
            entries = tx.trail.sealed_in(row.payload["number"])
        return self._settings.audit_url, "application/x-ndjson", f"{lines(entries)}{told}\n"

    def _post(self, url: str, kind: str, body: str, message_id: str) -> None:
        content = body.encode()
        fields = signed.fields(self._secret, message_id, self._clock.now(), content)
        answer = post(url, content, {"Content-Type": kind, **fields}, SECONDS)
        if not answer.taken:
            raise Unavailable(detail=f"the receiver of the trail answered {answer.status}")


def _secret(file: Path | None) -> str:
    """Read the secret. Raises Misconfigured."""
    try:
        secret = file.read_text().strip() if file else ""
        signed.key_of(secret)
    except OSError as error:
        message = "The file %(path)s of GATEHOUSE_AUDIT_SECRET_FILE cannot be read."
        raise Misconfigured(Text(message, {"path": str(file)})) from error
    except BadRequest as error:
        message = "GATEHOUSE_AUDIT_SECRET_FILE must hold whsec_ and 24 to 64 bytes in base64."
        raise Misconfigured(Text(message)) from error
    return secret
