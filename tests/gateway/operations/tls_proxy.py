"""A proxy that ends mutual TLS and hands the client's certificate on (RFC 9440), in a few lines."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

FIELD = b"client-cert:"


def handed_on(head: bytes, certificate: bytes | None) -> bytes:
    """Drop the field as the client sent it and write it ourselves (RFC 9440, section 2.4)."""
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(FIELD)]
    own = [b"Client-Cert: :" + base64.b64encode(certificate) + b":"] if certificate else []
    return b"\r\n".join([lines[0], *own, *lines[1:]])


@contextlib.contextmanager
def proxy(gateway: int, certificate: Path, authorities: Path) -> Iterator[int]:
    """Run the proxy in front of a gateway; yield its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.load_verify_locations(authorities)
    context.verify_mode = ssl.CERT_OPTIONAL
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        thread = threading.Thread(target=_serve, args=(listener, context, gateway, ended))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def _serve(
    listener: socket.socket, context: ssl.SSLContext, gateway: int, ended: threading.Event
) -> None:
    while not ended.is_set():
        with contextlib.suppress(TimeoutError, OSError):
            connection, _ = listener.accept()
            with connection, context.wrap_socket(connection, server_side=True) as secured:
                _forward(secured, gateway)


def _forward(secured: ssl.SSLSocket, gateway: int) -> None:
    """Forward one request, whose body comes in the same piece or the next, and its answer."""
    sent = secured.recv(65536)
    while not _whole(sent):
        sent += secured.recv(65536)
    head, _, body = sent.partition(b"\r\n\r\n")
    with socket.create_connection(("127.0.0.1", gateway)) as upstream:
        upstream.sendall(
            handed_on(head, secured.getpeercert(binary_form=True)) + b"\r\n\r\n" + body
        )
        while answer := upstream.recv(65536):
            secured.sendall(answer)


def _whole(sent: bytes) -> bool:
    head, end, body = sent.partition(b"\r\n\r\n")
    announced = [
        line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    ]
    return bool(end) and len(body) >= sum(int(line.split(b":")[1]) for line in announced)
