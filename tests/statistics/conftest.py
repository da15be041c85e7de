"""A house for measurements."""

from __future__ import annotations

from tests.gateway.conftest import build, house, signing_keys

__all__ = ["build", "house", "signing_keys"]
