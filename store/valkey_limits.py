"""Limits counted in Valkey, for gateways that share one.

Each count is one script, and so is atomic; counters expire with their window. Times are the
gateway's own, in milliseconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from contracts.errors import Misconfigured, Unavailable
from contracts.text import Text
from store.counting import DOUBLINGS, FREE, Count
from store.models import EPOCH
from store.work import Work

if TYPE_CHECKING:
    from valkey import Valkey

ANSWER_SECONDS = 2
MILLISECOND = timedelta(milliseconds=1)
PREFIX = "gatehouse:limit:"

COUNT = """
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local few, doublings = tonumber(ARGV[4]), tonumber(ARGV[5])
local hits, ends, free = unpack(redis.call('HMGET', KEYS[1], 'hits', 'ends', 'free'))
hits, ends, free = tonumber(hits or 0), tonumber(ends or 0), tonumber(free or 0)
if ends <= now then hits, ends, free = 0, now + window, 0 end
if limit > 0 and free > now then return {hits, ends, free} end
hits, free = hits + 1, 0
if limit > 0 and hits >= math.min(few, limit) then
  free = ends
  if hits < limit and hits < few + doublings then
    free = math.min(now + 1000 * 2 ^ (hits - few), ends)
  end
end
redis.call('HSET', KEYS[1], 'hits', hits, 'ends', ends, 'free', free)
redis.call('PEXPIRE', KEYS[1], math.max(1, ends - now))
return {hits, ends, 0}
"""
"""Counts where no wait is due; returns the hits, the end of the window, and until when one waits.

A limit of 0 stands for no waits at all.
"""

TAKE_BACK = """
local hits = tonumber(redis.call('HGET', KEYS[1], 'hits') or 0)
if hits > 0 then redis.call('HSET', KEYS[1], 'hits', hits - 1, 'free', 0) end
"""


class SharedValkey:
    """One Valkey and what it runs. Raises Unavailable where it does not answer."""

    def __init__(self, url: str) -> None:
        self._client: Any = _client(url)
        self.count = self._client.register_script(COUNT)
        self.take_back = self._client.register_script(TAKE_BACK)

    @contextmanager
    def answering(self) -> Iterator[Any]:
        """Give the client; translate its errors."""
        from valkey.exceptions import ValkeyError  # noqa: PLC0415 - an extra

        try:
            yield self._client
        except (ValkeyError, OSError) as error:
            raise Unavailable(detail=f"Valkey: {error}") from error

    def ping(self) -> None:
        """Raise Unavailable where it does not answer."""
        with self.answering() as client:
            client.ping()

    def check(self) -> None:
        """Raise Misconfigured where it does not answer."""
        try:
            self.ping()
        except Unavailable as error:
            message = "Valkey does not answer: start it, or correct GATEHOUSE_VALKEY_URL."
            raise Misconfigured(Text(message), detail=error.detail) from error

    def close(self) -> None:
        """Close every connection."""
        self._client.close()


class ValkeyLimits:
    """Counts in hashes; keys are stored as keyed hashes.

    What was counted stays counted, whatever becomes of the transaction beside it.
    """

    def __init__(self, work: Work, shared: SharedValkey) -> None:
        self._work = work
        self._shared = shared

    def count(self, key: str, window: timedelta) -> int:
        """Count once and return how often it happened in this window."""
        return self._count(key, window)[0]

    def hit(self, key: str, limit: int, window: timedelta) -> int:
        """Count once; return 0 up to the limit, beyond it the seconds to wait."""
        hits, ends, _ = self._count(key, window)
        return self._seconds(ends) if hits > limit else 0

    def attempt(self, key: str, limit: int, window: timedelta) -> Count:
        """Count once where no wait is due, and let the next one wait the longer for it."""
        hits, _, free = self._count(key, window, limit)
        return Count(hits, self._seconds(free))

    def take_back(self, key: str) -> None:
        """Uncount one and the wait after it: what was counted turned out well."""
        with self._shared.answering():
            self._shared.take_back(keys=[self._name(key)])

    def peek(self, key: str, limit: int) -> int:
        """Return what the next `hit` would, without counting."""
        ((hits, ends),) = self._read([key])
        return self._seconds(ends) if hits >= limit else 0

    def hits(self, keys: Sequence[str]) -> Sequence[int]:
        """Return how often each happened in its window, without counting."""
        now = self._now()
        return [hits if ends > now else 0 for hits, ends in self._read(keys)]

    def _count(self, key: str, window: timedelta, limit: int = 0) -> tuple[int, int, int]:
        arguments = [self._now(), window // MILLISECOND, limit, FREE, DOUBLINGS]
        with self._shared.answering():
            hits, ends, free = self._shared.count(keys=[self._name(key)], args=arguments)
        return int(hits), int(ends), int(free)

    def _read(self, keys: Sequence[str]) -> list[tuple[int, int]]:
        with self._shared.answering() as client:
            pipeline = client.pipeline(transaction=False)
            for key in keys:
                pipeline.hmget(self._name(key), ["hits", "ends"])
            return [(int(hits or 0), int(ends or 0)) for hits, ends in pipeline.execute()]

    def _seconds(self, until: int) -> int:
        """Return the whole seconds from now on until then, none where it is over."""
        return max(0, -(-(until - self._now()) // 1000))

    def _now(self) -> int:
        return (self._work.now() - EPOCH) // MILLISECOND

    def _name(self, key: str) -> str:
        return PREFIX + self._work.vault.digest("limit", key)


def _client(url: str) -> Valkey:
    try:
        from valkey import Valkey  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        message = Text("Valkey needs: pip install 'gatehouse[valkey]'")
        raise Misconfigured(message) from error
    try:
        return Valkey.from_url(
            url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS
        )
    except ValueError as error:
        message = Text("GATEHOUSE_VALKEY_URL cannot be understood: correct it.")
        raise Misconfigured(message, detail=str(error)) from error
