"""The whole road of a client certificate: TLS at a proxy, the bridge, the token endpoint."""

from __future__ import annotations

import json
import ssl
from base64 import b64encode, urlsafe_b64decode
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.gateway.oidc.hostile import certificate
from tests.gateway.operations.authority import Authority
from tests.gateway.operations.running import environment, gatehouse, serving
from tests.gateway.operations.tls_proxy import proxy
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow
TRUSTED = {
    "GATEHOUSE_TRUSTED_PROXY": "true",
    "GATEHOUSE_CLIENT_CERTIFICATE_HEADER": "Client-Cert",
}
REFUSED = (401, {"error": "invalid_client"})
SAID = {
    "token_endpoint_auth_method": "tls_client_auth",
    "tls_client_auth_san_dns": "bot.example",
    "tls_client_certificate_bound_access_tokens": True,
    "grant_types": ["client_credentials"],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a gateway that knows a client by its certificate."""
    file = tmp_path / "bot.json"
    file.write_text(json.dumps(SAID))
    command = ("client", "add", "bot", "--metadata", str(file), "--scope", "transfer")
    process = gatehouse(*command, env=environment(tmp_path / "data"))
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, told
    return tmp_path / "data"


def asked(port: int, own: Path, server: Path, **headers: str) -> tuple[int, dict[str, Any]]:
    """Ask for a token with a certificate."""
    context = ssl.create_default_context(cafile=str(server))
    context.load_cert_chain(own)
    connection = HTTPSConnection("localhost", port, context=context, timeout=PATIENCE)
    body = urlencode({"grant_type": "client_credentials", "client_id": "bot"})
    form = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
    connection.request("POST", "/oauth/token", body, {**form, **headers})
    response = connection.getresponse()
    said: dict[str, Any] = json.loads(response.read())
    connection.close()
    return response.status, said


def test_the_whole_road(tmp_path: Path, data: Path) -> None:
    authority, server = Authority(tmp_path), certificate(tmp_path, "localhost")
    bot, public = authority.certified("bot.example")
    other, _ = authority.certified("other.example")
    claimed = {"Client-Cert": f":{b64encode(public.public_bytes(Encoding.DER)).decode()}:"}
    with serving(data, **TRUSTED) as (port, _), proxy(port, server, authority.file) as entry:
        status, said = asked(entry, bot, server)
        assert status == 200, said
        claims = json.loads(urlsafe_b64decode(said["access_token"].split(".")[1] + "=="))
        assert set(claims["cnf"]) == {"x5t#S256"}
        assert asked(entry, other, server) == REFUSED
        assert asked(entry, other, server, **claimed) == REFUSED
    with serving(data) as (port, _), proxy(port, server, authority.file) as entry:
        assert asked(entry, bot, server) == REFUSED, "nobody said that this proxy is trusted"
