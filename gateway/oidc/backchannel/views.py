"""The pages on which a person answers requests that backends make."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response

from gateway.oidc.authorize.decision import Decision
from gateway.oidc.authorize.outcomes import Decided, Redirect
from gateway.oidc.authorize.redirects import see_other
from gateway.oidc.backchannel.approvals import PATH, Approvals, Confirm, Overview
from gateway.oidc.backchannel.endpoint import ENDPOINT, BackchannelAuthenticationEndpoint
from gateway.oidc.backchannel.service import Backchannel
from gateway.oidc.token.server import AuthorizationServer
from web.looks import show_for

ID = 32
"""Characters of a device's id."""


def routes(
    pages: Blueprint, server: AuthorizationServer, backchannel: Backchannel, approvals: Approvals
) -> None:
    """Add the backchannel authentication endpoint and the person's pages."""
    server.register_endpoint(BackchannelAuthenticationEndpoint(backchannel))
    views, kept = Views(approvals), f"{PATH}/<request_id>"

    @pages.post(ENDPOINT)
    def backchannel_authentication() -> Response:
        return server.create_endpoint_response("backchannel_authentication")

    def add(rule: str, name: str, view: Callable[..., Response], method: str) -> None:
        pages.add_url_rule(rule, name, view_func=view, methods=[method])

    add(PATH, "requests", views.overview, "GET")
    add(f"{PATH}/waiting", "requests_waiting", views.waiting, "GET")
    add(f"{PATH}/device", "requests_switch_on", views.switch_on, "POST")
    add(f"{PATH}/device/remove", "requests_switch_off", views.switch_off, "POST")
    add(kept, "request_resume", views.resume, "GET")
    add(kept, "request_decide", views.decide, "POST")
    add(f"{kept}/number", "request_match", views.match, "POST")
    add(f"{kept}/continue", "request_continue", views.proceed, "GET")


class Views:
    """The pages of one service."""

    def __init__(self, approvals: Approvals) -> None:
        self._approvals = approvals

    def overview(self) -> Response:
        """Show what waits here, or offer to let requests reach this device."""
        return self._answer(self._approvals.overview())

    def waiting(self) -> Response:
        """Say whether something waits: for the script that looks every few seconds."""
        return jsonify(request=self._approvals.waiting())

    def switch_on(self) -> Response:
        """Let requests reach this device."""
        return self._answer(self._approvals.switch_on())

    def switch_off(self) -> Response:
        """Let requests reach a device no more."""
        return self._answer(self._approvals.switch_off(request.form.get("device", "")[:ID]))

    def match(self, request_id: str) -> Response:
        """Take the chosen number."""
        number = request.form.get("number", "")
        return self._answer(self._approvals.match(request_id, number))

    def resume(self, request_id: str) -> Response:
        """Go on with a matched request."""
        return self._answer(self._approvals.resume(request_id, returning=False))

    def proceed(self, request_id: str) -> Response:
        """Go on after a login."""
        return self._answer(self._approvals.resume(request_id, returning=True))

    def decide(self, request_id: str) -> Response:
        """Take the answer of the person."""
        said = Decision.of(request)
        return self._answer(self._approvals.decide(request_id, sid=said.sid, allowed=said.allowed))

    def _answer(self, outcome: Overview | Confirm | Decided | Redirect) -> Response:
        match outcome:
            case Redirect():
                return see_other(outcome.location)
            case Overview():
                watched = self._approvals.waiting() or ""
                page = render_template("requests.html", overview=outcome, watched=watched)
            case Confirm():
                waiting, asked = outcome.waiting, outcome.asked
                show_for(asked.client_id)
                page = render_template("request_confirm.html", waiting=waiting, asked=asked)
            case Decided():
                page = render_template("decided.html", decided=outcome)
        return make_response(page)
