"""What keeps the kiosk's page to the operator at this machine.

It listens on the loopback interface, answers to its own names only (DNS rebinding), and changes
state only for forms that it rendered for the same browser.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from contracts.errors import NotAllowed
from contracts.text import Text

COOKIE = "gatehouse_kiosk"
NAMES = frozenset({"127.0.0.1", "localhost"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

FOREIGN = Text("This form was not sent from the kiosk's page. Go back and try again.")


class Guard:
    """Binds forms to the browser they were rendered for."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def install(self, app: Flask) -> None:
        """Check every request before its view and set cookie and headers after it."""
        app.before_request(self._check)
        app.after_request(self._finish)

    @property
    def browser(self) -> str:
        """The value that binds a visit to this browser."""
        if "browser" not in g:
            g.browser = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        return str(g.browser)

    def token(self) -> str:
        """Return the anti-forgery token of this browser."""
        return hmac.new(self._key, self.browser.encode(), sha256).hexdigest()

    def _check(self) -> None:
        if urlsplit(request.host_url).hostname not in NAMES:
            raise NotAllowed(FOREIGN, detail=f"host {request.host!r}")
        if request.method == "POST":
            self._check_form()

    def _check_form(self) -> None:
        origin = request.headers.get("Origin")
        if origin is not None and origin != request.host_url.rstrip("/"):
            raise NotAllowed(FOREIGN, detail=f"origin {origin!r}")
        if not hmac.compare_digest(request.form.get("csrf", "").encode(), self.token().encode()):
            raise NotAllowed(FOREIGN, detail="anti-forgery token missing or foreign")

    def _finish(self, response: Response) -> Response:
        response.headers.update(HEADERS)
        if request.cookies.get(COOKIE) != g.get("browser", request.cookies.get(COOKIE)):
            response.set_cookie(COOKIE, self.browser, httponly=True, samesite="Strict")
        return response
