"""Pairing a kiosk with a code, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from joserfc.jwk import ECKey

from contracts.errors import BadRequest, Conflict, Expired
from enrollment import stations_views
from enrollment.stations import Stations
from store import Store
from tests.fakes.clock import FakeClock

ISSUER = "https://id.example.org"
AN_HOUR = timedelta(hours=1)
PUBLIC = ECKey.generate_key("P-256").as_dict(private=False)


@pytest.fixture
def stations(store: Store, clock: FakeClock) -> Stations:
    return Stations(store, clock, ISSUER)


def test_a_pairing_code_counts_once(stations: Stations) -> None:
    code = stations.add("Front desk", AN_HOUR)
    assert stations.pair(code, PUBLIC).name == "Front desk"
    with pytest.raises(Expired):
        stations.pair(code, PUBLIC)


def test_a_pairing_code_gets_old(stations: Stations, clock: FakeClock) -> None:
    code = stations.add("Front desk", AN_HOUR)
    clock.advance(AN_HOUR + timedelta(seconds=1))
    with pytest.raises(Expired):
        stations.pair(code, PUBLIC)


def test_a_name_is_given_once(stations: Stations) -> None:
    stations.add("Front desk", AN_HOUR)
    with pytest.raises(Conflict):
        stations.add("Front desk", AN_HOUR)


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        [],
        {},
        {**PUBLIC, "x": "AAAA"},
        {**PUBLIC, "x": 7},
        {**PUBLIC, "crv": "P-521"},
        {"kty": "oct", "k": "c2VjcmV0"},
        ECKey.generate_key("P-384").as_dict(private=False),
        ECKey.generate_key("P-256").as_dict(private=True),
    ],
)
def test_a_station_brings_a_public_p256_key(stations: Stations, jwk: object) -> None:
    code = stations.add("Front desk", AN_HOUR)
    with pytest.raises(BadRequest):
        stations.pair(code, jwk)
    assert stations.pair(code, PUBLIC).active


def test_pairing_over_http(stations: Stations) -> None:
    app = Flask(__name__)
    app.register_blueprint(stations_views.blueprint(stations))
    call = {"code": stations.add("Front desk", AN_HOUR), "public_key": PUBLIC}
    answer = app.test_client().post("/enroll/stations/pair", json=call).get_json()
    assert answer == {"station": answer["station"], "name": "Front desk", "issuer": ISSUER}
    assert stations_views.PAIR in app.view_functions
    with pytest.raises(BadRequest), app.test_request_context(json=[call]):
        app.view_functions[stations_views.PAIR]()
