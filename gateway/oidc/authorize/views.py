"""The pages of an authorization request: each view parses and calls one step."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.errors import BadRequest
from gateway.headers import allow_forms_to
from gateway.oidc.authorize.outcomes import Redirect
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.authorize.service import Authorization, Outcome

SEE_OTHER = 303


def routes(pages: Blueprint, authorization: Authorization) -> None:
    """Add the authorization endpoint and what follows it."""
    views, kept = Views(authorization), "/oauth/authorize/<handle>"
    pages.add_url_rule("/oauth/authorize", view_func=views.authorize, methods=["GET", "POST"])
    pages.add_url_rule(kept, view_func=views.resume)
    pages.add_url_rule(kept, view_func=views.decide, methods=["POST"])
    pages.add_url_rule(f"{kept}/continue", view_func=views.proceed)
    pages.add_url_rule(f"{kept}/cancel", view_func=views.cancel)


class Views:
    """The pages of one service."""

    def __init__(self, authorization: Authorization) -> None:
        self._authorization = authorization

    def authorize(self) -> Response:
        """Take an authorization request, by GET or POST (OpenID Connect Core, 3.1.2.1)."""
        if request.method == "POST":
            # A browser sends its Lax cookies with the GET that follows, not with a foreign POST.
            sent = [*request.args.items(multi=True), *request.form.items(multi=True)]
            return redirect(f"{request.path}?{urlencode(sent)}", SEE_OTHER)
        values = {name: [v for v in sent if v] for name, sent in request.args.lists()}
        return _answer(self._authorization.start(Parameters(values)))

    def resume(self, handle: str) -> Response:
        """Go on with a request."""
        return _answer(self._authorization.resume(handle, returning=False))

    def proceed(self, handle: str) -> Response:
        """Go on with a request after a login."""
        return _answer(self._authorization.resume(handle, returning=True))

    def decide(self, handle: str) -> Response:
        """Take the answer to the consent page."""
        decision = request.form.get("decision")
        if decision not in {"allow", "deny"}:
            raise BadRequest(detail="decision must be allow or deny")
        sid, allowed = request.args.get("sid", ""), decision == "allow"
        return _answer(self._authorization.decide(handle, sid=sid, allowed=allowed))

    def cancel(self, handle: str) -> Response:
        """Give a request up."""
        return _answer(self._authorization.cancel(handle))


def _answer(outcome: Outcome) -> Response:
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
