"""Apache's mod_auth_openidc, as Debian ships it, in front of a page that knows no OpenID."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from tests import ports
from tests.clients import apache
from tests.clients.gateway import Gateway
from tests.clients.visitor import Visitor
from tests.serving import answering
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.slow

REFRESH = re.compile(r'http-equiv="refresh" content="0; url=([^"]+)"')
PROTECTED = """
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {secret}
OIDCRedirectURI {origin}/callback
OIDCCryptoPassphrase {passphrase}
OIDCScope "openid profile offline_access"
OIDCPKCEMethod S256
OIDCRemoteUserClaim preferred_username
OIDCPassRefreshToken On

OIDCOAuthServerMetadataURL {issuer}/.well-known/oauth-authorization-server
OIDCOAuthClientID {client_id}
OIDCOAuthClientSecret {secret}

<Location />
  AuthType openid-connect
  Require valid-user
</Location>
<Location /vault>
  Require claim acr:aal2
  OIDCUnAutzAction auth
  OIDCPathAuthRequestParams acr_values=aal2
</Location>
<Location /left>
  Require all granted
</Location>
<Location /api>
  AuthType oauth20
  Require claim client_id:{client_id}
</Location>
"""


class Page(BaseHTTPRequestHandler):
    """Shows what it is told of its visitor."""

    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    """The origin of the page behind Apache."""
    with answering(ThreadingHTTPServer(("127.0.0.1", 0), Page)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def protected(gateway: Gateway, page: str, folder: Path, more: str = "") -> Iterator[str]:
    """Run an Apache that lets in whom the gateway knows; yield its origin."""
    port = ports.free()
    origin = f"http://localhost:{port}"
    client, secret = gateway.client(
        f"{origin}/callback",
        require_acr="aal1",
        post_logout_redirect_uris=[f"{origin}/left"],
        backchannel_logout_uri=f"{origin}/callback?logout=backchannel",
    )
    directives = PROTECTED.format(
        issuer=gateway.issuer,
        origin=origin,
        client_id=client.id,
        secret=secret,
        passphrase=secrets.token_urlsafe(16),
    )
    with apache.serving(folder, port, page, directives + more):
        yield origin


@pytest.fixture(scope="module")
def site(gateway: Gateway, page: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of an Apache as most are set up."""
    with protected(gateway, page, tmp_path_factory.mktemp("apache")) as origin:
        yield origin


@pytest.fixture
def told(site: str, visitor: Visitor) -> dict[str, str]:
    """What the page is told of a visitor who has just logged in with a password."""
    visitor.go(f"{site}/report")
    visitor.password()
    visitor.allow()
    assert visitor.arrived == f"{site}/report"
    told: dict[str, str] = visitor.page.json()
    return told


def test_the_page_is_told_who_comes(told: dict[str, str], visitor: Visitor) -> None:
    assert told["OIDC_CLAIM_preferred_username"] == visitor.person.username
    assert told["OIDC_CLAIM_acr"] == "aal1"
    assert told["OIDC_CLAIM_amr"] == "pwd"


def test_a_page_asks_for_more_proof(site: str, told: dict[str, str], visitor: Visitor) -> None:
    sent_on = REFRESH.search(visitor.go(f"{site}/vault").text)
    assert sent_on is not None
    visitor.go(unescape(sent_on[1]))
    visitor.authenticator()
    assert visitor.arrived == f"{site}/vault"
    assert visitor.page.json()["OIDC_CLAIM_acr"] == "aal2"
    assert visitor.page.json()["OIDC_CLAIM_sub"] == told["OIDC_CLAIM_sub"]


def test_apache_accepts_the_token_of_a_backend(site: str, told: dict[str, str]) -> None:
    bearer = {"Authorization": f"Bearer {told['OIDC_access_token']}"}
    assert (
        httpx.get(f"{site}/api", headers=bearer, timeout=PATIENCE).json()["OIDC_CLAIM_sub"]
        == (told["OIDC_CLAIM_sub"])
    )
    for headers in ({"Authorization": "Bearer x"}, {}):
        answer = httpx.get(f"{site}/api", headers=headers, timeout=PATIENCE)
        assert answer.status_code == 401


def test_the_token_is_refreshed(site: str, told: dict[str, str], visitor: Visitor) -> None:
    wanted = {"refresh": f"{site}/report", "access_token": told["OIDC_access_token"]}
    renewed = visitor.go(f"{site}/callback?{urlencode(wanted)}").json()
    assert renewed["OIDC_refresh_token"] != told["OIDC_refresh_token"]
    assert renewed["OIDC_CLAIM_auth_time"] == told["OIDC_CLAIM_auth_time"]


def test_codes_come_in_a_form(
    gateway: Gateway, page: str, tmp_path: Path, visitor: Visitor
) -> None:
    with protected(gateway, page, tmp_path, "OIDCResponseMode form_post") as site:
        visitor.go(f"{site}/report")
        visitor.password()
        visitor.allow()
        visitor.fill("/callback")
        assert visitor.page.json()["OIDC_CLAIM_acr"] == "aal1"


def test_logging_out_ends_both_sessions(site: str, told: dict[str, str], visitor: Visitor) -> None:
    visitor.go(f"{site}/callback?{urlencode({'logout': f'{site}/left'})}")
    assert visitor.arrived == f"{site}/left"
    visitor.go(f"{site}/report")
    visitor.password()
    assert visitor.arrived == f"{site}/report"


def test_apache_hears_of_a_logout_elsewhere(
    gateway: Gateway, site: str, told: dict[str, str], visitor: Visitor
) -> None:
    visitor.go(f"{gateway.issuer}/oauth/logout")
    visitor.fill("/oauth/logout/confirm")
    until(lambda: visitor.go(f"{site}/report").headers["Content-Type"] != "application/json")
    visitor.password()
    assert visitor.arrived == f"{site}/report"
