"""Stand in for torchaudio, which speechbrain imports and does not need here.

Its wheel wants libraries of CUDA and fails to load beside PyTorch for the CPU.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType


def stand_in() -> None:
    """Put an empty module in its place, with what is looked at while importing."""
    empty = ModuleType("torchaudio")
    empty.__spec__ = ModuleSpec("torchaudio", None)
    vars(empty)["__version__"] = "2.11.0"
    sys.modules["torchaudio"] = empty
