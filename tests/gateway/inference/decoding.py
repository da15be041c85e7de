"""A worker of the pool that decodes, and dies of a file that says so."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from contracts.inference import Job, Jobs
from gateway.inference.worker import run
from verifiers import voice
from verifiers.voice.utterance import DECODE

FATAL = b"a file that breaks the decoder"


def fragile() -> Job:
    decode = voice.JOBS[DECODE]()

    def job(payload: bytes) -> bytes:
        if payload == FATAL:
            os.kill(os.getpid(), signal.SIGSEGV)
        return decode(payload)

    return job


def find() -> Jobs:
    return {DECODE: fragile}


if __name__ == "__main__":
    run(find)
