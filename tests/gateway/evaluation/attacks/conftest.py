"""What tests of attacks share with those of voice."""

from __future__ import annotations

from tests.verifiers.voice.conftest import models

__all__ = ["models"]
