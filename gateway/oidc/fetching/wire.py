"""One HTTP exchange over one connection, with an end to its bytes and to its time."""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPResponse
from time import monotonic
from typing import Any, cast

from gateway.oidc.fetching.target import Target

HEAD_BYTES = 16 * 1024
JSON = re.compile(r"application/(?:[a-z0-9.!#$&^_-]+\+)?json")


class TooMuch(Exception):
    """More bytes came than are read."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is posted: its bytes, and the header fields that describe it."""

    content: bytes
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> bool:
        """Tell whether it says that it is JSON."""
        return JSON.fullmatch(self.headers.get_content_type()) is not None

    @property
    def encoded(self) -> bool:
        """Tell whether the body is compressed, which was not asked for."""
        return self.headers.get("Content-Encoding", "identity").strip().lower() != "identity"


class _Wire(io.RawIOBase):
    """The bytes of a connection up to a number and a moment."""

    def __init__(self, connection: socket.socket, most: int, deadline: float) -> None:
        super().__init__()
        self._connection = connection
        self._left = most
        self._deadline = deadline

    def readable(self) -> bool:
        """Agree: it is read, and nothing else."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        """Wait for the next bytes. Raises TooMuch and TimeoutError."""
        if self._left <= 0:
            raise TooMuch("too many bytes")
        self._connection.settimeout(_left(self._deadline))
        count = self._connection.recv_into(memoryview(buffer)[: self._left])
        self._left -= count
        return count

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002 - as a socket does it
        """Return itself as `http.client` wants to read it."""
        return io.BufferedReader(self)


def exchange(connection: socket.socket, target: Target, most: int, deadline: float) -> Answer:
    """Ask and read the answer. Raises TooMuch, OSError and HTTPException."""
    connection.settimeout(_left(deadline))
    connection.sendall(_request(target))
    wire = _Wire(connection, HEAD_BYTES + 2 * most, deadline)
    response = HTTPResponse(cast(socket.socket, wire), method="GET")
    with response:
        response.begin()
        body = response.read(most + 1) if response.status == 200 else b""
        if len(body) > most:
            raise TooMuch("the document is too large")
        if response.status == 200 and response.length:
            raise ConnectionError("the document ends too early")
        return Answer(response.status, response.headers, body)


def posted(connection: socket.socket, target: Target, sent: Body, deadline: float) -> int:
    """Post and return the status; what else is answered is not read. Raises as `exchange` does."""
    connection.settimeout(_left(deadline))
    connection.sendall(_post(target, sent))
    wire = _Wire(connection, HEAD_BYTES, deadline)
    with HTTPResponse(cast(socket.socket, wire), method="POST") as response:
        response.begin()
        return response.status


def _post(target: Target, sent: Body) -> bytes:
    fields = {
        "Host": target.authority,
        "Content-Length": str(len(sent.content)),
        "User-Agent": "Gatehouse",
        "Connection": "close",
        **sent.fields,
    }
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {said}" for name, said in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + sent.content


def _request(target: Target) -> bytes:
    return (
        f"GET {target.path} HTTP/1.1\r\n"
        f"Host: {target.authority}\r\n"
        "Accept: application/json, application/*+json\r\n"
        "Accept-Encoding: identity\r\n"
        "User-Agent: Gatehouse\r\n"
        "Connection: close\r\n"
        "\r\n"
    ).encode("ascii")


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError("no time left")
    return left
