"""The application under the path of its issuer, where that has one (RFC 8414, section 3).

An issuer `https://host/p` has everything under `/p`; its documents are also where clients look
that insert `/.well-known/...` between host and path, and browsers look for the related origins of
passkeys at the host alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from gateway.admin.api import BASE as ADMIN
from gateway.oidc.documents import DISCOVERY_PATH, JWKS_PATH, METADATA_PATH
from gateway.oidc.resources.rfc9728 import WELL_KNOWN
from gateway.oidc.ssf.views import CONFIGURATION_PATH
from gateway.passkeys.views import PATH as RELATED

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

INSERTED = (DISCOVERY_PATH, METADATA_PATH, CONFIGURATION_PATH)
NOWHERE = "/."
"""An address that no page has: what is asked for is not of this issuer."""


def install(app: Flask, path: str) -> None:
    """Put the application under a path; the whole host is its where there is none."""
    if path:
        app.wsgi_app = Mounted(app.wsgi_app, path)  # type: ignore[method-assign]
        app.after_request(_lead_inside)


def documents(path: str) -> frozenset[str]:
    """Return every address of the public documents."""
    inside = {path + known for known in (*INSERTED, JWKS_PATH)}
    return frozenset(inside | {known + path for known in INSERTED})


class Mounted:
    """Tells the application where it is and what within it is asked for."""

    def __init__(self, application: WSGIApplication, path: str) -> None:
        self._application = application
        self._path = path
        self._inserted = {known + path: known for known in INSERTED} | {RELATED: RELATED}
        self._inserted[f"{WELL_KNOWN}{path}{ADMIN}"] = WELL_KNOWN + ADMIN

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        environ["SCRIPT_NAME"] = self._path
        environ["PATH_INFO"] = self._within(environ["PATH_INFO"])
        return self._application(environ, start_response)

    def _within(self, asked: str) -> str:
        if asked == self._path or asked.startswith(f"{self._path}/"):
            return asked.removeprefix(self._path) or "/"
        return self._inserted.get(asked, NOWHERE)


def _lead_inside(response: Response) -> Response:
    """Complete redirects to pages of ours; what leads elsewhere is a whole address."""
    if response.headers.get("Location", "").startswith("/"):
        response.headers["Location"] = request.script_root + response.headers["Location"]
    return response
