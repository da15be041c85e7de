"""What every engine must do, whoever wrote it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from verifiers.voice.engines import Described, Engine

RATE = 16_000
FOREIGN = {"torch", "torchaudio", "speechbrain", "huggingface_hub"}
SHORTEST, USUAL, LONGEST = 0.5, 3.0, 15.0
"""Seconds: of a part of an answer, of a recording, and of the longest."""

Check = Callable[[Engine, Described], None]


def spoken(seconds: float, pitch: float) -> np.typing.NDArray[np.float32]:
    """Make something that is a little like a voice."""
    time = np.arange(int(seconds * RATE)) / RATE
    harmonics = sum(np.sin(2 * np.pi * pitch * n * time) / n for n in range(1, 20))
    return (0.1 * harmonics * (1 + np.sin(6 * np.pi * time))).astype(np.float32)


def it_makes_what_was_described(engine: Engine, about: Described) -> None:
    """Web workers know templates by the description alone."""
    assert (engine.format, engine.dimension) == (about.format, about.dimension)


def speech_of_any_length_has_an_embedding(engine: Engine, about: Described) -> None:
    """One row of finite numbers, not all of them 0."""
    for seconds in (SHORTEST, USUAL, LONGEST):
        embedding = engine.embed(spoken(seconds, 150))
        assert (embedding.dtype, embedding.shape) == (np.float32, (about.dimension,))
        assert np.isfinite(embedding).all()
        assert np.abs(embedding).max() > 0


def what_was_heard_before_does_not_matter(engine: Engine, about: Described) -> None:
    """The same speech has the same embedding, and is left as it was."""
    speech = spoken(USUAL, 150)
    speech.flags.writeable = False
    first = engine.embed(speech).copy()
    engine.embed(spoken(LONGEST, 220))
    assert np.abs(engine.embed(speech) - first).max() <= 1e-5 * np.abs(first).max()


def other_speech_has_another_embedding(engine: Engine, about: Described) -> None:
    """Whoever speaks is told from the samples."""
    one, other = engine.embed(spoken(USUAL, 110)).copy(), engine.embed(0.5 * spoken(USUAL, 240))
    assert np.abs(one - other).max() > 1e-3 * np.abs(one).max()


def nothing_heavy_is_loaded(engine: Engine, about: Described) -> None:
    """PyTorch stays where networks are exported."""
    assert not FOREIGN & set(sys.modules)


CHECKS: tuple[Check, ...] = (
    it_makes_what_was_described,
    speech_of_any_length_has_an_embedding,
    what_was_heard_before_does_not_matter,
    other_speech_has_another_embedding,
    nothing_heavy_is_loaded,
)
