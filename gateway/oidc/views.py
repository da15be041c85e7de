"""The endpoints: each parses its request and calls one service."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from contracts.errors import BadRequest
from gateway.headers import allow_forms_to
from gateway.oidc.authorize.outcomes import AskConsent, Redirect
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.documents import Document, discovery, document
from gateway.oidc.issued import rfc6750
from gateway.oidc.keys.ring import jwks
from gateway.oidc.provider import Provider

SEE_OTHER = 303


class Views:
    """The endpoints of one provider."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def authorize(self) -> BaseResponse:
        """Take an authorization request, by GET or POST (OpenID Connect Core, 3.1.2.1)."""
        if request.method == "POST":
            # A browser sends its Lax cookies with the GET that follows, not with a foreign POST.
            sent = [*request.args.items(multi=True), *request.form.items(multi=True)]
            return redirect(f"{request.path}?{urlencode(sent)}", SEE_OTHER)
        values = {name: [v for v in sent if v] for name, sent in request.args.lists()}
        return _answer(self._provider.authorization.start(Parameters(values)))

    def resume(self, handle: str) -> BaseResponse:
        """Go on with a request."""
        return _answer(self._provider.authorization.resume(handle, returning=False))

    def proceed(self, handle: str) -> BaseResponse:
        """Go on with a request after a login."""
        return _answer(self._provider.authorization.resume(handle, returning=True))

    def decide(self, handle: str) -> BaseResponse:
        """Take the answer to the consent page."""
        decision = request.form.get("decision")
        if decision not in {"allow", "deny"}:
            raise BadRequest(detail="decision must be allow or deny")
        sid = request.args.get("sid", "")
        return _answer(
            self._provider.authorization.decide(handle, sid=sid, allowed=decision == "allow")
        )

    def cancel(self, handle: str) -> BaseResponse:
        """Give a request up."""
        return _answer(self._provider.authorization.cancel(handle))

    def token(self) -> BaseResponse:
        """Answer the token endpoint."""
        return self._provider.server.create_token_response()

    def revoke(self) -> BaseResponse:
        """Answer the revocation endpoint."""
        return self._provider.server.create_endpoint_response("revocation")

    def introspect(self) -> BaseResponse:
        """Answer the introspection endpoint."""
        return self._provider.server.create_endpoint_response("introspection")

    def userinfo(self) -> BaseResponse:
        """Answer the UserInfo endpoint, by GET, POST header or POST body."""
        tokens = rfc6750.presented(request)
        if len(tokens) != 1:
            return rfc6750.challenge("invalid_request" if tokens else "")
        claims = self._provider.userinfo.claims(tokens[0])
        if isinstance(claims, str):
            wanted = {"scope": "openid"} if claims == "insufficient_scope" else {}
            return rfc6750.challenge(claims, **wanted)
        return jsonify(claims)

    def openid_configuration(self) -> BaseResponse:
        """Answer the discovery document."""
        return _published(document(discovery(self._provider.settings)))

    def jwks(self) -> BaseResponse:
        """Answer the JWK Set."""
        return _published(document(jwks(self._provider.store)))


def _answer(outcome: Redirect | AskConsent) -> BaseResponse:
    if isinstance(outcome, Redirect):
        return redirect(outcome.location, SEE_OTHER)
    allow_forms_to([outcome.redirect_uri])
    return make_response(
        render_template(
            "consent.html",
            client_name=outcome.client_name,
            redirect_host=_host(outcome.redirect_uri),
            scopes=outcome.scopes,
            action=outcome.action,
            lifetime=outcome.lifetime,
        )
    )


def _host(redirect_uri: str) -> str:
    parts = urlsplit(redirect_uri)
    return parts.netloc or f"{parts.scheme}:"


def _published(found: Document) -> BaseResponse:
    return Response(found.body, headers=dict(found.headers)).make_conditional(request)
