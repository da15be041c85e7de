"""The kinds of arrays that an evaluation counts with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Waveform = NDArray[np.float32]
"""Samples in [-1, 1] at 16 kHz."""
Real = NDArray[np.floating[Any]]
"""Of either width: a waveform on its way, say."""
Indices = NDArray[np.integer[Any]]
Mask = NDArray[np.bool_]
