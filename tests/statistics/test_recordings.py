"""Recordings that were altered by the thousand: each is heard or refused, and nothing grows."""

from __future__ import annotations

import gc
import random
from functools import partial

import psutil
import pytest

from contracts.errors import BadRequest
from contracts.sample import MOST_BYTES
from tests.timing import quickest
from tests.verifiers.voice.audio.test_voice_decode import GOOD, HOSTILE
from verifiers.voice.audio import decode, wav

WHOLE, SHORT = 20_000, 1_000
"""Recordings, as the documentation claims and as CI sends them."""
BOUND = 0.2
"""Seconds of the processor for any of them."""
GROWTH = 16 * 2**20
LARGEST = 200_000
"""Bytes of what is altered: what is larger is refused for it."""


def altered(seed: bytes, chance: random.Random) -> bytes:
    """Change, cut out, repeat or exchange some of the bytes; mostly near the front."""
    data = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        at = int(len(data) * chance.random() ** chance.choice((1, 4)))
        length = chance.choice((1, 1, 2, 4, 8, 200))
        piece = bytes(data[at : at + length])
        new = (chance.randbytes(length), b"", piece * 3, b"\xff" * length, bytes(length))
        data[at : at + length] = chance.choice(new)
    return bytes(data)


def hear(data: bytes) -> bool:
    """Tell whether a recording could be heard."""
    try:
        return bool(wav.pcm(decode.decode(data)))
    except BadRequest as refused:
        assert refused.reason  # noqa: PT017  # it must have one, whatever it is
        return False


@pytest.mark.timeout(1800)
def test_altered_recordings_are_heard_or_refused(whole: bool) -> None:
    chance = random.Random(41)
    seeds = [
        made for make in (*GOOD.values(), *HOSTILE.values()) if 0 < len(made := make()) < LARGEST
    ]
    process, heard, number = psutil.Process(), 0, WHOLE if whole else SHORT
    sizes = []
    for turn in range(number):
        data = altered(chance.choice(seeds), chance)[:MOST_BYTES]
        answer, seconds = quickest(partial(hear, data), BOUND)
        assert seconds < BOUND, data[:64]
        heard += answer
        if turn in {number // 4, number - 1}:
            gc.collect()
            sizes.append(process.memory_info().rss)
    assert number / 100 < heard < number
    assert sizes[1] - sizes[0] < GROWTH
