"""A server on this machine that answers whatever a test tells it to, byte by byte, by https."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


def certificate(folder: Path, *names: str) -> Path:
    """Write a key and a certificate of these names that signs itself; return their one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName([_name(n) for n in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "certificate.pem"
    file.write_bytes(private + made.public_bytes(pem))
    return file


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@dataclass
class Play:
    """What is answered at a path: pieces of bytes, with a pause before each."""

    pieces: list[bytes]
    pause: float = 0.0


@dataclass
class Hostile:
    """The server: `plays` says what it answers, `seen` holds what it was asked."""

    certificate: Path | None
    plays: dict[str, Play] = field(default_factory=dict)
    seen: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def origin(self) -> str:
        return f"{'https' if self.certificate else 'http'}://localhost:{self.port}"

    def answer(self, path: str, content: Any, /, status: str = "200 OK", **headers: str) -> str:
        """Answer a JSON document properly; return its address."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        named = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items())]
        self.plays[path] = Play(["\r\n".join([*lines, "", ""]).encode() + body])
        return f"{self.origin}{path}"

    def play(self, path: str, pieces: list[bytes], pause: float = 0.0) -> str:
        """Answer these bytes; return the address."""
        self.plays[path] = Play(pieces, pause)
        return f"{self.origin}{path}"

    @contextlib.contextmanager
    def running(self) -> Iterator[Hostile]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            listener.settimeout(0.05)
            ended = threading.Event()
            thread = threading.Thread(target=self._serve, args=(listener, ended))
            thread.start()
            try:
                yield self
            finally:
                ended.set()
                thread.join()

    def _serve(self, listener: socket.socket, ended: threading.Event) -> None:
        talking: list[threading.Thread] = []
        while not ended.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = listener.accept()
                thread = threading.Thread(target=self._talk, args=(connection, ended))
                thread.start()
                talking.append(thread)
        for thread in talking:
            thread.join()

    def _talk(self, connection: socket.socket, ended: threading.Event) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(60)
            secured = self._secured(connection)
            with secured:
                asked = secured.recv(65536)
                self.seen.append(asked)
                play = self.plays.get(asked.split(b" ")[1].decode() if asked else "")
                for piece in play.pieces if play else [b"HTTP/1.1 404 Not Found\r\n\r\n"]:
                    if ended.wait(play.pause if play else 0):
                        return
                    secured.sendall(piece)

    def _secured(self, connection: socket.socket) -> socket.socket:
        if self.certificate is None:
            return connection
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context.wrap_socket(connection, server_side=True)
