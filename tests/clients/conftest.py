"""Clients of others, unmodified, beside one gateway that is served for real."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import browser, chromium, page, playwright, serve
from tests.clients import single_page_app
from tests.clients.gateway import Gateway, serving
from tests.clients.single_page_app import App, Open
from tests.clients.visitor import Visitor
from tests.waiting import PATIENCE

__all__ = ["browser", "chromium", "page", "playwright", "serve"]


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One gateway for all; every test adds clients and people of its own."""
    with serving(tmp_path_factory.mktemp("clients") / "data") as gateway:
        yield gateway


@pytest.fixture
def visitor(gateway: Gateway) -> Iterator[Visitor]:
    """A new person in a new browser."""
    with httpx.Client(timeout=PATIENCE) as http:
        yield Visitor(gateway.person(), http)


@pytest.fixture(scope="session")
def app_address() -> Iterator[str]:
    """The address of the single-page app."""
    with single_page_app.serving() as address:
        yield address


@pytest.fixture
def opened(gateway: Gateway, app_address: str, page: Page) -> Open:
    """Register a public client and give its settings to the app."""

    def opened(**settings: object) -> App:
        client, _ = gateway.client(
            app_address, public=True, post_logout_redirect_uris=[app_address]
        )
        settings |= {"authority": gateway.issuer, "client_id": client.id}
        page.context.add_init_script(f"window.settings = {json.dumps(settings)}")
        return App(page, app_address, gateway.person())

    return opened
