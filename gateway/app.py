"""The web application, put together step by step."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import IO

from flask import Flask, Request

from contracts.clock import Clock, SystemClock
from contracts.factor import Factor, Infer
from enrollment import stations_views
from gateway import errors, headers, health, languages, mount, oidc, rooms
from gateway.admin import api
from gateway.bodies import BODY_BYTES
from gateway.branding import views as branding
from gateway.branding.looks import Looks
from gateway.browser import Browser
from gateway.inference.client import connect
from gateway.keeper import make_keeper
from gateway.opening import in_use, known_factors, open_store
from gateway.parts import Parts
from gateway.routing import Route
from gateway.settings import Settings
from gateway.voice_notes import endpoint as voice_notes
from store import Store
from web import looks as web_looks
from web import pages

MACHINES = oidc.MACHINES | {stations_views.PAIR, api.CALL, voice_notes.CALL}
"""Endpoints that authenticate each call themselves and are no state change of a cookie's."""


def create_app(
    settings: Settings,
    *,
    store: Store | None = None,
    clock: Clock | None = None,
    factors: Mapping[str, Factor] | None = None,
    infer: Infer | None = None,
) -> Flask:
    """Build the application; what is not given is opened from the settings."""
    clock = clock or SystemClock()
    store = store or open_store(settings, clock)
    oidc.ensure(store, clock, make_keeper(settings))
    infer = infer or connect(settings.inference)
    known = factors or known_factors(settings, store, clock, infer)
    browser = Browser(issuer=settings.issuer, digest=store.vault.digest, machines=MACHINES)
    app, looks = _flask(), Looks(store, clock)
    _furnish(app, settings, browser, looks)
    parts = Parts(settings, store, clock, in_use(settings, known), known, browser, infer)
    for blueprint in rooms.blueprints(parts):
        app.register_blueprint(blueprint)
    app.register_blueprint(languages.blueprint(browser))
    app.register_blueprint(branding.blueprint(looks))
    app.register_blueprint(health.blueprint(store))
    mount.install(app, settings.path)
    return app


def _furnish(app: Flask, settings: Settings, browser: Browser, looks: Looks) -> None:
    """Install what every page has, whichever room it is of."""
    pages.install(
        app,
        service_name=settings.service_name,
        csrf=browser.token,
        chosen=lambda: browser.language,
    )
    web_looks.install(app, looks.of)
    browser.install(app)
    headers.install(app, secure=settings.secure)
    errors.install(app)


def _flask() -> Flask:
    app = Flask(__name__)
    app.url_rule_class = Route
    app.request_class = Kept
    # Werkzeug would tidy a path by a redirect to whatever the Host header says.
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.config.update(MAX_CONTENT_LENGTH=BODY_BYTES, MAX_FORM_MEMORY_SIZE=BODY_BYTES)
    return app


class Kept(Request):
    """A request whose files stay in memory: nothing that a person said touches a disk."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002  # Werkzeug's own signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        """Return where one file goes; it is no larger than its request may be."""
        return BytesIO()
