"""Clients of others, unmodified, beside one gateway that is served for real."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.browser.conftest import browser, chromium, page, playwright, serve
from tests.clients.gateway import Gateway, serving
from tests.clients.visitor import Visitor

__all__ = ["browser", "chromium", "page", "playwright", "serve"]


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway for all; every test adds clients and people of its own."""
    with serving(tmp_path_factory.mktemp("clients") / "data") as gateway:
        yield gateway


@pytest.fixture
def visitor(gateway: Gateway) -> Iterator[Visitor]:
    """A new person in a new browser."""
    with httpx.Client(timeout=10) as http:
        yield Visitor(gateway.person(), http)
