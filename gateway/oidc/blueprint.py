"""The routes, and the headers that every answer of theirs carries."""

from __future__ import annotations

from flask import Blueprint, Response, request

from gateway.oidc import published
from gateway.oidc.authorize import views as authorize
from gateway.oidc.backchannel import views as backchannel
from gateway.oidc.clients import views as clients
from gateway.oidc.device import views as device
from gateway.oidc.dpop.nonce import supply
from gateway.oidc.issued import status_list_views as status_lists
from gateway.oidc.issued import views as issued
from gateway.oidc.logout import views as logout
from gateway.oidc.provider import Provider
from gateway.oidc.refusals import REFERENCE
from gateway.oidc.ssf import views as ssf
from gateway.oidc.token import views as token

MACHINES = frozenset(
    {
        *("oidc.authorize", "oidc.pushed_authorization_request", "oidc.token"),
        *("oidc.revoke", "oidc.introspect", "oidc.userinfo", "oidc.register", "oidc.registered"),
        *("oidc.device_authorization", "oidc.backchannel_authentication", "oidc.end_session"),
        *ssf.MACHINES,
    }
)
"""Endpoints that foreign pages and programs post to; none of them acts on a cookie at once."""

CROSS_ORIGIN = frozenset(
    {
        *("oidc.pushed_authorization_request", "oidc.token", "oidc.revoke", "oidc.userinfo"),
        *("oidc.openid_configuration", "oidc.jwks", "oidc.register", "oidc.registered"),
        *("oidc.status_list", "oidc.status_lists"),
    }
)
ALLOWED = "Authorization, Content-Type, DPoP, MCP-Protocol-Version"
"""Fields that clients in browsers send; agents add the last to all they ask for."""
PROVEN = frozenset({"oidc.pushed_authorization_request", "oidc.token", "oidc.userinfo"})
"""Endpoints that take DPoP proofs (RFC 9449)."""

EXPOSED = f"WWW-Authenticate, DPoP-Nonce, {REFERENCE}"
CACHEABLE = frozenset(
    {
        *("oidc.openid_configuration", "oidc.jwks", "oidc.ssf_configuration"),
        *("oidc.status_list", "oidc.status_lists"),
    }
)


def blueprint(provider: Provider) -> Blueprint:
    """Return the provider's endpoints."""
    pages = Blueprint("oidc", __name__)
    authorize.routes(pages, provider.authorization)
    token.routes(pages, provider.server)
    device.routes(pages, provider.server, provider.devices, provider.settings)
    backchannel.routes(pages, provider.server, provider.backchannel, provider.approvals)
    issued.routes(pages, provider.userinfo)
    status_lists.routes(pages, provider.status_lists)
    logout.routes(pages, provider.logout)
    ssf.routes(pages, provider.signals)
    settings = provider.settings
    clients.routes(pages, provider.registrar, settings.clients, settings.issuer)
    published.routes(pages, provider.settings, provider.store)
    pages.after_request(_headers)
    pages.after_request(supply(provider.proofs.nonces, PROVEN))
    return pages


def _headers(response: Response) -> Response:
    if request.endpoint not in CACHEABLE:
        response.headers["Cache-Control"] = "no-store"
    if request.endpoint in CROSS_ORIGIN:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Headers"] = ALLOWED
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
    return response
