"""How often user codes may be entered: what keeps people from trying them out (RFC 8628, 5.1).

A code has 34 bits. At a thousand entries an hour from everywhere, with a thousand codes open, it
takes three years on average until one is hit.
"""

from __future__ import annotations

from datetime import timedelta

from contracts.errors import TooMany
from gateway.addresses import network
from gateway.oidc.device.settings import DeviceSettings
from store import Transaction

HOUR = timedelta(hours=1)


def count(tx: Transaction, settings: DeviceSettings, browser: str, source: str) -> TooMany | None:
    """Count an entry, right or wrong, before it is judged; return why it must not be.

    Returned, for raising would take the count back.
    """
    if not settings.limited:
        return None
    waits = (
        tx.limits.hit(f"device:browser:{browser}", settings.per_browser, settings.lifetime),
        tx.limits.hit(f"device:source:{network(source)}", settings.per_source, HOUR),
        tx.limits.hit("device", settings.per_hour, HOUR),
    )
    wait = max(waits)
    return TooMany(detail="user codes", retry_after=wait) if wait else None
