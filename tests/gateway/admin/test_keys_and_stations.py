"""Operators, signing keys and kiosks."""

from __future__ import annotations

import pytest

from contracts.errors import BadRequest, Conflict
from gateway.oidc.keys.algorithms import ALGORITHMS
from tests.enrollment.test_pairing import PUBLIC
from tests.gateway.admin.conftest import Call
from tests.gateway.conftest import House


def test_keys_are_followed_and_revoked_and_never_shown(call: Call) -> None:
    assert {key.state for key in call("keys.list").keys} == {"published"}
    rotated = call("keys.rotate").keys
    assert sorted(key.alg for key in rotated if key.state == "waiting") == sorted(ALGORITHMS)
    gone = rotated[0].kid
    assert gone not in {key.kid for key in call("keys.revoke", kid=gone).keys}
    with pytest.raises(BadRequest, match="no signing key"):
        call("keys.revoke", kid=gone)
    with pytest.raises(BadRequest, match="kid: "):
        call("keys.revoke", kid="../x")
    assert set(rotated[0].model_dump()) == {"kid", "alg", "state", "signs_from", "retires_at"}


def test_a_kiosk_is_announced_paired_and_believed_no_more(house: House, call: Call) -> None:
    announced = call("stations.add", name="Front desk")
    [kiosk] = call("stations.list").stations
    assert (kiosk.name, kiosk.state) == ("Front desk", "waiting")
    with house.store.write() as tx:
        tx.stations.pair(announced.pairing_code, PUBLIC)
    assert call("stations.list").stations[0].state == "paired"
    revoked = call("stations.revoke", station=kiosk.id)
    assert revoked.state == "revoked"
    assert call("stations.revoke", station=kiosk.id).revoked_at == revoked.revoked_at
    with house.store.read() as tx:
        assert [found.event for found in tx.audit.list(9)].count("station.revoked") == 1
    with pytest.raises(BadRequest, match="no such kiosk"):
        call("stations.revoke", station="0" * 32)


def test_kiosks_are_listed_by_name_page_by_page(call: Call) -> None:
    for name in ("b", "a", "c"):
        call("stations.add", name=name)
    with pytest.raises(Conflict):
        call("stations.add", name="a")
    first = call("stations.list", limit=2)
    assert [kiosk.name for kiosk in first.stations] == ["a", "b"]
    assert [kiosk.name for kiosk in call("stations.list", after=first.next).stations] == ["c"]
    for name in ("", "a\nb", "x" * 129):
        with pytest.raises(BadRequest, match="name: "):
            call("stations.add", name=name)
