"""AASIST, or any network of its shape, by the operator's file.

Input: a raw waveform (1, 64600) at 16 kHz. Output: logits (1, 2), spoof and bona fide; where there
are several outputs, the last.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any, Self

import numpy as np
from onnxruntime.capi import onnxruntime_pybind11_state as runtime

from contracts.errors import Misconfigured
from verifiers.voice.arrays import Floats
from verifiers.voice.networks import session
from verifiers.voice.pad.windows import windows

SAMPLES = 64_600
RUNTIME_ERRORS = (
    runtime.Fail,
    runtime.InvalidArgument,
    runtime.InvalidGraph,
    runtime.InvalidProtobuf,
    runtime.RuntimeException,
)


class Aasist:
    """A network loaded from a file whose SHA-256 the operator gave."""

    def __init__(self, network: Any, threshold: float) -> None:  # noqa: ANN401  # onnxruntime has no types
        self._network = network
        self._input = network.get_inputs()[0].name
        self.threshold = threshold

    @classmethod
    def load(cls, path: Path, sha256: str, threshold: float) -> Self:
        """Load a file. Raises Misconfigured where it is missing, another, or of another shape."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Misconfigured(detail=f"GATEHOUSE_VOICE_AASIST: {error}") from error
        if hashlib.sha256(data).hexdigest() != sha256.lower():
            raise Misconfigured(detail=f"{path} is not the file of GATEHOUSE_VOICE_AASIST_SHA256")
        detector = cls(opened(path, data), threshold)
        detector.tried(path)
        return detector

    def score(self, waveform: Floats) -> float:
        """Return the least difference of the two logits for four seconds, repeated if short."""
        return min(map(self._score, windows(waveform, SAMPLES)))

    def _score(self, waveform: Floats) -> float:
        """Return what it says of one window; nobody is let in by what is no number."""
        logits = self._logits(np.resize(waveform, SAMPLES).astype(np.float32))
        score = float(logits[0, 1] - logits[0, 0])
        return score if math.isfinite(score) else -math.inf

    def tried(self, path: Path) -> None:
        """Let it judge silence. Raises Misconfigured where nothing comes of it."""
        try:
            shape = self._logits(np.zeros(SAMPLES, np.float32)).shape
        except RUNTIME_ERRORS as error:
            raise Misconfigured(detail=f"{path} does not take (1, {SAMPLES}): {error}") from error
        if shape != (1, 2):
            raise Misconfigured(detail=f"{path} returns {shape}, not (1, 2)")

    def _logits(self, waveform: Floats) -> Floats:
        logits: Floats = self._network.run(None, {self._input: waveform[None]})[-1]
        return logits


def opened(path: Path, data: bytes) -> Any:  # noqa: ANN401  # onnxruntime has no types
    """Open a network. Raises Misconfigured where it is none."""
    try:
        return session(data)
    except RUNTIME_ERRORS as error:
        raise Misconfigured(detail=f"{path} is no ONNX network: {error}") from error
