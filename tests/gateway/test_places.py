"""Where networks are, from either kind of file; a file that cannot be used stops the start."""

from __future__ import annotations

import struct
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.errors import Misconfigured
from gateway.places import Place, impossible, kilometres, load

BERLIN, SYDNEY, LIMA = Place(52.5, 13.4), Place(-33.9, 151.2), Place(-12.0, -77.0)
CSV = """network,latitude,longitude
10.0.0.0/8,52.5,13.4
10.1.0.0/16,-33.9,151.2
2001:db8::/32,-12.0,-77.0

"""


def test_the_smallest_network_that_holds_an_address_counts(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(CSV)
    places = load(file)
    found = [places.find(a) for a in ("10.9.9.9", "10.1.2.3", "2001:db8::7", "192.0.2.1", "", "x")]
    assert found == [BERLIN, SYDNEY, LIMA, None, None, None]


def test_without_a_file_nothing_is_known() -> None:
    assert load(None).find("10.0.0.1") is None


@pytest.mark.parametrize(
    "line",
    ["10.0.0.0/8,52.5", "10.0.0.1/8,1,1", "10.0.0.0/8,91,0", "10.0.0.0/8,nan,0", "x,1,1", "a"],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "places.csv"
    file.write_text(f"192.0.2.0/24,1,1\n{line}\n")
    with pytest.raises(Misconfigured) as refused:
        load(file)
    assert "line 2" in str(refused.value.public)


@pytest.mark.parametrize("name", ["places.csv", "places.mmdb"])
def test_a_file_that_is_missing_or_broken_is_named(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    with pytest.raises(Misconfigured):
        load(file)
    file.write_bytes(b"\xff\xfe nothing of the kind")
    with pytest.raises(Misconfigured):
        load(file)


def text(value: str) -> bytes:
    return bytes([0x40 | len(value)]) + value.encode()


def short(value: int) -> bytes:
    return b"\xa2" + struct.pack(">H", value)


def double(value: float) -> bytes:
    return b"\x68" + struct.pack(">d", value)


def mapping(*pairs: bytes) -> bytes:
    return bytes([0xE0 | len(pairs) // 2]) + b"".join(pairs)


def mmdb(place: Place) -> bytes:
    """Return a whole file (MaxMind DB 2.0): one node; the upper half of IPv4 is at a place."""
    position = mapping(
        *(text("latitude"), double(place.latitude)), *(text("longitude"), double(place.longitude))
    )
    data = mapping(text("location"), position)
    tree = struct.pack(">I", 1)[1:] + struct.pack(">I", 1 + 16)[1:]
    said = {
        "node_count": b"\xc4" + struct.pack(">I", 1),
        "record_size": short(24),
        "ip_version": short(4),
        "database_type": text("Test"),
        "languages": b"\x00\x04",
        "binary_format_major_version": short(2),
        "binary_format_minor_version": short(0),
        "build_epoch": b"\x08\x02" + struct.pack(">Q", 1),
        "description": mapping(),
    }
    metadata = mapping(*(part for name, value in said.items() for part in (text(name), value)))
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + metadata


def test_an_mmdb_file_is_read_where_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "places.mmdb"
    file.write_bytes(mmdb(LIMA))
    places = load(file)
    found = [places.find(address) for address in ("203.0.113.9", "10.0.0.1", "2001:db8::1", "x")]
    assert found == [LIMA, None, None, None]


def test_distances() -> None:
    assert kilometres(BERLIN, SYDNEY) == pytest.approx(16_100, rel=0.01)
    assert kilometres(BERLIN, BERLIN) == 0
    assert kilometres(Place(0, 0), Place(0, 180)) == pytest.approx(20_015, rel=0.001)


@pytest.mark.parametrize(
    ("there", "here", "hours", "expected"),
    [
        (BERLIN, SYDNEY, 16, True),
        (BERLIN, SYDNEY, 16.5, False),
        (Place(0, 0), Place(0, 0.8), 0, False),
        (Place(0, 0), Place(0, 1), 0, True),
        (Place(0, 0), Place(0, 1), 0.2, False),
        (Place(0, 0), Place(0, 180), 20.1, False),
    ],
)
def test_what_nobody_travels(there: Place, here: Place, hours: float, expected: bool) -> None:
    assert impossible(there, here, timedelta(hours=hours)) is expected
