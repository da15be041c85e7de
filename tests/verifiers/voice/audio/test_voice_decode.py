"""What messengers, browsers and telephones send, and what somebody sends to do harm."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.errors import BadRequest
from contracts.sample import MOST_BYTES
from tests import foreign
from tests.foreign import SILENT_PACKET, element, ogg, webm
from tests.timing import quickest
from verifiers.voice.audio import decode, wav
from verifiers.voice.audio.wav import RATE

SECONDS = np.arange(3 * RATE) / RATE
TONE = (8000 * np.sin(2 * np.pi * 440 * SECONDS)).astype(np.int16)
PCM = TONE.tobytes()
LOUDEST_120_MS = bytes([0xFB, 0x06])

GOOD: dict[str, Callable[[], bytes]] = {
    "WhatsApp, Telegram": lambda: foreign.coded(TONE, "ogg", "libopus", 48_000, bit_rate=16_000),
    "a browser's recorder": lambda: foreign.coded(TONE, "webm", "libopus", 48_000),
    "two channels": lambda: foreign.coded(TONE, "webm", "libopus", 48_000, "stereo"),
    "a telephone, u-law": lambda: foreign.coded(TONE, "wav", "pcm_mulaw", 8_000),
    "a telephone, A-law": lambda: foreign.coded(TONE, "wav", "pcm_alaw", 8_000),
    "44.1 kHz": lambda: foreign.coded(TONE, "wav", "pcm_s16le", 44_100),
    "48 kHz, two channels": lambda: foreign.coded(TONE, "wav", "pcm_s16le", 48_000, "stereo"),
    "as it must be already": lambda: wav.wave(PCM),
}


@pytest.mark.parametrize("make", GOOD.values(), ids=GOOD.keys())
def test_what_is_sent_is_heard(make: Callable[[], bytes]) -> None:
    samples = np.frombuffer(wav.pcm(decode.decode(make())), "<i2").astype(float)
    assert abs(samples.size - TONE.size) < 0.05 * RATE
    spectrum = np.abs(np.fft.rfft(samples[RATE : 2 * RATE]))
    assert int(np.argmax(spectrum)) == 440
    assert 0.7 < samples[RATE : 2 * RATE].std() / TONE.std() < 1.4


def attached() -> bytes:
    picture = (
        element("466e", b"a.png") + element("4660", b"image/png") + element("465c", bytes(10**6))
    )
    return element("1941a469", element("61a7", picture))


HEADER = element("1a45dfa3", element("4282", b"webm"))
NAN = struct.pack("<f", float("nan")) * RATE
HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"hello, this is no recording at all",
    "a list of addresses": lambda: b"#EXTM3U\n#EXTINF:1\nhttp://127.0.0.1:1/x.ts\n",
    "a list of files": lambda: b"ffconcat version 1.0\nfile /etc/passwd\n",
    "FLAC": lambda: foreign.coded(np.zeros(15 * RATE, np.int16), "flac", "flac", RATE),
    "MP3 named WAV": lambda: b"ID3\x04\x00" + bytes(4000),
    "MP3 inside WAV": lambda: foreign.wav(PCM, tag=0x55),
    "ADPCM": lambda: foreign.wav(PCM, tag=2, bits=4),
    "float with NaN": lambda: foreign.wav(NAN, tag=3, bits=32),
    "no rate": lambda: foreign.wav(PCM, rate=0),
    "1 Hz": lambda: foreign.wav(PCM, rate=1),
    "768 kHz": lambda: foreign.wav(PCM, rate=768_000),
    "4 GHz": lambda: foreign.wav(PCM, rate=2**32 - 1),
    "no channel": lambda: foreign.wav(PCM, channels=0),
    "65,535 channels": lambda: foreign.wav(PCM, channels=2**16 - 1),
    "claims 4 GB": lambda: wav.wave(PCM)[:40] + b"\xff\xff\xff\xff" + PCM,
    "a thousand chunks": lambda: foreign.wav(PCM, extra=b"junk\x00\x00\x00\x00" * 1000),
    "16 s of a telephone": lambda: foreign.wav(bytes(16 * 8000), tag=7, bits=8, rate=8000),
    "WAV cut off": lambda: wav.wave(PCM)[:-100],
    "too large": lambda: foreign.wav(bytes(MOST_BYTES), rate=48_000),
    "hours of silence in Ogg": lambda: ogg([LOUDEST_120_MS] * 40_000),
    "hours of silence in WebM": lambda: webm([LOUDEST_120_MS] * 150_000),
    "packets of nothing": lambda: ogg([b""] * 50_000),
    "packets of noise": lambda: ogg([bytes([0xFB, 0x3F]) + bytes(200)] * 1_000),
    "Ogg cut off": lambda: ogg([SILENT_PACKET] * 500)[:-100],
    "Ogg without end": lambda: ogg([SILENT_PACKET] * 500)[:-1] + b"OggS",
    "two streams": lambda: ogg([SILENT_PACKET] * 50) + ogg([SILENT_PACKET] * 50, serial=8),
    "a zip bomb in WebM": lambda: webm([bytes(9_900_000)] * 5, squeezed=True),
    "two thousand tracks": lambda: webm([SILENT_PACKET] * 10, tracks=2000),
    "a video": lambda: webm([bytes(100)] * 10, codec=b"V_VP9"),
    "attached pictures": lambda: webm([SILENT_PACKET] * 100, more=attached()),
    "a million elements": lambda: HEADER + element("18538067", element("ec", b"") * 300_000),
    "a segment in a segment": lambda: HEADER + bytes.fromhex("1853806701ffffffffffffff") * 200_000,
    "WebM cut off": lambda: webm([SILENT_PACKET] * 500)[:-2],
    "WebM and noise": lambda: HEADER + np.random.default_rng(1).bytes(2_900_000),
    "two recordings in one": lambda: webm([SILENT_PACKET] * 50) * 2,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_harm_costs_nothing_and_is_told_in_plain_words(make: Callable[[], bytes]) -> None:
    data = make()
    before = psutil.Process().memory_info().rss

    def refuse() -> BadRequest:
        with pytest.raises(BadRequest) as raised:
            decode.decode(data)
        return raised.value

    refused, seconds = quickest(refuse)
    assert seconds < 0.2
    assert psutil.Process().memory_info().rss - before < 16 * 2**20
    assert "recording" in str(refused.public)


def test_a_browser_that_never_ends_its_file_is_heard() -> None:
    """Recorders leave the lengths of segment and cluster unknown."""
    data = webm([SILENT_PACKET] * 50)
    for name in ("18538067", "1f43b675"):
        at = data.index(bytes.fromhex(name)) + 4
        data = data[:at] + b"\x01" + b"\xff" * 7 + data[at + 8 :]
    assert len(wav.pcm(decode.decode(data))) == pytest.approx(2 * RATE, rel=0.05)


SEEDS = [make() for make in GOOD.values()]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_altered_recordings_are_heard_or_refused(seed: bytes, data: st.DataObject) -> None:
    altered = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 8))):
        altered[data.draw(st.integers(0, len(seed) - 1))] = data.draw(st.integers(0, 255))
    with suppress(BadRequest):
        wav.pcm(decode.decode(bytes(altered[: data.draw(st.integers(1, len(seed)))])))
