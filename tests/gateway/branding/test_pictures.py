"""Logos: the picture is kept to the pixel, what hides beside it is not, and nothing else passes."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from contracts.errors import BadRequest
from gateway.branding.pictures import LARGEST, PNG, SIDE, read

LOGOS = Path(__file__).parents[2] / "vectors/branding/logos"
"""Pictures of twelve by eight pixels; some say beside them where they were taken."""

PICTURES = {file.name: file.read_bytes() for file in sorted(LOGOS.iterdir())}
BY_KIND = {
    "png": PICTURES["palette.png"],
    "jpeg": PICTURES["progressive.jpeg"],
    "webp": PICTURES["transparent.webp"],
}
DAMAGED, UNKNOWN = "damaged", "PNG, JPEG or WebP"


def refused(data: bytes) -> str:
    with pytest.raises(BadRequest) as error:
        read(data)
    return str(error.value.public)


def chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def png(width: int, height: int, pixels: bytes, *more: bytes, kind: int = 0) -> bytes:
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, kind, 0, 0, 0])
    body = chunk(b"IDAT", zlib.compress(pixels))
    return PNG + chunk(b"IHDR", header) + b"".join(more) + body + chunk(b"IEND", b"")


@pytest.mark.parametrize("name", PICTURES)
def test_real_pictures_are_kept_without_what_hides_in_them(name: str) -> None:
    picture = read(PICTURES[name])
    assert picture.media_type == f"image/{name.rpartition('.')[2]}"
    assert (picture.width, picture.height) == (12, 8)
    assert b"52.5" not in picture.data
    assert b"<script" not in picture.data
    assert read(picture.data) == picture


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"GIF89a" + bytes(20),
        b"\x00\x00\x01\x00" + bytes(40),
        b"<!doctype html>" + BY_KIND["png"],
        b"%PDF-1.7",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    assert UNKNOWN in refused(data)


@pytest.mark.parametrize("kind", BY_KIND)
def test_what_does_not_end_where_the_picture_ends_is_refused(kind: str) -> None:
    for hidden in (b"<script>alert(1)</script>", b"PK\x03\x04", b"\x00"):
        assert DAMAGED in refused(BY_KIND[kind] + hidden)


@pytest.mark.parametrize("kind", BY_KIND)
def test_no_part_of_a_picture_passes(kind: str) -> None:
    whole = BY_KIND[kind]
    for length in range(1, len(whole)):
        with pytest.raises(BadRequest):
            read(whole[:length])


@pytest.mark.parametrize("kind", BY_KIND)
def test_a_flipped_byte_is_refused_or_still_a_picture_of_its_size(kind: str) -> None:
    whole = BY_KIND[kind]
    for place in range(len(whole)):
        flipped = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        try:
            picture = read(flipped)
        except BadRequest:
            continue
        assert picture.width <= SIDE
        assert picture.media_type == f"image/{kind}"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (png(SIDE + 1, 1, bytes(SIDE + 2)), "2048"),
        (png(1, 2**31 - 1, b"\0\0"), "2048"),
        (png(0, 1, b"\0"), "2048"),
        (png(8, 8, bytes(5_000_000)), DAMAGED),
        (png(8, 8, b""), DAMAGED),
        (png(8, 8, bytes(72), kind=9), DAMAGED),
        (png(8, 8, bytes(72), chunk(b"acTL", bytes(8))), DAMAGED),
        (PNG + chunk(b"IEND", b""), DAMAGED),
        (PNG, DAMAGED),
        (PNG + b"\xff\xff\xff\xffIHDR", DAMAGED),
        (b"RIFF\x04\x00\x00\x00WEBP", DAMAGED),
        (b"RIFF\x0c\x00\x00\x00WEBPANIM\x00\x00\x00\x00", DAMAGED),
        (b"RIFF\x10\x00\x00\x00WEBPVP8L\xff\xff\xff\x7f", DAMAGED),
        (b"\xff\xd8\xff\xd9", DAMAGED),
        (b"\xff\xd8\xff\xda\x00\x02" + b"\xff\x00" * 50, DAMAGED),
        (PNG + bytes(LARGEST), "100 kB"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_bombs_and_fragments_are_refused(data: bytes, why: str) -> None:
    assert why in refused(data)


def test_sides_are_those_of_the_frame_whatever_the_kind() -> None:
    frame = BY_KIND["jpeg"].index(b"\xff\xc2")
    jpeg = BY_KIND["jpeg"][: frame + 5] + b"\xff\xff\xff\xff" + BY_KIND["jpeg"][frame + 9 :]
    webp = BY_KIND["webp"]
    extended = webp.index(b"VP8X") + 12
    for data in (jpeg, webp[:extended] + b"\xff\xff\xff" + webp[extended + 3 :]):
        assert "2048" in refused(data)
