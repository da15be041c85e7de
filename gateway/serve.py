"""One command, one process tree: checks, then web workers, inference pool and outbox worker."""

from __future__ import annotations

import signal
import socket
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

from granian.constants import Interfaces
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from contracts.clock import SystemClock
from contracts.errors import Misconfigured
from contracts.text import Text
from gateway import basis, logs
from gateway.admin.setup import Link, Setup
from gateway.app import create_app
from gateway.governing import Governed, governed
from gateway.inference.settings import InferenceSettings
from gateway.keeper import check_keeper
from gateway.models import catalogue
from gateway.opening import in_use, known_factors, open_store
from gateway.process import Children, Command, end_with_parent
from gateway.server import Bridge
from gateway.settings import Settings, load
from gateway.wsgi import Proxy
from verifiers import registry

Announce = Callable[[Link | None], None]

CONNECTIONS = 2048
"""Connections a worker holds at a time; a slow client costs one of them and no thread."""
HEADER_MILLISECONDS = 10_000
HEADER_BYTES = 64 * 1024
PYTHON = (sys.executable, "-m")


def serve(settings: Settings, announce: Announce | None = None) -> None:
    """Run until SIGTERM or SIGINT. Raises Misconfigured before anything is started.

    `announce` is given the link for the first admin, while there is none who could come in.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    commands = checked(settings, announce)
    server = granian(settings)
    with Children(commands) as children:
        _run(server)
    if children.refused:
        sys.exit(2)


def build() -> Bridge:
    """Make the bridge of one web worker; Granian calls this in the worker's process."""
    logs.configure()
    end_with_parent()
    settings = load()
    proxy = Proxy(settings.client_certificate_header.lower()) if settings.trusted_proxy else None
    many = threads(settings)
    return Bridge(lambda: application(settings), threads=many, path=settings.path, proxy=proxy)


def threads(settings: Settings) -> int:
    """Return how many threads a web worker has: some are left when as many wait as may."""
    return settings.threads + InferenceSettings.load().callers


def application(settings: Settings) -> Governed:
    """Build the application of one web worker, and build it anew under each newer policy."""
    clock = SystemClock()
    store = open_store(settings, clock)
    return Governed(
        settings, store, lambda newest: create_app(newest, store=store, clock=clock).wsgi_app
    )


def checked(settings: Settings, announce: Announce | None = None) -> dict[str, Command]:
    """Check what can be known beforehand; return the commands of the children to run."""
    check_port(settings.host, settings.port)
    check_certificate(settings)
    check_keeper(settings)
    clock = SystemClock()
    store = open_store(settings, clock)
    newest = governed(settings, store)
    factors = known_factors(settings, store, clock)
    if announce:
        setup = Setup(newest, store, clock, in_use(newest, factors))
        announce(setup.link() if setup.needed() else None)
    basis.note(store, in_use(newest, factors))
    store.close()
    commands: dict[str, Command] = {"outbox": (*PYTHON, "gateway.worker")}
    if registry.pooled() & factors.keys():
        check_models()
        commands["inference"] = (*PYTHON, "gateway.inference")
    return commands


def check_port(host: str, port: int) -> None:
    """Raise Misconfigured where the port is taken: workers share theirs, so that no bind fails."""
    try:
        family, address = resolved(host)
        socket.create_server((address, port), family=family).close()
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (")[0]
        message = (
            "Cannot listen on %(host)s port %(port)d: %(why)s. "
            "Change GATEHOUSE_PORT or GATEHOUSE_HOST."
        )
        text = Text(message, {"host": host, "port": port, "why": why})
        raise Misconfigured(text) from error


def resolved(host: str) -> tuple[socket.AddressFamily, str]:
    """Return an address of a host, IPv4 unless it is written as IPv6. Raises OSError."""
    wanted = socket.AF_INET6 if ":" in host else socket.AF_INET
    family, _, _, _, address = socket.getaddrinfo(host, 0, wanted, socket.SOCK_STREAM)[0]
    return family, str(address[0])


def check_certificate(settings: Settings) -> None:
    """Raise Misconfigured where TLS is half configured or its files cannot be used."""
    certificate, key = settings.tls_certificate, settings.tls_key
    if certificate is None and key is None:
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_given(certificate), _given(key))
    except (OSError, ValueError) as error:
        message = "TLS needs GATEHOUSE_TLS_CERTIFICATE and GATEHOUSE_TLS_KEY, both PEM: %(why)s"
        raise Misconfigured(Text(message, {"why": str(error)})) from error


def _given(file: Path | None) -> Path:
    if file is None:
        raise ValueError("one of them is not set")
    return file


def check_models() -> None:
    """Raise Misconfigured where a model file is missing; whoever loads it checks what is in it."""
    for model in catalogue():
        if not model.path.is_file():
            message = "The model %(name)s is missing. Run: gatehouse models pull"
            raise Misconfigured(Text(message, {"name": model.name}))


def granian(settings: Settings) -> MPServer:
    """Configure Granian; TLS 1.3 at least where there is a certificate."""
    return MPServer(
        "gateway.serve:build",
        factory=True,
        interface=Interfaces.RSGI,
        address=resolved(settings.host)[1],
        port=settings.port,
        workers=settings.workers,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        websockets=False,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES
        ),
        http2_settings=HTTP2Settings(max_headers_size=HEADER_BYTES),
        ssl_cert=settings.tls_certificate,
        ssl_key=settings.tls_key,
        respawn_failed_workers=True,
        log_dictconfig=LOGGING,
        log_level=LogLevels.warning,
    )


LOGGING = {
    "handlers": {},
    "formatters": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}},
}
"""Granian's own records go where all others go."""


def _run(server: MPServer) -> None:
    try:
        server.serve()
    except SystemExit:
        # On Ctrl-C the workers may end a moment before Granian hears of it, and count as failed.
        if not server.interrupt_signal:
            raise
