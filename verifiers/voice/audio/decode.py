"""Recordings of messengers and telephones, made WAV by FFmpeg's libraries (PyAV).

Nothing is decided by a file's name, and nothing but its bytes is ever opened: the container is told
by its first bytes, the decoders are those of speech, and all is counted while it is decoded.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import NoReturn

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container.input import InputContainer

from contracts.errors import BadRequest
from contracts.inference import Job
from verifiers.voice.audio import containers, wav
from verifiers.voice.audio.containers import UNKNOWN

CODECS = ("opus", "pcm_s16le", "pcm_mulaw", "pcm_alaw")
"""Opus of messengers and browsers, G.711 of telephones, plain samples."""
RATES = range(8_000, 48_001)
CHANNELS = 2
MAX_PACKETS = 6_000
"""Fifteen seconds in the shortest frames that Opus has, 2.5 ms."""
MAX_PACKET_BYTES = 61_440
"""The most that 120 ms of Opus take (RFC 6716, 3.2.5: 48 frames of 1,275 bytes)."""
OPTIONS = {
    "protocol_whitelist": "none",
    "codec_whitelist": ",".join(CODECS),
    "max_streams": "2",
    "probesize": "65536",
    "analyzeduration": "0",
}


def load() -> Job:
    """Return the job; the libraries are loaded with this file."""
    av.logging.set_level(None)
    return decode


def decode(data: bytes) -> bytes:
    """Return a recording of at most 15 s as WAV, mono, 16 kHz, 16 bit. Raises BadRequest."""
    container = containers.named(data)
    try:
        with av.open(
            io.BytesIO(data),
            "r",
            format=container,
            container_options=OPTIONS,
            metadata_errors="ignore",
            io_open=_refuse,
        ) as opened:
            return wav.wave(_samples(opened))
    except (av.FFmpegError, ValueError) as error:
        raise BadRequest(UNKNOWN, detail=f"{type(error).__name__}: {error}") from error


def _samples(opened: InputContainer) -> bytes:
    """Decode the only stream there is; stop where it goes on for too long."""
    resampler = AudioResampler("s16", "mono", wav.RATE)
    samples = bytearray()
    for frame in _frames(opened, _only(opened)):
        for resampled in resampler.resample(frame):
            samples += bytes(resampled.planes[0])[: resampled.samples * wav.WIDTH]
        if len(samples) > wav.MAX_SECONDS * wav.RATE * wav.WIDTH:
            raise BadRequest(wav.TOO_LONG)
    if not samples:
        raise BadRequest(wav.TRUNCATED)
    return bytes(samples)


def _only(opened: InputContainer) -> AudioStream:
    """Return the stream of a recording that holds one, of speech. Raises BadRequest."""
    streams = list(opened.streams)
    if len(streams) != 1 or not isinstance(streams[0], AudioStream):
        raise BadRequest(UNKNOWN, detail=f"{len(streams)} streams, or no sound")
    context = streams[0].codec_context
    if context.name not in CODECS or context.rate not in RATES or context.channels > CHANNELS:
        raise BadRequest(UNKNOWN, detail=f"{context.name}, {context.rate} Hz, {context.channels}")
    return streams[0]


def _frames(opened: InputContainer, stream: AudioStream) -> Iterator[AudioFrame | None]:
    """Decode packet by packet, so many at most; None at the end, for what a filter holds back."""
    for number, packet in enumerate(opened.demux(stream)):
        if number > MAX_PACKETS or packet.size > MAX_PACKET_BYTES:
            raise BadRequest(wav.TOO_LONG, detail=f"packet {number} of {packet.size} bytes")
        yield from stream.codec_context.decode(packet)
    yield None


def _refuse(*_: object) -> NoReturn:
    """Open nothing else, whatever a container names."""
    raise ValueError("a recording names another file")
