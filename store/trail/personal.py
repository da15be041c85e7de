"""What an entry says of a person, sealed under that person's key: it goes with the key.

What is about nobody is sealed under a key of nobody's, so that an entry costs the same whether a
name is somebody's or not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from contracts.errors import Expired
from store import cipher
from store.work import Work

NOBODY = "nobody"

Keys = Mapping[str, bytes]


def place(writer: str, seq: int, event: str) -> bytes:
    """Return what a sealed part is bound to."""
    return f"{writer}|{seq}|{event}".encode()


def seal(
    work: Work, subject_id: str, content: Mapping[str, Any], where: tuple[str, int, str]
) -> bytes | None:
    """Seal what is said of somebody; None where nothing is, or where they are erased."""
    key = _key(work, subject_id) if content else None
    if key is None:
        return None
    return cipher.seal(key, json.dumps(content).encode(), place(*where))


def keys(work: Work, subject_ids: Iterable[str]) -> Keys:
    """Return the keys of those who are not erased."""
    return work.keystore.find_keys({*subject_ids})


def unseal(
    found: Keys, subject_id: str, sealed: bytes | None, where: tuple[str, int, str]
) -> dict[str, Any] | None:
    """Return what was sealed; None where its key is gone. Raises Tampered."""
    if sealed is None:
        return {}
    key = found.get(subject_id)
    if key is None:
        return None
    content: dict[str, Any] = json.loads(cipher.unseal(key, sealed, place(*where)))
    return content


def _key(work: Work, subject_id: str) -> bytes | None:
    """Return a key; one transaction reads it once."""
    if subject_id not in work.subject_keys:
        try:
            work.subject_keys[subject_id] = work.keystore.subject_key(subject_id)
        except Expired:
            work.subject_keys[subject_id] = None
    return work.subject_keys[subject_id]
