"""The routes, and the headers that every answer of theirs carries."""

from __future__ import annotations

from flask import Blueprint, Response, request

from gateway.oidc.documents import DISCOVERY_PATH, JWKS_PATH, METADATA_PATH
from gateway.oidc.provider import Provider
from gateway.oidc.views import Views

MACHINES = frozenset(
    {"oidc.authorize", "oidc.token", "oidc.revoke", "oidc.introspect", "oidc.userinfo"}
)
"""Endpoints that foreign pages and programs post to; none of them acts on a cookie at once."""

CROSS_ORIGIN = frozenset(
    {
        *("oidc.token", "oidc.revoke", "oidc.userinfo"),
        *("oidc.openid_configuration", "oidc.jwks"),
    }
)
CACHEABLE = frozenset({"oidc.openid_configuration", "oidc.jwks"})


def blueprint(provider: Provider) -> Blueprint:
    """Return the provider's endpoints."""
    pages, views = Blueprint("oidc", __name__), Views(provider)
    kept = "/oauth/authorize/<handle>"
    both = ["GET", "POST"]
    pages.add_url_rule("/oauth/authorize", view_func=views.authorize, methods=both)
    pages.add_url_rule(kept, view_func=views.resume)
    pages.add_url_rule(kept, view_func=views.decide, methods=["POST"])
    pages.add_url_rule(f"{kept}/continue", view_func=views.proceed)
    pages.add_url_rule(f"{kept}/cancel", view_func=views.cancel)
    pages.add_url_rule("/oauth/token", view_func=views.token, methods=["POST"])
    pages.add_url_rule("/oauth/revoke", view_func=views.revoke, methods=["POST"])
    pages.add_url_rule("/oauth/introspect", view_func=views.introspect, methods=["POST"])
    pages.add_url_rule("/oauth/userinfo", view_func=views.userinfo, methods=both)
    pages.add_url_rule(DISCOVERY_PATH, view_func=views.openid_configuration)
    pages.add_url_rule(METADATA_PATH, view_func=views.openid_configuration)
    pages.add_url_rule(JWKS_PATH, view_func=views.jwks)
    pages.after_request(_headers)
    return pages


def _headers(response: Response) -> Response:
    if request.endpoint not in CACHEABLE:
        response.headers["Cache-Control"] = "no-store"
    if request.endpoint in CROSS_ORIGIN:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
        response.headers["Access-Control-Expose-Headers"] = "WWW-Authenticate"
    return response
