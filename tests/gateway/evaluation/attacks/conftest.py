"""What tests of attacks share."""

from __future__ import annotations

import pytest

from verifiers.voice.models import MODELS


@pytest.fixture(scope="session")
def models() -> None:
    """The models, or a reason why not."""
    if missing := [model.name for model in MODELS if not model.present()]:
        pytest.skip(f"{', '.join(missing)} missing: run gatehouse models pull")
