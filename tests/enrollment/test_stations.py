"""Knowing a kiosk again by what it signs."""

from __future__ import annotations

import threading
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from contracts.errors import GatehouseError, NotAuthenticated
from enrollment import station_proof
from enrollment.station_proof import Call
from enrollment.stations import Stations
from store import Store
from tests.fakes.clock import FakeClock

ISSUER = "https://id.example.org"
PATH = "/enroll/answer"
CALL = Call("POST", ISSUER + PATH, b"--canary\r\nbody")
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def stations(store: Store, clock: FakeClock) -> Stations:
    return Stations(store, clock, ISSUER + "/")


@pytest.fixture
def key() -> ECKey:
    return ECKey.generate_key("P-256")


@pytest.fixture
def station(stations: Stations, key: ECKey) -> str:
    code = stations.add("Front desk", AN_HOUR)
    return stations.pair(code, key.as_dict(private=False)).id


def authenticate(stations: Stations, proof: str, call: Call = CALL) -> str:
    return stations.authenticate(proof, call.method, PATH, call.body).id


def test_a_paired_station_is_known_by_its_signature(
    stations: Stations, station: str, key: ECKey, clock: FakeClock, store: Store
) -> None:
    clock.advance(timedelta(days=30))
    proof = station_proof.sign(key, station, CALL, clock.now())
    assert authenticate(stations, proof) == station
    with store.read() as tx:
        seen = tx.stations.get(station)
    assert seen is not None
    assert seen.last_seen_at == clock.now()
    assert seen.public_key == {
        name: key.as_dict(private=False)[name] for name in ("kty", "crv", "x", "y")
    }


def test_a_proof_counts_once(
    stations: Stations, station: str, key: ECKey, clock: FakeClock
) -> None:
    proof = station_proof.sign(key, station, CALL, clock.now())
    authenticate(stations, proof)
    with pytest.raises(NotAuthenticated, match="jti"):
        authenticate(stations, proof)


def test_ten_callers_with_one_proof_are_one(
    stations: Stations, station: str, key: ECKey, clock: FakeClock
) -> None:
    proof = station_proof.sign(key, station, CALL, clock.now())
    passed: list[str] = []

    def call() -> None:
        try:
            passed.append(authenticate(stations, proof))
        except GatehouseError:
            return

    callers = [threading.Thread(target=call) for _ in range(10)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert passed == [station]


@pytest.mark.parametrize(
    ("signed", "why"),
    [
        (replace(CALL, method="PUT"), "htm"),
        (replace(CALL, url="https://evil.example/enroll/answer"), "htu"),
        (replace(CALL, url=ISSUER + "/enroll/voice"), "htu"),
        (replace(CALL, body=b"another recording"), "bsh"),
    ],
)
def test_a_proof_is_about_one_call(
    stations: Stations, station: str, key: ECKey, clock: FakeClock, signed: Call, why: str
) -> None:
    proof = station_proof.sign(key, station, signed, clock.now())
    with pytest.raises(NotAuthenticated, match=why):
        authenticate(stations, proof)


@pytest.mark.parametrize(("off", "known"), [(-61, False), (-60, True), (60, True), (61, False)])
def test_the_clocks_may_differ_by_a_minute(
    stations: Stations, station: str, key: ECKey, clock: FakeClock, off: int, known: bool
) -> None:
    proof = station_proof.sign(key, station, CALL, clock.now() + timedelta(seconds=off))
    if known:
        assert authenticate(stations, proof) == station
    else:
        with pytest.raises(NotAuthenticated, match="iat"):
            authenticate(stations, proof)


def test_another_key_is_refused(stations: Stations, station: str, clock: FakeClock) -> None:
    proof = station_proof.sign(ECKey.generate_key("P-256"), station, CALL, clock.now())
    with pytest.raises(NotAuthenticated, match="signature"):
        authenticate(stations, proof)


def test_one_station_cannot_speak_for_another(
    stations: Stations, station: str, clock: FakeClock
) -> None:
    other = ECKey.generate_key("P-256")
    stations.pair(stations.add("Back office", AN_HOUR), other.as_dict(private=False))
    with pytest.raises(NotAuthenticated):
        authenticate(stations, station_proof.sign(other, station, CALL, clock.now()))


def test_a_revoked_or_unpaired_station_is_refused(
    stations: Stations, station: str, key: ECKey, clock: FakeClock, store: Store
) -> None:
    proof = station_proof.sign(key, station, CALL, clock.now())
    with store.write() as tx:
        tx.stations.revoke(station)
    with pytest.raises(NotAuthenticated, match="no station"):
        authenticate(stations, proof)
    with pytest.raises(NotAuthenticated, match="no station"):
        authenticate(stations, station_proof.sign(key, "f" * 32, CALL, clock.now()))


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({"typ": "JWT"}, {}),
        ({"typ": "dpop+jwt"}, {}),
        ({}, {"iat": "now"}),
        ({}, {"iat": None}),
        ({}, {"iat": 10**400}),
        ({}, {"jti": ""}),
        ({}, {"jti": 7}),
        ({}, {"bsh": None}),
        ({}, {"bsh": "\u00e9"}),
    ],
)
def test_a_proof_is_well_formed(
    stations: Stations,
    station: str,
    key: ECKey,
    clock: FakeClock,
    header: dict[str, Any],
    claims: dict[str, Any],
) -> None:
    proof = forged(station, key, clock, header, claims)
    with pytest.raises(NotAuthenticated):
        authenticate(stations, proof)


