"""The browsers on which a person wants to see the requests that backends make for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from store import once
from store.handles import new_id
from store.models import backchannel_devices
from store.work import Work


@dataclass(frozen=True, slots=True)
class BackchannelDevice:
    """One browser of one person; `here` where it is the one that asks."""

    id: str
    created_at: datetime
    here: bool


class BackchannelDevices:
    """Keeps browsers under the keyed hash of the cookie that binds them."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, account_id: str, browser: str) -> None:
        """Let requests reach this browser."""
        row = {
            "id": new_id(),
            "account_id": account_id,
            "browser_hash": self._work.vault.browser(browser),
            "created_at": self._work.now(),
        }
        once.add(self._work.connection, backchannel_devices, row)

    def any(self, account_id: str) -> bool:
        """Tell whether requests can reach this person anywhere."""
        query = select(backchannel_devices.c.id).where(
            backchannel_devices.c.account_id == account_id
        )
        return self._work.connection.execute(query.limit(1)).first() is not None

    def list(self, account_id: str, browser: str) -> Sequence[BackchannelDevice]:
        """Return a person's browsers, the first first."""
        query = select(backchannel_devices).where(backchannel_devices.c.account_id == account_id)
        rows = self._work.connection.execute(query.order_by(backchannel_devices.c.created_at))
        here = self._work.vault.browser(browser)
        return [BackchannelDevice(r.id, r.created_at, r.browser_hash == here) for r in rows]

    def remove(self, account_id: str, device_id: str) -> bool:
        """Let requests reach a browser no more."""
        where = (
            backchannel_devices.c.account_id == account_id,
            backchannel_devices.c.id == device_id,
        )
        return once.take(self._work.connection, backchannel_devices, *where) is not None
