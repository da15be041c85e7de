"""Recordings of messengers and telephones, made WAV by FFmpeg's decoders (PyAV).

They get packets of three codecs of speech, and no file: what reads files, lists and addresses is
never called. All is counted while it is decoded.
"""

from __future__ import annotations

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.resampler import AudioResampler

from contracts.errors import BadRequest
from contracts.inference import Job
from verifiers.voice.audio import containers, wav
from verifiers.voice.audio.track import MAX_PACKETS, UNKNOWN, Track

MOST = wav.MAX_SECONDS * wav.RATE * wav.WIDTH


def load() -> Job:
    """Return the job; the libraries are loaded with this file, and say nothing."""
    av.logging.set_level(None)
    return decode


def decode(data: bytes) -> bytes:
    """Return a recording of at most 15 s as WAV, mono, 16 kHz, 16 bit. Raises BadRequest."""
    track = containers.read(data)
    try:
        return wav.wave(_samples(track))
    except (av.FFmpegError, ValueError) as error:
        raise BadRequest(
            UNKNOWN, reason="unreadable", detail=f"{type(error).__name__}: {error}"
        ) from error


def _samples(track: Track) -> bytes:
    """Decode packet after packet, and stop where it goes on for too long."""
    decoder, resampler = _decoder(track), AudioResampler("s16", "mono", wav.RATE)
    samples = bytearray()
    for number, packet in enumerate(track.packets):
        for frame in decoder.decode(av.Packet(packet)):
            samples += _mono(resampler, frame)
        if len(samples) > MOST or number >= MAX_PACKETS:
            raise BadRequest(wav.TOO_LONG, reason="too_long")
    samples += _mono(resampler, None)
    if not samples:
        raise BadRequest(wav.TRUNCATED, reason="incomplete")
    return bytes(samples[:MOST])


def _decoder(track: Track) -> AudioCodecContext:
    decoder = av.CodecContext.create(track.codec, "r")
    if not isinstance(decoder, AudioCodecContext):
        raise TypeError(f"{track.codec} is no codec of sound")
    decoder.sample_rate = track.rate
    decoder.layout = "mono" if track.channels == 1 else "stereo"
    if track.header:
        decoder.extradata = track.header
    return decoder


def _mono(resampler: AudioResampler, frame: av.AudioFrame | None) -> bytes:
    """Resample one frame, or what the filter holds back at the end."""
    return b"".join(
        bytes(part.planes[0])[: part.samples * wav.WIDTH] for part in resampler.resample(frame)
    )
