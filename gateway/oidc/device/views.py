"""The pages on which a person lets a device in."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from contracts.text import Text
from gateway.oidc.authorize.decision import Decision
from gateway.oidc.authorize.outcomes import Decided, Redirect
from gateway.oidc.authorize.redirects import see_other
from gateway.oidc.device.endpoint import ENDPOINT, DeviceAuthorizationEndpoint
from gateway.oidc.device.service import PATH, Confirm, Devices, EnterCode
from gateway.oidc.settings import ProviderSettings
from gateway.oidc.token.server import AuthorizationServer
from web.looks import show_for

LONGEST = 64
"""Characters of an entry that are looked at: a code, however it is written."""

WRONG = Text("This code leads nowhere. Compare it with the one on your device, or get a new one.")


def routes(
    pages: Blueprint, server: AuthorizationServer, devices: Devices, settings: ProviderSettings
) -> None:
    """Add the device authorization endpoint and the pages people are sent to."""
    server.register_endpoint(DeviceAuthorizationEndpoint(devices, settings))
    views, kept = Views(devices), f"{PATH}/<handle>"

    @pages.post(ENDPOINT)
    def device_authorization() -> Response:
        return server.create_endpoint_response("device_authorization")

    pages.add_url_rule(PATH, "device", view_func=views.ask)
    pages.add_url_rule(PATH, "device_enter", view_func=views.enter, methods=["POST"])
    pages.add_url_rule(kept, "device_resume", view_func=views.resume)
    pages.add_url_rule(kept, "device_decide", view_func=views.decide, methods=["POST"])
    pages.add_url_rule(f"{kept}/continue", "device_continue", view_func=views.proceed)


class Views:
    """The pages of one service."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices

    def ask(self) -> Response:
        """Ask for a code; one that came in the address still needs the person's press (3.3.1)."""
        return _answer(EnterCode())

    def enter(self) -> Response:
        """Take a code."""
        user_code = request.form.get("user_code", "")[:LONGEST]
        return _answer(self._devices.enter(user_code, request.remote_addr or ""))

    def resume(self, handle: str) -> Response:
        """Go on with an entered code."""
        return _answer(self._devices.resume(handle, returning=False))

    def proceed(self, handle: str) -> Response:
        """Go on after a login."""
        return _answer(self._devices.resume(handle, returning=True))

    def decide(self, handle: str) -> Response:
        """Take the answer of the person."""
        said = Decision.of(request)
        return _answer(self._devices.decide(handle, sid=said.sid, allowed=said.allowed))


def _answer(outcome: EnterCode | Confirm | Decided | Redirect) -> Response:
    match outcome:
        case Redirect():
            return see_other(outcome.location)
        case EnterCode():
            shown = request.values.get("user_code", "")
            error, status = (WRONG, 400) if outcome.wrong else (None, 200)
            return make_response(
                render_template("device.html", user_code=shown, error=error), status
            )
        case Confirm():
            show_for(outcome.asked.client_id)
            return make_response(
                render_template("device_confirm.html", code=outcome.user_code, asked=outcome.asked)
            )
        case Decided():
            return make_response(render_template("decided.html", decided=outcome))
