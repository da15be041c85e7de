"""Whether a request may reach the person it means.

A client is told none of it: what reaches nobody is accepted, waits and expires like a request that
a person leaves lying. CIBA would let us answer `unknown_user_id` (section 13), but with it any
client could ask who has an account here, who is reachable, and who has sent it away.
"""

from __future__ import annotations

from datetime import timedelta

from gateway.oidc.settings import BackchannelSettings
from store import Transaction

HOUR = timedelta(hours=1)
NOBODY = "nobody"


def reachable(
    tx: Transaction, settings: BackchannelSettings, client_id: str, account_id: str | None
) -> str | None:
    """Return the account if the request may be shown to it; ask the same of somebody who is not."""
    person = account_id or NOBODY
    willing = tx.backchannel_devices.any(person)
    silenced = tx.limits.peek(_silence(client_id, person), 1)
    counted = person if willing and not silenced else NOBODY
    wait = tx.limits.hit(_requests(counted), settings.per_hour, HOUR)
    return None if counted is NOBODY or wait else account_id


def silence(
    tx: Transaction, settings: BackchannelSettings, client_id: str, account_id: str
) -> None:
    """Leave a person in peace of a client they have refused."""
    tx.limits.hit(_silence(client_id, account_id), 1, settings.silence)


def welcome(tx: Transaction, account_id: str) -> None:
    """Uncount a request that its person has allowed: it was no nuisance."""
    tx.limits.take_back(_requests(account_id))


def _requests(account_id: str) -> str:
    return f"backchannel:{account_id}"


def _silence(client_id: str, account_id: str) -> str:
    return f"backchannel:silenced:{client_id}:{account_id}"
