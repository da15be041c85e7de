"""CAM++ on ONNX Runtime, one thread: 192 dimensions."""

from __future__ import annotations

import kaldi_native_fbank as knf
import numpy as np

from verifiers.voice.arrays import Floats
from verifiers.voice.audio.wav import RATE
from verifiers.voice.engines import described
from verifiers.voice.models import ENGINES
from verifiers.voice.networks import session

MELS = 80


class Campplus:
    """The network, loaded once."""

    def __init__(self) -> None:
        about = described("campplus")
        self.format, self.dimension = about.format, about.dimension
        self._network = session(ENGINES["campplus"].load())

    def embed(self, waveform: Floats) -> Floats:
        """Return the embedding (192,) of a waveform (samples,)."""
        (embedding,) = self._network.run(None, {"features": features(waveform)[None]})
        row: Floats = embedding[0]
        return row


def load() -> Campplus:
    """Load the network. Raises Misconfigured where its file is missing."""
    return Campplus()


def features(waveform: Floats) -> Floats:
    """Return log mel energies (frames of 10 ms, 80) minus their mean over the utterance."""
    options = knf.FbankOptions()
    options.frame_opts.samp_freq = RATE
    options.frame_opts.dither = 0.0
    options.mel_opts.num_bins = MELS
    bank = knf.OnlineFbank(options)
    bank.accept_waveform(RATE, waveform.tolist())
    bank.input_finished()
    rows = np.array([bank.get_frame(n) for n in range(bank.num_frames_ready)], np.float32)
    mean: Floats = rows.mean(axis=0)
    return rows - mean
