"""The pages of an authorization request: each view parses and calls one step."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, make_response, render_template, request
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response

from gateway.headers import allow_forms_only_to, allow_forms_to
from gateway.oidc.authorize.decision import Decision
from gateway.oidc.authorize.outcomes import AskAccount, AskConsent, FormPost, Held, Redirect
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.authorize.redirects import again_by_get, see_other
from gateway.oidc.authorize.service import Authorization, Outcome
from web import pages
from web.looks import show_for

USING_UP = frozenset(
    {
        *("oidc.authorize", "oidc.resume", "oidc.proceed", "oidc.cancel"),
        *("oidc.device_continue", "oidc.request_continue"),
    }
)


def routes(room: Blueprint, authorization: Authorization) -> None:
    """Add the authorization endpoint and what follows it."""
    views, kept = Views(authorization), "/oauth/authorize/<handle>"
    room.add_url_rule("/oauth/authorize", view_func=views.authorize, methods=["GET", "POST"])
    room.add_url_rule(kept, view_func=views.resume)
    room.add_url_rule(kept, view_func=views.decide, methods=["POST"])
    room.add_url_rule(f"{kept}/account", view_func=views.choose, methods=["POST"])
    room.add_url_rule(f"{kept}/continue", view_func=views.proceed)
    room.add_url_rule(f"{kept}/cancel", view_func=views.cancel)
    room.before_request(_refuse_head)


def _refuse_head() -> None:
    """Refuse HEAD: whoever only looks at a link must not use up what it stands for."""
    if request.method == "HEAD" and (request.endpoint or "") in USING_UP:
        raise MethodNotAllowed(["GET", "POST"])


class Views:
    """The pages of one service."""

    def __init__(self, authorization: Authorization) -> None:
        self._authorization = authorization

    def authorize(self) -> Response:
        """Take an authorization request, by GET or POST (OpenID Connect Core, 3.1.2.1)."""
        if request.method == "POST":
            return again_by_get()
        return _answer(self._authorization.start(Parameters.of(request.args)))

    def resume(self, handle: str) -> Response:
        """Go on with a request."""
        chosen = request.args.get("account", "")
        return _answer(self._authorization.resume(handle, returning=False, chosen=chosen))

    def choose(self, handle: str) -> Response:
        """Take the choice of an account."""
        sid, same = request.args.get("sid", ""), request.form.get("account") == "same"
        return _answer(self._authorization.choose(handle, sid=sid, same=same))

    def proceed(self, handle: str) -> Response:
        """Go on with a request after a login."""
        return _answer(self._authorization.resume(handle, returning=True))

    def decide(self, handle: str) -> Response:
        """Take the answer to the consent page."""
        said = Decision.of(request)
        return _answer(self._authorization.decide(handle, sid=said.sid, allowed=said.allowed))

    def cancel(self, handle: str) -> Response:
        """Give a request up."""
        return _answer(self._authorization.cancel(handle))


def _answer(outcome: Outcome) -> Response:
    match outcome:
        case Redirect():
            return see_other(outcome.location)
        case FormPost():
            return _post(outcome)
        case Held():
            return _held(outcome)
        case AskAccount():
            page, more = "select_account.html", {"fits": outcome.fits, "cancel": outcome.cancel}
            return _asked(outcome, page, username=outcome.username, **more)
        case AskConsent():
            return _asked(outcome, "consent.html", **_consent(outcome))


def _consent(outcome: AskConsent) -> dict[str, object]:
    return {
        "scopes": outcome.scopes,
        "lifetime": outcome.lifetime,
        "stranger": outcome.stranger,
        "resources": outcome.resources,
        "details": outcome.details,
        "for_one_message": outcome.for_one_message,
    }


def _asked(outcome: AskAccount | AskConsent, page: str, **context: object) -> Response:
    """Show a page whose form may end at the client, in the language the client asked for."""
    pages.speak(outcome.ui_locales)
    show_for(outcome.client_id)
    allow_forms_to([outcome.redirect_uri])
    return make_response(
        render_template(
            page,
            client_name=outcome.client_name,
            redirect_host=_host(outcome.redirect_uri),
            action=outcome.action,
            **context,
        )
    )


def _post(answer: FormPost) -> Response:
    allow_forms_only_to(answer.action)
    page = render_template(
        "form_post.html", action=answer.action, parameters=answer.parameters.items()
    )
    return make_response(page)


def _held(outcome: Held) -> Response:
    answer = outcome.answer
    where = answer.action if isinstance(answer, FormPost) else answer.location
    sent = answer.parameters.items() if isinstance(answer, FormPost) else ()
    allow_forms_only_to(outcome.redirect_uri)
    host = _host(outcome.redirect_uri)
    page = render_template("held.html", where=where, parameters=sent, redirect_host=host)
    return make_response(page, 400)


def _host(redirect_uri: str) -> str:
    """Name who gets the answer: a host on the web; what follows a private scheme is no host."""
    parts = urlsplit(redirect_uri)
    return parts.netloc if parts.scheme in {"http", "https"} else f"{parts.scheme}:"
