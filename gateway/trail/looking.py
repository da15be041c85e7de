"""A look at the whole trail, with the anchors of this machine or others."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.settings import Settings
from gateway.trail.anchors import Anchors
from store import Store
from store.signer import Seals, Signer
from store.trail.checkpoints import opened
from store.trail.report import Report
from store.trail.verify import Progress, Verification


def look(
    store: Store,
    settings: Settings,
    *,
    anchors: Path | None = None,
    key: Path | None = None,
    progress: Progress = lambda *_: None,
) -> Report:
    """Verify the trail. Raises BadRequest where a file that is named cannot be used.

    `anchors` in place of this machine's own; `key`, a public JWK that was kept elsewhere.
    """
    seals = _seals(key) if key else Signer(store.vault)
    while True:
        report = Verification(store, seals, progress).run(_anchors(settings, anchors))
        if report.first is None or report.pruned == _pruned(store, seals):
            return report


def _pruned(store: Store, seals: Seals) -> int:
    """Return what was removed by now: what went while somebody looked is not missing."""
    with store.read() as tx:
        number = tx.checkpoints.last_number()
        signed = tx.checkpoints.numbered([number]).get(number)
    found = opened(signed, seals) if signed else None
    return found.pruned if found else 0


def _anchors(settings: Settings, named: Path | None) -> Iterable[str]:
    if named is not None and not named.is_file():
        raise BadRequest(Text("There is no file %(path)s.", {"path": str(named)}))
    return Anchors(named or settings.audit_anchors)


def _seals(file: Path) -> Seals:
    try:
        return Seals(json.loads(file.read_text()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = Text("%(path)s does not hold a public Ed25519 key.", {"path": str(file)})
        raise BadRequest(message) from error
