"""A client that costs little, so that what is measured is the server."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlencode


@dataclass
class Answer:
    """A whole response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """Return the value of a header field, empty where it is missing."""
        return next((value for key, value in self.headers if key == name), "")


@dataclass
class Wire:
    """One HTTP/1.1 connection that is kept, with the cookies that came over it."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._socket.close()

    def get(self, path: str) -> Answer:
        """Ask for a page, with cookies."""
        return self.send(self.request("GET", path))

    def post(self, path: str, form: dict[str, str]) -> Answer:
        """Send a form, with cookies."""
        return self.send(self.request("POST", path, urlencode(form)))

    def request(self, method: str, path: str, body: str = "", **headers: str) -> bytes:
        """Compose a request, once for many."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if method == "POST":
            lines += ["Content-Type: application/x-www-form-urlencoded"]
            lines += [f"Origin: http://localhost:{self.port}", "Sec-Fetch-Site: same-origin"]
            lines += [f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    def send(self, request: bytes) -> Answer:
        """Send a composed request and wait for the whole answer."""
        self._socket.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        answer = _parsed(head)
        missing = int(answer.header("content-length") or 0) - len(body)
        while missing > 0:
            part = self._more()
            body, missing = body + part, missing - len(part)
        self._keep(answer)
        answer.body = body
        return answer

    def _more(self) -> bytes:
        part = self._socket.recv(65536)
        if not part:
            raise ConnectionError("the server hung up")
        return part

    def _keep(self, answer: Answer) -> None:
        for key, value in answer.headers:
            if key == "set-cookie":
                name, _, rest = value.partition("=")
                self.cookies[name] = rest.split(";")[0]


def _parsed(head: bytes) -> Answer:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    headers = [(key.lower(), value) for key, _, value in pairs]
    return Answer(int(first.split(" ", 2)[1]), headers, b"")
