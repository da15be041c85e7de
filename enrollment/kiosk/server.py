"""Starts the kiosk on this machine, and pairs it before."""

from __future__ import annotations

import socket
from collections.abc import Callable

import httpx
from werkzeug.serving import make_server

from contracts.clock import SystemClock
from contracts.errors import Misconfigured
from contracts.text import Text
from enrollment.kiosk import client, identity
from enrollment.kiosk.app import create_app
from enrollment.kiosk.identity import Identity
from enrollment.kiosk.settings import KioskSettings
from enrollment.kiosk.visit import Kiosk
from hardware import registry
from hardware.manager import DeviceManager

HOST = "127.0.0.1"
TIMEOUT = httpx.Timeout(30.0)

Announce = Callable[[str], None]
"""Told the page's address once it answers."""


def pair(settings: KioskSettings, code: str) -> Identity:
    """Pair this kiosk with the gateway and keep its key. Raises Refused, Unavailable."""
    with httpx.Client(timeout=TIMEOUT) as http:
        paired = client.pair(settings.issuer, code.strip(), http)
    identity.save(settings.identity, paired)
    return paired


def run(settings: KioskSettings, announce: Announce) -> None:
    """Serve the kiosk's page on the loopback interface until interrupted. Raises Misconfigured."""
    paired = _paired(settings)
    drivers = registry.load(simulators=settings.simulators, production=settings.env == "production")
    with _listen(settings.port) as listening, httpx.Client(timeout=TIMEOUT) as http:
        gateway = client.Gateway(paired, http, SystemClock())
        kiosk = Kiosk(gateway, DeviceManager(drivers), settings.microphone)
        app = create_app(kiosk, service_name=settings.service_name, station=paired.name)
        server = make_server(HOST, settings.port, app, threaded=True, fd=listening.fileno())
        announce(f"http://localhost:{settings.port}")
        server.serve_forever()


def _paired(settings: KioskSettings) -> Identity:
    paired = identity.load(settings.identity)
    if paired.gateway != settings.issuer:
        raise Misconfigured(
            Text(
                "This kiosk is paired with %(gateway)s. Set GATEHOUSE_KIOSK_GATEWAY to it, "
                "or pair again.",
                {"gateway": paired.gateway},
            )
        )
    return paired


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise Misconfigured(
            Text("Port %(port)d is taken. Set GATEHOUSE_KIOSK_PORT.", {"port": port})
        ) from error
