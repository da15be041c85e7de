"""What binds a browser: one random cookie before login, one session cookie after it.

Over https they carry `Secure` and the `__Host-` prefix; under a path, which that prefix forbids,
`__Secure-`. Cookies do not know ports, so their names say whose they are.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from contracts.errors import NotAllowed
from contracts.text import Text

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
KEPT = 400 * 24 * 3600
"""Seconds; browsers grant no cookie more (RFC 6265bis)."""

STATION_PROOF = "Station-Proof"
"""A header no foreign page can send; calls that carry it are signed and read no cookie."""

FOREIGN = Text("This form was not sent from this site or is too old. Go back and try again.")


class Browser:
    """Reads and writes the cookies; checks that state changes come from our own pages."""

    def __init__(
        self, *, issuer: str, digest: Callable[[str, str], str], machines: Collection[str]
    ) -> None:
        """Take the endpoints that authenticate each call themselves as `machines`.

        `digest` is a keyed hash of a purpose and a value.
        """
        parts = urlsplit(issuer)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._secure, self._path = parts.scheme == "https", parts.path or "/"
        self._prefix = ("__Host-" if self._path == "/" else "__Secure-") if self._secure else ""
        self._digest = digest
        self._machines = frozenset(machines)

    def install(self, app: Flask) -> None:
        """Check every state change before its view and set the cookies after it."""
        app.before_request(self._check)
        app.after_request(self._remember)

    @property
    def id(self) -> str:
        """The value that binds logins to this browser, made at its first page."""
        return self._get("browser") or self._new()

    def keep(self) -> None:
        """Let the value that binds this browser outlive its windows."""
        self._changes()["browser"] = self.id
        g.browser_kept = True

    @property
    def session(self) -> str:
        """The session cookie, empty where there is none."""
        return self._get("session")

    @session.setter
    def session(self, value: str) -> None:
        self._changes()["session"] = value

    @property
    def enrolment(self) -> str:
        """The cookie of an enrolment that a ticket opened, empty where there is none."""
        return self._get("enrolment")

    @enrolment.setter
    def enrolment(self, value: str) -> None:
        self._changes()["enrolment"] = value

    @property
    def admin(self) -> str:
        """What says when the admin pages were last used here, empty where they were not."""
        return self._get("admin")

    @admin.setter
    def admin(self, value: str) -> None:
        self._changes()["admin"] = value

    @property
    def language(self) -> str:
        """The language that was chosen in this browser, empty where none was."""
        return self._get("language")

    @language.setter
    def language(self, value: str) -> None:
        self._changes()["language"] = value

    def token(self) -> str:
        """Return the anti-forgery token of this browser."""
        return self._digest("anti-forgery", self.id)

    def _new(self) -> str:
        return self._changes().setdefault("browser", secrets.token_urlsafe(32))

    def _get(self, part: str) -> str:
        return self._changes().get(part, request.cookies.get(self._name(part), ""))

    def _changes(self) -> dict[str, str]:
        changes: dict[str, str] = g.setdefault("cookie_changes", {})
        return changes

    def _name(self, part: str) -> str:
        return f"{self._prefix}gatehouse_{part}"

    def _check(self) -> None:
        machine = request.endpoint in self._machines or STATION_PROOF in request.headers
        if request.method in UNSAFE and request.endpoint and not machine:
            self._same_origin()
            self._same_form()

    def _same_origin(self) -> None:
        """Refuse other origins. Under `no-referrer` browsers call ours null and say who it is."""
        origin = request.headers.get("Origin")
        ours = origin == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin"
        if origin not in {None, self._origin} and not ours:
            raise NotAllowed(FOREIGN, detail=f"origin {origin!r}")

    def _same_form(self) -> None:
        given = request.form.get("csrf") or request.headers.get("X-CSRF-Token", "")
        if not hmac.compare_digest(given.encode(), self.token().encode()):
            raise NotAllowed(FOREIGN, detail="anti-forgery token missing or foreign")

    def _remember(self, response: Response) -> Response:
        for part, value in self._changes().items():
            self._set(response, part, value)
        return response

    def _set(self, response: Response, part: str, value: str) -> None:
        response.set_cookie(
            self._name(part),
            value,
            max_age=_age(part, value),
            secure=self._secure,
            httponly=True,
            samesite="Lax",
            path=self._path,
        )


def _age(part: str, value: str) -> int | None:
    """Return how many seconds a cookie lives; None for as long as the browser is open."""
    if not value:
        return 0
    kept = part == "language" or (part == "browser" and g.get("browser_kept"))
    return KEPT if kept else None
