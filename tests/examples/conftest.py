"""Each example is a program of its own: its folder is put on the path, as its server does."""

from __future__ import annotations

import sys
from pathlib import Path

for name in ("chatbot", "mcp", "resource-server"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples" / name))
