"""Runs the demo: gateway, chatbot and outbox, until it is asked to stop."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from contracts.clock import SystemClock
from contracts.errors import Misconfigured
from contracts.text import Text
from gateway.admin.setup import Setup
from gateway.demo.memory import Memory, recall
from gateway.demo.outbox import HOST, Outbox
from gateway.demo.seed import Addresses, Seeding
from gateway.oidc.documents import DISCOVERY_PATH
from gateway.opening import make_factors, open_store
from gateway.private import write_private
from gateway.process import MISCONFIGURED, Children, Command
from gateway.serve import check_port
from gateway.settings import load

CHATBOT = Path(__file__).resolve().parents[2] / "examples" / "chatbot"
READY_SECONDS = 60.0

Announce = Callable[[Mapping[str, Any]], None]


def run(port: int, announce: Announce) -> None:
    """Run on `port` and the two behind it until SIGTERM or Ctrl-C. Raises Misconfigured."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    addresses = Addresses.beginning_at(port)
    memory = _prepare(port, addresses)
    with Outbox(port + 2, memory.webhook_key.encode()) as outbox:
        os.environ["GATEHOUSE_SMTP_URL"] = f"smtp://{HOST}:{outbox.smtp_port}?starttls=0"
        content = _seed(memory, addresses)
        with Children(commands(port)) as children:
            if _ready(port, stopped):
                write_private(_file("demo.json"), json.dumps(content, indent=2))
                announce(content)
            stopped.wait()
    if children.refused:
        sys.exit(MISCONFIGURED)


def commands(port: int) -> dict[str, Command]:
    """Return how to start the gateway and the chatbot."""
    python = (sys.executable, "-m")
    listen = ("--host", HOST, "--port", str(port + 1))
    chatbot = ("granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning")
    limits = ("--blocking-threads", "4", "--backpressure", "64")
    return {
        "gateway": (*python, "gateway.demo.child"),
        "chatbot": (*python, *chatbot, *limits, *listen, "--working-dir", str(CHATBOT), "app:app"),
    }


def _prepare(port: int, addresses: Addresses) -> Memory:
    if not CHATBOT.is_dir():
        message = "The demo's chatbot is missing: run `make demo` in a clone of the repository."
        raise Misconfigured(Text(message))
    for offset in range(3):
        check_port(HOST, port + offset)
    _file("demo.json").unlink(missing_ok=True)
    memory = recall(_file("demo-secrets.json"))
    key_file = _file("demo-webhook.key")
    write_private(key_file, memory.webhook_key)
    os.environ.update(environment(port, addresses, memory, key_file))
    return memory


def environment(port: int, addresses: Addresses, memory: Memory, key: Path) -> dict[str, str]:
    """Return the settings of gateway and chatbot in the demo."""
    return {
        "GATEHOUSE_ENV": "development",
        "GATEHOUSE_HOST": HOST,
        "GATEHOUSE_PORT": str(port),
        "GATEHOUSE_ISSUER": addresses.issuer,
        "GATEHOUSE_SIMULATORS": "1",
        "GATEHOUSE_PHONE_WEBHOOK_URL": f"http://{HOST}:{port + 2}/phone",
        "GATEHOUSE_PHONE_WEBHOOK_SECRET_FILE": str(key),
        "CHATBOT_ISSUER": addresses.issuer,
        "CHATBOT_URL": addresses.chatbot,
        "CHATBOT_CLIENT_ID": "chatbot",
        "CHATBOT_CLIENT_SECRET": memory.client_secret,
        "CHATBOT_SPENT": str(key.with_name("demo-spent.db")),
    }


def _seed(memory: Memory, addresses: Addresses) -> dict[str, Any]:
    settings, clock = load(), SystemClock()
    store = open_store(settings, clock)
    try:
        factors = make_factors(settings, store, clock)
        seeding, setup = (
            Seeding(store, factors, clock, memory),
            Setup(settings, store, clock, factors),
        )
        return {
            "issuer": addresses.issuer,
            "chatbot": addresses.chatbot,
            "outbox": addresses.outbox,
            "clients": seeding.clients(addresses),
            "users": seeding.people(),
            "setup": setup.link().link if setup.needed() else None,
        }
    finally:
        store.close()


def _ready(port: int, stopped: threading.Event) -> bool:
    """Wait until gateway and chatbot answer; False where the demo was stopped before."""
    deadline = time.monotonic() + READY_SECONDS
    while not stopped.wait(0.05) and time.monotonic() < deadline:
        if _answers(port, DISCOVERY_PATH) and _answers(port + 1, "/"):
            return True
    return False


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _file(name: str) -> Path:
    data = load().data
    data.mkdir(parents=True, exist_ok=True)
    return data / name
