"""How often wrong user codes may be entered, so that nobody tries them out (RFC 8628, 5.1).

A code has 34 bits. At a thousand entries an hour from everywhere, with a thousand codes open, it
takes three years on average until one is hit.
"""

from __future__ import annotations

from datetime import timedelta

from contracts.errors import TooMany
from gateway.addresses import network
from gateway.oidc.settings import DeviceSettings
from store import Transaction

HOUR = timedelta(hours=1)


def count(tx: Transaction, settings: DeviceSettings, browser: str, source: str) -> TooMany | None:
    """Count an entry before it is judged; return why it must not be.

    Returned, for raising would take the count back.
    """
    if not settings.limited:
        return None
    mine, ours, all_ = _keys(browser, source)
    wait = max(
        tx.limits.hit(mine, settings.per_browser, settings.lifetime),
        tx.limits.hit(ours, settings.per_source, HOUR),
        tx.limits.hit(all_, settings.per_hour, HOUR),
    )
    return TooMany(detail="user codes", retry_after=wait) if wait else None


def uncount(tx: Transaction, settings: DeviceSettings, browser: str, source: str) -> None:
    """Take the count of a right entry back."""
    for key in _keys(browser, source) if settings.limited else ():
        tx.limits.take_back(key)


def _keys(browser: str, source: str) -> tuple[str, str, str]:
    return f"device:browser:{browser}", f"device:source:{network(source)}", "device"
