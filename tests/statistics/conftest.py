"""A house for measurements, and how many of them there are."""

from __future__ import annotations

import pytest

from tests.gateway.conftest import build, house, signing_keys

__all__ = ["build", "house", "signing_keys"]


@pytest.fixture
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether to measure all that the documentation claims, or the short form of CI."""
    return bool(request.config.getoption("length") == "whole")
