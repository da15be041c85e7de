"""An application that shows what the bridge made of a request; Granian loads it by name."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from gateway.server import Bridge
from gateway.wsgi import Proxy

counted = {"documents": 0}
lock = threading.Lock()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with the environ; some paths misbehave."""
    path = environ["PATH_INFO"]
    body = environ["wsgi.input"].read()
    if path == "/broken":
        raise ValueError("a secret detail")
    with lock:
        counted["documents"] += path.startswith("/.well-known/")
    seen = {key: value for key, value in environ.items() if isinstance(value, str)}
    shown = json.dumps(seen | {"length": len(body)} | counted).encode()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [shown]


def build() -> Bridge:
    """Make a bridge that trusts no proxy, with few threads."""
    return Bridge(lambda: application, threads=2)


def build_proxied() -> Bridge:
    """Make a bridge behind a trusted proxy."""
    return Bridge(lambda: application, proxy=Proxy())


def build_certificates() -> Bridge:
    """Make a bridge behind a trusted proxy that hands client certificates on."""
    return Bridge(lambda: application, proxy=Proxy("x-client-cert"))
