"""The UserInfo endpoint over HTTP."""

from __future__ import annotations

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from gateway.oidc.issued import rfc6750
from gateway.oidc.issued.userinfo import UserInfo

JWT = "application/jwt"


def routes(pages: Blueprint, about: UserInfo) -> None:
    """Add the UserInfo endpoint, by GET, POST header or POST body."""

    @pages.route("/oauth/userinfo", methods=["GET", "POST"])
    def userinfo() -> Response:
        tokens = rfc6750.presented(request)
        if len(tokens) != 1:
            return rfc6750.challenge("invalid_request" if tokens else "")
        shown = tokens[0]
        try:
            said = about.answer(shown, request)
        except OAuth2Error as error:
            return rfc6750.challenge(error.error, shown.scheme, error.description or "")
        if isinstance(said, str):
            wanted = {"scope": "openid"} if said == "insufficient_scope" else {}
            return rfc6750.challenge(said, shown.scheme, **wanted)
        return Response(said.jwt, mimetype=JWT) if said.jwt else jsonify(said.claims)
