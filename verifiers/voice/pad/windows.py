"""Looking at all of a recording with what looks at so much at a time."""

from __future__ import annotations

from verifiers.voice.arrays import Floats


def windows(waveform: Floats, size: int) -> list[Floats]:
    """Return what covers a waveform, each half over the one before; the last ends where it ends."""
    last = max(waveform.size - size, 0)
    return [waveform[start : start + size] for start in (*range(0, last, size // 2), last)]
