"""The endpoints that a client authenticates at."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from gateway.oidc.token.server import AuthorizationServer


def routes(pages: Blueprint, server: AuthorizationServer) -> None:
    """Add the token, revocation, introspection and pushed authorization request endpoints."""

    @pages.post("/oauth/token")
    def token() -> Response:
        return server.create_token_response()

    @pages.post("/oauth/revoke")
    def revoke() -> Response:
        return server.create_endpoint_response("revocation")

    @pages.post("/oauth/par")
    def pushed_authorization_request() -> Response:
        return server.create_endpoint_response("pushed_authorization_request")

    @pages.post("/oauth/introspect")
    def introspect() -> Response:
        return server.create_endpoint_response("introspection")
