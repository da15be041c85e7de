"""A gateway that ends TLS itself speaks 1.3 and nothing older, and says so to browsers."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from tests import ports
from tests.gateway.oidc.hostile import certificate
from tests.gateway.operations.running import environment, gatehouse
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a gateway over https, and the certificate to trust."""
    folder, port = tmp_path_factory.mktemp("tls"), ports.free()
    own = certificate(folder, "localhost")
    settings = {
        "GATEHOUSE_PORT": str(port),
        "GATEHOUSE_ISSUER": f"https://localhost:{port}",
        "GATEHOUSE_TLS_CERTIFICATE": str(own),
        "GATEHOUSE_TLS_KEY": str(own),
    }
    with (folder / "log").open("w") as log:
        own_environment = environment(folder / "data", **settings)
        process = gatehouse("serve", env=own_environment, stdout=log, stderr=log)
    yield port, own
    process.terminate()
    process.wait(PATIENCE)


def spoken(port: int, trusted: Path, version: ssl.TLSVersion) -> HTTPSConnection:
    """Connect with this version of TLS alone."""
    context = ssl.create_default_context(cafile=str(trusted))
    context.minimum_version = context.maximum_version = version
    connection = HTTPSConnection("localhost", port, context=context, timeout=PATIENCE)
    connection.connect()
    return connection


def ready(port: int, trusted: Path) -> HTTPSConnection:
    """Connect once it listens."""

    def listens() -> HTTPSConnection | None:
        with suppress(OSError):
            return spoken(port, trusted, ssl.TLSVersion.TLSv1_3)
        return None

    found = until(listens)
    assert found
    return found


def test_browsers_keep_to_https_and_cookies_to_this_host(served: tuple[int, Path]) -> None:
    connection = ready(*served)
    connection.request("GET", "/account", headers={"Connection": "close"})
    answer = connection.getresponse()
    cookies = answer.headers.get_all("Set-Cookie", [])
    answer.read()
    connection.close()
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-gatehouse_")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_nothing_older_than_tls_1_3_is_spoken(served: tuple[int, Path]) -> None:
    ready(*served).close()
    with pytest.raises(ssl.SSLError, match="version"):
        spoken(*served, ssl.TLSVersion.TLSv1_2)
