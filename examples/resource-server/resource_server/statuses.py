"""Whether a token was revoked, by the issuer's status list (draft-ietf-oauth-status-list).

One list says it of all tokens that name it: it is fetched at most once in its `ttl`, and holds
until its `exp` where the issuer does not answer.
"""

from __future__ import annotations

import binascii
import zlib
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.request import build_opener

from joserfc.util import urlsafe_b64decode

from resource_server.verifier import InvalidToken, NoRedirects, Verifier, instant

LONGEST = 256 * 1024
MOST = 2**20 // 8
"""Bytes of a list; what would inflate to more is none."""


class Statuses:
    """Remembers the lists that tokens name."""

    def __init__(self, verifier: Verifier, fetch: Callable[[str], str] | None = None) -> None:
        self._verifier = verifier
        self._fetch = fetch or download
        self._lists: dict[str, tuple[float, float, bytes]] = {}

    def check(self, claims: dict[str, Any]) -> None:
        """Raise InvalidToken where a token was revoked, or nobody can say so."""
        place = claims.get("status", {}).get("status_list")
        if place is None:
            return
        uri, index = place.get("uri"), place.get("idx")
        if not isinstance(uri, str) or type(index) is not int or index < 0:
            raise InvalidToken("no place in a status list")
        bits = self._list(uri)
        if index >= 8 * len(bits) or bits[index >> 3] >> (index & 7) & 1:
            raise InvalidToken("revoked")

    def _list(self, uri: str) -> bytes:
        now = self._verifier.now()
        fresh_until, good_until, bits = self._lists.get(uri, (0.0, 0.0, b""))
        if now < fresh_until:
            return bits
        try:
            self._lists[uri] = self._read(uri)
        except (OSError, HTTPException, ValueError, zlib.error, binascii.Error) as error:
            if now >= good_until:
                raise InvalidToken("the status list cannot be had now") from error
        return self._lists[uri][2]

    def _read(self, uri: str) -> tuple[float, float, bytes]:
        """Fetch a list of the issuer's own, and check it (section 8.3)."""
        if not uri.startswith(f"{self._verifier.issuer}/"):
            raise ValueError("a list of somebody else's")
        said = self._verifier.said(self._fetch(uri), "statuslist+jwt", LONGEST)
        now, status_list = self._verifier.now(), said.get("status_list")
        if said.get("sub") != uri or not isinstance(status_list, dict):
            raise ValueError("not this list")
        if status_list.get("bits") != 1 or instant(said, "exp") <= now:
            raise ValueError("not a list of bits that still holds")
        inflater = zlib.decompressobj()
        bits = inflater.decompress(urlsafe_b64decode(status_list["lst"].encode()), MOST)
        if inflater.unconsumed_tail:
            raise ValueError("a list of more than a million")
        return now + instant(said, "ttl"), instant(said, "exp"), bits


def download(uri: str) -> str:
    """Fetch a status list token. Raises OSError, HTTPException or ValueError."""
    with build_opener(NoRedirects).open(uri, timeout=3) as answer:
        return str(answer.read(LONGEST).decode("ascii"))
