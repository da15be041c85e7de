"""Where networks are, as far as a file of the operator's says; nobody outside is asked."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network
from math import asin, cos, isfinite, radians, sin, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from contracts.errors import Misconfigured
from contracts.text import Text

if TYPE_CHECKING:
    from maxminddb.reader import Reader

EARTH_KM = 6371
AIRLINER_KM_PER_HOUR = 1000
NEARBY_KM = 100
"""Files place networks by town: two places so near may be one."""

TRAVELLED = timedelta(hours=20)
"""In this time an airliner gets anywhere: no travel that takes longer is impossible."""

HEADER = ["network", "latitude", "longitude"]

Key = tuple[int, int, int]
"""IP version, prefix length, network as a number."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point on earth, in degrees. Raises ValueError where it is none."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (isfinite(self.latitude) and isfinite(self.longitude)):
            raise ValueError("no place")
        if abs(self.latitude) > 90 or abs(self.longitude) > 180:
            raise ValueError("no place on earth")


class Places(Protocol):
    """Knows where addresses are."""

    def find(self, address: str) -> Place | None:
        """Return where an address is, None where that is not known."""
        ...


class Nowhere:
    """Knows no place."""

    def find(self, address: str) -> Place | None:  # noqa: ARG002 - the port's signature
        """Know nothing."""
        return None


class Listed:
    """Places of networks from a list, the smallest network that holds an address first."""

    def __init__(self, networks: Mapping[Key, Place]) -> None:
        self._networks = networks
        self._lengths = sorted({(version, length) for version, length, _ in networks}, reverse=True)

    def find(self, address: str) -> Place | None:
        """Return where an address is."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return None
        for version, length in self._lengths:
            if version == parsed.version:
                number = int(parsed) >> (parsed.max_prefixlen - length)
                if (place := self._networks.get((version, length, number))) is not None:
                    return place
        return None


class Mapped:
    """Places from an MMDB file of cities, read where it lies."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def find(self, address: str) -> Place | None:
        """Return where an address is."""
        try:
            found = self._reader.get(address)
            location = found.get("location") if isinstance(found, dict) else None
            return _located(location) if isinstance(location, dict) else None
        except ValueError:
            return None


def load(path: Path | None) -> Places:
    """Read a file of places. Raises Misconfigured."""
    if path is None:
        return Nowhere()
    if path.suffix == ".mmdb":
        return Mapped(_reader(path))
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            return Listed(dict(_networks(path, lines)))
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, str(error)) from error


def impossible(there: Place, here: Place, between: timedelta) -> bool:
    """Whether nobody travels so far in that time."""
    far = kilometres(there, here)
    hours = between / timedelta(hours=1)
    return far > NEARBY_KM and far > AIRLINER_KM_PER_HOUR * hours


def kilometres(a: Place, b: Place) -> float:
    """Return the distance over the globe (haversine)."""
    north, south = radians(a.latitude), radians(b.latitude)
    across, along = (south - north) / 2, radians(b.longitude - a.longitude) / 2
    half = sin(across) ** 2 + cos(north) * cos(south) * sin(along) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def _networks(path: Path, lines: Iterator[str]) -> Iterator[tuple[Key, Place]]:
    for number, row in enumerate(csv.reader(lines), 1):
        if row == HEADER or not row:
            continue
        try:
            network, latitude, longitude = row
            held = ip_network(network)
            place = Place(float(latitude), float(longitude))
        except ValueError as error:
            raise _unreadable(path, f"line {number}: {error}") from error
        first = int(held.network_address) >> (held.max_prefixlen - held.prefixlen)
        yield (held.version, held.prefixlen, first), place


def _located(location: Mapping[str, object]) -> Place | None:
    latitude, longitude = location.get("latitude"), location.get("longitude")
    if isinstance(latitude, float | int) and isinstance(longitude, float | int):
        return Place(latitude, longitude)
    return None


def _reader(path: Path) -> Reader:
    try:
        import maxminddb  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        message = Text("A file of places in MMDB form needs: pip install 'gatehouse[places]'")
        raise Misconfigured(message) from error
    try:
        return maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise _unreadable(path, str(error)) from error


def _unreadable(path: Path, why: str) -> Misconfigured:
    message = "GATEHOUSE_PLACES_FILE %(path)s cannot be used: %(why)s"
    return Misconfigured(Text(message, {"path": str(path), "why": why}))
