"""One request as WSGI (PEP 3333): the environ is built here, the application is called here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from granian.rsgi import Scope

Fields = list[tuple[str, str]]
Write = Callable[[bytes], object]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None
UNPREFIXED = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
ALWAYS = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
"""What is the same of every request."""

CLAIMED = ("forwarded", "x-forwarded-", "x-real-ip", "client-cert")
"""Fields in which a client can claim to be someone else; none of them reaches the application."""

CLIENT_CERTIFICATE = "gatehouse.client_certificate"
"""Where the environ holds the certificate that a trusted proxy handed on, if there is one."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """What a trusted proxy writes itself: `certificate` names the field of client certificates."""

    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response: status code, header fields, body."""

    status: int
    headers: Fields
    body: bytes


def environ(scope: Scope, body: bytes, *, proxy: Proxy | None) -> WSGIEnvironment:
    """Build the environ of one request.

    The client's address is the peer's; behind a trusted proxy it is the last one in
    X-Forwarded-For, which that proxy wrote itself.
    """
    host, _, port = scope.server.rpartition(":")
    made: dict[str, Any] = {
        **ALWAYS,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": _client(scope, proxy),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
    if scope.authority:
        made["HTTP_HOST"] = scope.authority
    _add_fields(made, scope.headers.items(), proxy)
    made["CONTENT_LENGTH"] = str(len(body))
    return made


def _client(scope: Scope, proxy: Proxy | None) -> str:
    forwarded = scope.headers.get("x-forwarded-for", "") if proxy else ""
    nearest = str(forwarded).rpartition(",")[2].strip()
    return nearest or scope.client.rpartition(":")[0].strip("[]")


def _add_fields(
    made: dict[str, Any], fields: Iterable[tuple[str, str]], proxy: Proxy | None
) -> None:
    for name, value in fields:
        if proxy and name == proxy.certificate:
            # Twice is once too often: then one of them is not the proxy's.
            made[CLIENT_CERTIFICATE] = value if CLIENT_CERTIFICATE not in made else ""
            continue
        # An underscore would pass for the hyphen of another field, e.g. of Content-Length.
        if "_" in name or name.startswith(CLAIMED):
            continue
        key = UNPREFIXED.get(name) or "HTTP_" + name.upper().replace("-", "_")
        joint = "; " if name == "cookie" else ","
        made[key] = made[key] + joint + value if key in made and name != "host" else value


def call(application: WSGIApplication, made: WSGIEnvironment) -> Response:
    """Run the application to its end and return the whole response."""
    head: list[tuple[int, Fields]] = []
    body: list[bytes] = []

    def start_response(status: str, headers: Fields, exc_info: ExcInfo = None) -> Write:
        if exc_info is None or not head:
            head.append((int(status.split(" ", 1)[0]), headers))
        return body.append

    parts = application(made, start_response)
    try:
        body.extend(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    return Response(*head[-1], b"".join(body))
