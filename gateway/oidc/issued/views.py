"""The UserInfo endpoint over HTTP."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from gateway.oidc.issued import rfc6750
from gateway.oidc.issued.userinfo import UserInfo


def routes(pages: Blueprint, about: UserInfo) -> None:
    """Add the UserInfo endpoint, by GET, POST header or POST body."""

    @pages.route("/oauth/userinfo", methods=["GET", "POST"])
    def userinfo() -> Response:
        tokens = rfc6750.presented(request)
        if len(tokens) != 1:
            return rfc6750.challenge("invalid_request" if tokens else "")
        claims = about.claims(tokens[0])
        if isinstance(claims, str):
            wanted = {"scope": "openid"} if claims == "insufficient_scope" else {}
            return rfc6750.challenge(claims, **wanted)
        return jsonify(claims)