def test_only_es256_is_a_signature(
    stations: Stations, station: str, key: ECKey, clock: FakeClock
) -> None:
    confused = OctKey.import_key(str(key.as_dict(private=False)["x"]))
    for alg, signer in (("HS256", confused), ("RS256", RSAKey.generate_key(2048))):
        with pytest.raises(NotAuthenticated):
            authenticate(stations, forged(station, signer, clock, {"alg": alg}, {}))


def test_an_unsigned_proof_is_refused(
    stations: Stations, station: str, key: ECKey, clock: FakeClock
) -> None:
    header, payload, _ = station_proof.sign(key, station, CALL, clock.now()).split(".")
    for unsigned in (f"{header}.{payload}.", f"eyJhbGciOiJub25lIn0.{payload}."):
        with pytest.raises(NotAuthenticated):
            authenticate(stations, unsigned)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.text(max_size=80), st.from_regex(r"[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}")))
def test_nonsense_is_refused(stations: Stations, proof: str) -> None:
    with pytest.raises(NotAuthenticated):
        authenticate(stations, proof)


@pytest.mark.parametrize("part", [0, 1])
def test_deep_nonsense_is_refused(stations: Stations, part: int) -> None:
    parts = [b'{"alg": "ES256"}', b"{}", b"signature"]
    parts[part] = b"[" * 1_300
    proof = b".".join(map(urlsafe_b64encode, parts)).replace(b"=", b"").decode()
    with pytest.raises(NotAuthenticated):
        authenticate(stations, proof)


def test_a_long_proof_is_refused_unread(stations: Stations) -> None:
    with pytest.raises(NotAuthenticated, match="too long"):
        authenticate(stations, "x" * 100_000)


def forged(
    station: str,
    key: ECKey | OctKey | RSAKey,
    clock: FakeClock,
    header: dict[str, Any],
    claims: dict[str, Any],
) -> str:
    """A proof as it should be, but for what is given."""
    sound = {
        "iss": station,
        "htm": CALL.method,
        "htu": CALL.url,
        "bsh": CALL.bsh,
        "iat": int(clock.now().timestamp()),
        "jti": "a-first-use",
    }
    header = {"typ": station_proof.TYPE, "alg": station_proof.ALGORITHM} | header
    return jwt.encode(header, sound | claims, key, algorithms=[header["alg"]])
