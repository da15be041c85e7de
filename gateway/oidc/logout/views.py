"""The pages of logging out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, make_response, render_template, request
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response

from gateway.headers import allow_forms_to, allow_frames_of
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.authorize.redirects import again_by_get, see_other
from gateway.oidc.logout.service import AskLogout, Logout, SignedOut
from web import pages

PATH = "/oauth/logout"


def metadata(base: str) -> Mapping[str, Any]:
    """Return what discovery says of it (section 2.1 of each of the three standards)."""
    return {
        "end_session_endpoint": base + PATH,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
    }


def routes(room: Blueprint, logout: Logout) -> None:
    """Add the end session endpoint and the page that asks."""

    @room.route(PATH, methods=["GET", "POST"])
    def end_session() -> Response:
        if request.method == "HEAD":
            raise MethodNotAllowed(["GET", "POST"])  # whoever only looks at a link logs nobody out
        if request.method == "POST":
            return again_by_get()
        outcome = logout.start(Parameters.of(request.args))
        return _asked(outcome) if isinstance(outcome, AskLogout) else signed_out(outcome)

    @room.post(f"{PATH}/confirm")
    def confirm_logout() -> Response:
        return signed_out(logout.confirmed(Parameters.of(request.form)))


def signed_out(outcome: SignedOut) -> Response:
    """Go on at once, or show the page that holds the frames, or just that it is done."""
    if outcome.back and not outcome.frames:
        return see_other(outcome.back)
    pages.speak(outcome.ui_locales)
    allow_frames_of(outcome.frames)
    return make_response(
        render_template(
            "signed_out.html",
            back=_whole(outcome.back),
            frames=outcome.frames,
            client_name=outcome.client_name,
        )
    )


def _whole(back: str | None) -> str | None:
    return request.script_root + back if back and back.startswith("/") else back


def _asked(outcome: AskLogout) -> Response:
    pages.speak(outcome.ui_locales)
    allow_forms_to([outcome.back] if outcome.back else [])
    return make_response(
        render_template(
            "logout.html",
            action=f"{PATH}/confirm",
            username=outcome.username,
            client_name=outcome.client_name,
            sent=outcome.sent.items(),
        )
    )
