"""The engines that make embeddings of voices, all behind one port; one file each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from verifiers.voice.audio.speech import Floats


class Engine(Protocol):
    """A network that turns speech into an embedding. Not for use by several threads at a time.

    `format` names the engine and its version, and goes with every template: what another made is
    never compared. `dimension` is how many numbers an embedding has.
    """

    format: str
    dimension: int

    def embed(self, waveform: Floats) -> Floats:
        """Return the embedding (dimension,) of speech (samples,) in [-1, 1] at 16 kHz."""
        ...
