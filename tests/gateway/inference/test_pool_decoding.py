"""Foreign recordings through the pool: harm is refused, a crash takes one process along."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest

from contracts.errors import BadRequest, Unavailable
from contracts.factor import Infer
from gateway.inference import connect
from gateway.inference.pool import Pool
from gateway.inference.protocol import MAX_PAYLOAD
from tests.foreign import coded
from tests.gateway.inference.decoding import FATAL
from tests.gateway.inference.test_pool import running
from tests.timing import quickest
from tests.verifiers.voice.audio.test_voice_decode import HOSTILE, PCM, TONE
from tests.waiting import PATIENCE
from verifiers.voice.audio import wav
from verifiers.voice.utterance import DECODE

COMMAND = (sys.executable, str(Path(__file__).with_name("decoding.py")))
NOTE = coded(TONE, "ogg", "libopus", 48_000)
BOUND = 0.2
"""Seconds of the processor that refusing a recording may cost the pool."""


@pytest.fixture
def pool(path: Path) -> Iterator[tuple[Pool, Infer]]:
    """A pool of one process that decodes, and the way to it."""
    with running(path, command=COMMAND) as pool:
        yield pool, connect(path, PATIENCE)


def test_harm_is_refused_and_memory_stays_flat(pool: tuple[Pool, Infer]) -> None:
    running, infer = pool
    assert len(wav.pcm(infer(DECODE, NOTE))) == pytest.approx(len(PCM), rel=0.02)
    (worker,) = (psutil.Process(each.pid) for each in running.workers)
    before = worker.memory_info().rss
    files = [data for make in HOSTILE.values() if len(data := make()) <= MAX_PAYLOAD]
    for data in files:
        refuse = partial(refused, infer, data)
        assert quickest(refuse, BOUND, lambda: sum(worker.cpu_times()[:2]))[1] < BOUND
    assert worker.is_running()
    assert worker.memory_info().rss - before < 32 * 2**20


def refused(infer: Infer, data: bytes) -> None:
    with pytest.raises(BadRequest):
        infer(DECODE, data)


def test_a_decoder_that_crashes_is_replaced(pool: tuple[Pool, Infer]) -> None:
    running, infer = pool
    (before,) = (each.pid for each in running.workers)
    with pytest.raises(Unavailable):
        infer(DECODE, FATAL)
    assert infer(DECODE, NOTE)
    assert [each.pid for each in running.workers] != [before]


def test_silence_is_no_crash(pool: tuple[Pool, Infer]) -> None:
    _, infer = pool
    silence = coded(np.zeros(wav.RATE, np.int16), "wav", "pcm_alaw", 8_000)
    assert len(wav.pcm(infer(DECODE, silence))) == pytest.approx(2 * wav.RATE, rel=0.02)
