"""The last way in stays, whoever removes what at the same moment."""

from __future__ import annotations

import json

from contracts.errors import NotAllowed
from contracts.factor import Template
from enrollment.outcomes import Change
from enrollment.service import Enroller
from gateway.account.service import make_account_service
from store import Transaction
from tests.fakes.race import race
from tests.gateway.conftest import House

MANY = 6


def unheard(tx: Transaction, change: Change) -> None:
    """Tell nobody."""


def passkey(number: int) -> Template:
    """Make what a device would have registered."""
    record = {
        "credential_id": f"AA{number}",
        "public_key": "AA",
        "sign_count": 0,
        "transports": [],
        "aaguid": "00000000-0000-0000-0000-000000000000",
        "backup_eligible": True,
        "backed_up": True,
    }
    return Template(json.dumps(record).encode(), "webauthn/1", f"Key {number}", str(number))


def test_many_at_once_leave_a_way_to_log_in(house: House) -> None:
    account = house.enrolled("alice")
    with house.store.write() as tx:
        held = [tx.credentials.add(account, "webauthn", passkey(n)) for n in range(MANY)]
    service = make_account_service(house.store, house.clock, house.factors, unheard)
    each = iter(list(held))

    def remove() -> bool:
        try:
            service.remove(Enroller(account, "sid", "browser"), next(each))
        except NotAllowed:
            return False
        return True

    assert sorted(race(remove, MANY)) == [False] + [True] * (MANY - 1)
    with house.store.read() as tx:
        assert len(tx.credentials.list(account)) == 1
