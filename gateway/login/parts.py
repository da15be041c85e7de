"""What the service of logins works with."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.clock import Clock
from enrollment.ceremonies import Ceremonies
from gateway.login.devices import Devices
from gateway.login.elsewhere import Elsewhere
from gateway.login.guide import Guide
from gateway.login.limits import Limits
from gateway.login.sessions import Sessions
from gateway.login.wallets import Wallets
from gateway.login.watch import Watch
from store import Store


@dataclass(frozen=True, slots=True)
class Parts:
    """What the service works with."""

    store: Store
    clock: Clock
    ceremonies: Ceremonies
    wallets: Wallets
    sessions: Sessions
    limits: Limits
    watch: Watch
    guide: Guide
    devices: Devices
    elsewhere: Elsewhere
    failures_per_login: int
