"""speechbrain's ECAPA-TDNN on ONNX Runtime, one thread: features are part of the network."""

from __future__ import annotations

import numpy as np

from verifiers.voice.arrays import Floats
from verifiers.voice.engines import Engine, described
from verifiers.voice.models import ENGINES
from verifiers.voice.networks import session


class Ecapa:
    """The network, loaded once."""

    def __init__(self) -> None:
        about = described("ecapa")
        self.format, self.dimension = about.format, about.dimension
        self._network = session(ENGINES["ecapa"].load())

    def embed(self, waveform: Floats) -> Floats:
        """Return the embedding (dimension,) of a waveform (samples,)."""
        (embedding,) = self._network.run(None, {"waveform": waveform[None].astype(np.float32)})
        row: Floats = embedding[0]
        return row


def load() -> Engine:
    """Load the network. Raises Misconfigured where its file is missing."""
    return Ecapa()
