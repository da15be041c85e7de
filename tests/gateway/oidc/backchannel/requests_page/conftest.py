"""A second browser of the same person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.gateway.oidc.backchannel.backend import Phone

MINUTE = timedelta(minutes=1)


@pytest.fixture
def laptop(app: Flask) -> Phone:
    """Another browser of the same person's."""
    return Phone(app.test_client(), {"X-Browser": "laptop"})
