"""A gateway with one page more, which waits for the pool as a voice does; Granian loads it.

Its job ends when there is a file `go` in the folder that HELD names.
"""

from __future__ import annotations

import os

from flask import Flask

from contracts.clock import SystemClock
from gateway.app import create_app
from gateway.inference import connect
from gateway.opening import open_store
from gateway.serve import threads
from gateway.server import Bridge
from gateway.settings import load


def build() -> Bridge:
    """Make the bridge of one web worker, as `gatehouse serve` does."""
    settings = load()

    def application() -> Flask:
        clock = SystemClock()
        app = create_app(settings, store=open_store(settings, clock), clock=clock)
        infer = connect(settings.inference)
        app.add_url_rule("/slow", view_func=lambda: infer("held", os.environ["HELD"].encode()))
        return app

    return Bridge(application, threads=threads(settings))
