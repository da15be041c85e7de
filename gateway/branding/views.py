"""Stylesheets and logos of brandings; each address holds one content for ever."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from gateway.branding.looks import PATH, Looks
from store.brandings import HOUSE
from web.pages import KEPT


def blueprint(looks: Looks) -> Blueprint:
    """Return what pages that are branded refer to."""
    room, views = Blueprint("branding", __name__), Views(looks)
    for here in (f"{PATH}/house", f"{PATH}/client/<client_id>"):
        room.add_url_rule(f"{here}/<mark>.css", view_func=views.sheet)
        room.add_url_rule(f"{here}/<mark>/logo", view_func=views.logo)
    return room


class Views:
    """Answers for the pages of one application."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    def sheet(self, mark: str, client_id: str = HOUSE) -> Response:
        """Return a stylesheet, as it is by now where the address is an older one's."""
        found = self._looks.sheet(client_id)
        if not found.css:
            abort(404)
        return _kept(Response(found.css, mimetype="text/css"), current=mark == found.mark)

    def logo(self, mark: str, client_id: str = HOUSE) -> Response:
        """Return a logo with the media type that its bytes were found to have."""
        found = self._looks.logo(client_id)
        if not found.data:
            abort(404)
        return _kept(
            Response(found.data, content_type=found.media_type), current=mark == found.mark
        )


def _kept(answer: Response, *, current: bool) -> Response:
    if current:
        answer.headers["Cache-Control"] = KEPT
    return answer
