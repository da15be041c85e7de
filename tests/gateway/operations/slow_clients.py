"""Clients that hold a server up: slow to send headers, slow to send a body, slow to read."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection

from tests.waiting import PATIENCE

DRIP_SECONDS = 0.5
HEAD = b"POST /oauth/token HTTP/1.1\r\nHost: localhost\r\n"
BODY = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n"


def slow_headers(port: int) -> socket.socket:
    """Begin a request whose headers never end."""
    return _begun(port, HEAD + b"X-Slow: ")


def slow_body(port: int) -> socket.socket:
    """Begin a request whose body trickles."""
    return _begun(port, HEAD + BODY)


def slow_reader(port: int, path: str) -> socket.socket:
    """Ask for something three times on one connection and never read an answer."""
    return _begun(port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 3)


def _begun(port: int, sent: bytes) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(PATIENCE)
    client.connect(("127.0.0.1", port))
    client.sendall(sent)
    return client


@contextlib.contextmanager
def dripping(clients: list[socket.socket]) -> Iterator[None]:
    """Send a byte on each connection twice a second for as long as the block runs."""
    over = threading.Event()
    thread = threading.Thread(target=_drip, args=(clients, over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for client in clients:
            client.close()


def _drip(clients: list[socket.socket], over: threading.Event) -> None:
    while not over.wait(DRIP_SECONDS):
        for client in clients:
            with contextlib.suppress(OSError):
                client.send(b"a")


def latencies(port: int, path: str, number: int) -> list[float]:
    """Ask politely, one request after the other; return how long each took."""
    taken = []
    for _ in range(number):
        start = time.monotonic()
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        connection.close()
        assert response.status == 200
        taken.append(time.monotonic() - start)
        time.sleep(0.005)
    return taken
