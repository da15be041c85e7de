"""What a load balancer or an orchestrator asks: is this process alive, can it serve?"""

from __future__ import annotations

from flask import Blueprint, Response

from store import Store

LIVE = "/health/live"
READY = "/health/ready"


def blueprint(store: Store) -> Blueprint:
    """Return the two probes; they say nothing but yes or no."""
    pages = Blueprint("health", __name__)

    @pages.get(LIVE)
    def live() -> Response:
        return _well()

    @pages.get(READY)
    def ready() -> Response:
        store.ping()
        return _well()

    return pages


def _well() -> Response:
    return Response("ok\n", mimetype="text/plain")
