"""Stations: kiosks that were paired with a key of their own and sign each call with it."""

from __future__ import annotations

from datetime import timedelta

from contracts.clock import Clock
from contracts.errors import Expired, NotAuthenticated
from contracts.text import Text
from enrollment import station_proof
from enrollment.station_proof import LEEWAY, Call
from store import Station, Store

REFUSED = Text("This kiosk is not known here. Pair it again.")


class Stations:
    """Pairs stations and knows them again."""

    def __init__(self, store: Store, clock: Clock, issuer: str) -> None:
        self._store = store
        self._clock = clock
        self.issuer = issuer.rstrip("/")

    def add(self, name: str, lifetime: timedelta) -> str:
        """Register a station; return the code that pairs it once. Raises Conflict."""
        with self._store.write() as tx:
            tx.audit.add("station.added", detail={"name": name})
            return tx.stations.add(name, lifetime)

    def pair(self, code: str, jwk: object) -> Station:
        """Spend a pairing code for a public key; return the station that it belongs to.

        Raises BadRequest for a key that is not a public P-256 JWK, and Expired.
        """
        key = station_proof.public_key(jwk)
        with self._store.write() as tx:
            station_id = tx.stations.pair(code, key)
            station = tx.stations.get(station_id) if station_id else None
            if station is None:
                raise Expired(Text("This pairing code is not valid any more. Ask for a new one."))
            tx.audit.add("station.paired", source=station.id, detail={"name": station.name})
            return station

    def authenticate(self, proof: str, method: str, path: str, body: bytes) -> Station:
        """Return the station that signed this very call. Raises NotAuthenticated.

        The URL is made of the issuer and `path`, never of what the caller says its host is. Each
        proof counts once.
        """
        station = self._find(station_proof.claimed_station(proof))
        call = Call(method, self.issuer + path, body)
        now = self._clock.now()
        jti = station_proof.verify(
            proof, station.public_key or {}, expected_call=call, expected_at=now
        )
        self._spend(station, jti)
        return station

    def _find(self, station_id: str) -> Station:
        with self._store.read() as tx:
            station = tx.stations.get(station_id)
        if station is None or not station.active:
            raise NotAuthenticated(REFUSED, detail=f"no station {station_id!r}")
        return station

    def _spend(self, station: Station, jti: str) -> None:
        with self._store.write() as tx:
            if not tx.once.spend(f"station-proof|{station.id}|{jti}", 2 * LEEWAY):
                raise NotAuthenticated(detail="station proof: jti was used before")
            tx.stations.seen(station.id)
