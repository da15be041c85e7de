"""Recordings as messengers, browsers and telephones send them, and as nobody should."""

from __future__ import annotations

import io
import struct
import zlib

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from verifiers.voice.audio.wav import RATE

Samples = NDArray[np.int16]

OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
SILENT_PACKET = bytes([0xF8])
"""One byte of Opus: 20 ms of nothing, as discontinuous transmission sends it."""


def coded(
    samples: Samples,
    container: str,
    codec: str,
    rate: int,
    layout: str = "mono",
    bit_rate: int | None = None,
) -> bytes:
    """Encode 16-bit samples at 16 kHz."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate)
        assert isinstance(stream, AudioStream)
        stream.codec_context.layout = layout
        if bit_rate:
            stream.codec_context.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(samples[None], "s16", "mono")
        frame.sample_rate = RATE
        sampler = AudioResampler(stream.codec_context.format or "s16", layout, rate)
        for part in [*sampler.resample(frame), *sampler.resample(None), None]:
            output.mux(stream.encode(part))
    return file.getvalue()


def wav(
    body: bytes,
    *,
    tag: int = 1,
    channels: int = 1,
    rate: int = RATE,
    bits: int = 16,
    extra: bytes = b"",
) -> bytes:
    """Build a WAV file of any format."""
    width = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * width % 2**32, width % 2**16, bits)
    chunks = b"fmt " + struct.pack("<I", 16) + form + extra
    chunks += b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def ogg(packets: list[bytes], per_page: int = 200, serial: int = 7) -> bytes:
    """Pack packets of less than 255 bytes each into an Ogg stream of Opus, without checksums."""
    tags = b"OpusTags" + struct.pack("<I", 1) + b"x" + struct.pack("<I", 0)
    pages = [[OPUS_HEAD], [tags]]
    pages += [packets[at : at + per_page] for at in range(0, len(packets), per_page)]
    return b"".join(_page(page, number, serial) for number, page in enumerate(pages))


def _page(packets: list[bytes], number: int, serial: int) -> bytes:
    table = bytes(len(packet) for packet in packets)
    header = struct.pack("<BBqIII", 0, 2 if number == 0 else 0, number * 960, serial, number, 0)
    return b"OggS" + header + bytes([len(table)]) + table + b"".join(packets)


def element(name: str, body: bytes) -> bytes:
    """Write one EBML element."""
    return bytes.fromhex(name) + struct.pack(">Q", len(body) | 1 << 56) + body


def webm(
    packets: list[bytes],
    *,
    tracks: int = 1,
    squeezed: bool = False,
    codec: bytes = b"A_OPUS",
    rate: float = 48_000.0,
    more: bytes = b"",
) -> bytes:
    """Pack packets into WebM; `squeezed`: each inside zlib, which Matroska allows."""
    head = element("1a45dfa3", element("4282", b"webm"))
    entries = b"".join(_track(number + 1, codec, rate, squeezed) for number in range(tracks))
    pack = zlib.compress if squeezed else bytes
    blocks = b"".join(element("a3", b"\x81\x00\x00\x80" + pack(packet)) for packet in packets)
    cluster = element("1f43b675", element("e7", b"\x00") + blocks)
    return head + element("18538067", element("1654ae6b", entries) + more + cluster)


def _track(number: int, codec: bytes, rate: float, squeezed: bool) -> bytes:
    sound = element("e1", element("b5", struct.pack(">d", rate)) + element("9f", b"\x01"))
    identity = struct.pack(">H", number)
    entry = element("d7", identity) + element("73c5", identity) + element("83", b"\x02")
    entry += element("86", codec) + sound
    if squeezed:
        zipped = element("5034", element("4254", b"\x00"))
        return element("ae", entry + element("6d80", element("6240", zipped)))
    return element("ae", entry + element("63a2", OPUS_HEAD))
