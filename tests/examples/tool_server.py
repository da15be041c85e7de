"""The MCP example served for real beside a gateway, and what a person does in between."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from contracts.clock import SystemClock
from gateway.opening import make_factors, open_store
from gateway.settings import Settings
from store.resources import Resource
from tests import ports
from tests.clients.gateway import Gateway
from tests.clients.visitor import Visitor
from tests.gateway.operations import running
from tests.serving import answering
from tests.waiting import PATIENCE, until

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "mcp"


class Arrived(BaseHTTPRequestHandler):
    """What an agent answers to the browser that comes back to it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"You can close this page.")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class House:
    """A gateway on trial, a tool server that it lets people into, and where agents listen."""

    gateway: Gateway
    url: str
    callback: str


@contextmanager
def serving(data: Path, certificate: Path) -> Iterator[House]:
    """Serve both; the gateway trusts this certificate and lets anyone register."""
    settings = {
        "GATEHOUSE_ENV": "development",
        "GATEHOUSE_CLIENT_REGISTRATION": "open",
        "GATEHOUSE_FETCH_LOOPBACK": "true",
        "SSL_CERT_FILE": str(certificate),
    }
    with running.serving(data, **settings) as (port, process):
        gateway = opened(data, f"http://localhost:{port}")
        with tools(gateway.issuer, data.parent) as url, listening() as callback:
            yield House(gateway, url, callback)
        gateway.store.close()
    assert process.returncode == 0


@contextmanager
def listening() -> Iterator[str]:
    """Listen where browsers come back to; yield the address."""
    with answering(ThreadingHTTPServer(("127.0.0.1", 0), Arrived)) as server:
        yield f"http://localhost:{server.server_port}/callback"


def opened(data: Path, issuer: str) -> Gateway:
    own = Settings(env="test", data=data, issuer=issuer)  # type: ignore[call-arg]
    clock = SystemClock()
    store = open_store(own, clock)
    return Gateway(issuer, store, make_factors(own, store, clock))


def announced(gateway: Gateway, url: str) -> None:
    """Tell the gateway of a tool server, as `gatehouse resource add` does."""
    scope, now = "notes:read notes:write", SystemClock().now()
    with gateway.store.write() as tx:
        if tx.resources.get(url) is None:
            tx.resources.add(Resource(url, "Notes", scope, open=True, created_at=now))


@contextmanager
def tools(issuer: str, folder: Path) -> Iterator[str]:
    """Serve the example; yield its address."""
    port = ports.free()
    url = f"http://localhost:{port}/mcp"
    own = running.environment(folder, MCP_URL=url, MCP_ISSUER=issuer)
    command = [sys.executable, "-m", "uvicorn", "server:app", "--port", str(port)]
    with (folder / f"{port}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=EXAMPLE, env=own, stdout=log, stderr=log)
    try:
        wait_for(f"http://localhost:{port}/.well-known/oauth-protected-resource/mcp", process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        assert process.poll() is None, "the tool server ended"
        with suppress(httpx.TransportError):
            return httpx.get(address, timeout=PATIENCE).status_code == 200
        return False

    until(answers)


def visit(visitor: Visitor, url: str) -> str:
    """Do what each page asks for until the client is reached; return where that is."""
    visitor.go(url)
    if 'name="password"' in visitor.page.text:
        visitor.password()
    if "/factor" in visitor.page.text:
        visitor.authenticator()
    visitor.allow()
    return visitor.arrived
