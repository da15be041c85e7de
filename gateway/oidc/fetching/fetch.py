"""The one way to fetch a stranger's document: nothing private is reached, and little is read.

There are no redirects, proxies or cookies.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException
from threading import BoundedSemaphore
from time import monotonic
from typing import Any

from gateway.oidc import strict_json
from gateway.oidc.fetching.dial import Dialer, Resolve, public, public_or_here, resolve
from gateway.oidc.fetching.freshness import freshness
from gateway.oidc.fetching.target import NotATarget, Target
from gateway.oidc.fetching.wire import Answer, TooMuch, exchange
from store import Store

BYTES = 5 * 1024
SECONDS = 3.0
AT_ONCE = 4
"""Fetches that one web worker makes at a time; each holds one of its threads."""
PER_HOST, ALTOGETHER, WINDOW = 30, 300, timedelta(minutes=1)
"""Fetches from one host, and from all of them, counted for all workers: nobody can use us to beat
on a stranger, or fill our store with inventions."""


class FetchFailed(Exception):
    """There is no document to be had; the reason is for the log."""


class Unreachable(FetchFailed):
    """It could not be asked for, or did not answer: it may be there at another time."""


class Refused(FetchFailed):
    """It must not be asked for, or what was answered is no document."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document, and for how long its server lets us keep it, within our own bounds."""

    content: Any
    fresh_for: timedelta


class Fetcher:
    """Fetches JSON documents by https."""

    def __init__(
        self,
        store: Store,
        *,
        loopback: bool = False,
        resolve: Resolve = resolve,
        seconds: float = SECONDS,
        whose: str = "strangers",
    ) -> None:
        """Allow `loopback`, there by http too, only where the gateway itself is on trial there.

        `whose` addresses are fetched, is counted apart: what anybody may name cannot use up what
        the clients of an operator need.
        """
        self._store = store
        self._whose = whose
        self._loopback = loopback
        self._dialer = Dialer(public_or_here if loopback else public, resolve)
        self._seconds = seconds
        self._slots = BoundedSemaphore(AT_ONCE)
        self._threads = ThreadPoolExecutor(AT_ONCE, "fetch")

    def get(self, url: str, most: int = BYTES) -> Fetched:
        """Return the document at an address, of at most so many bytes. Raises FetchFailed."""
        target = self._target(url)
        self._count(target.host)
        if not self._slots.acquire(blocking=False):
            raise Unreachable("too many fetches at once")
        # A name that does not resolve holds its slot for longer than its caller.
        fetching = self._threads.submit(self._fetch, target, most, monotonic() + self._seconds)
        fetching.add_done_callback(lambda _: self._slots.release())
        try:
            return fetching.result(self._seconds)
        except TookTooLong as error:
            raise Unreachable("it took too long") from error

    def _target(self, url: str) -> Target:
        try:
            target = Target.parse(url)
        except NotATarget as error:
            raise Refused(str(error)) from error
        if target.scheme != "https" and not self._loopback:
            raise Refused("not https")
        return target

    def _count(self, host: str) -> None:
        with self._store.write() as tx:
            often = tx.limits.hit(f"fetch|{self._whose}|{host}", PER_HOST, WINDOW)
            if often or tx.limits.hit(f"fetch|{self._whose}", ALTOGETHER, WINDOW):
                raise Unreachable("fetched too often")

    def _fetch(self, target: Target, most: int, deadline: float) -> Fetched:
        try:
            answer = self._ask(target, most, deadline)
        except (NotATarget, TooMuch) as error:
            raise Refused(str(error)) from error
        except (OSError, HTTPException) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        return _read(answer)

    def _ask(self, target: Target, most: int, deadline: float) -> Answer:
        with self._dialer.connect(target, deadline) as connection:
            return exchange(connection, target, most, deadline)


def _read(answer: Answer) -> Fetched:
    if answer.status >= 500 or answer.status in {408, 429}:
        raise Unreachable(f"status {answer.status}")
    if answer.status != 200:
        raise Refused(f"status {answer.status}")
    if answer.encoded or not answer.json:
        raise Refused("not plain JSON")
    try:
        return Fetched(strict_json.parse(answer.body), freshness(answer.headers))
    except ValueError as error:
        raise Refused(f"not strict JSON: {error}") from error
