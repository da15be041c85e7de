"""Security headers of every answer."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from flask import Flask, Response, g

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(self), microphone=(self), geolocation=(), payment=(), usb=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
YEAR = 365 * 24 * 3600


def install(app: Flask, *, secure: bool) -> None:
    """Add the headers after every view; HSTS over https only."""

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        response.headers["Content-Security-Policy"] = _policy()
        response.headers.setdefault("Cache-Control", "no-store")
        if secure:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
        return response


def allow_forms_to(addresses: Iterable[str]) -> None:
    """Let this page's forms end at these addresses: browsers check redirects after a POST too."""
    g.forms_to = _sources(addresses)


def allow_forms_only_to(address: str) -> None:
    """Let this page's form go to this address and not even to us."""
    g.forms_to, g.forms_only = _sources([address]), True


def allow_frames_of(addresses: Iterable[str]) -> None:
    """Let this page hold frames of these addresses."""
    g.frames_of = _sources(addresses)


def _policy() -> str:
    forms = [*(() if g.get("forms_only") else ["'self'"]), *g.get("forms_to", ())]
    frames = [f"frame-src {' '.join(found)}"] if (found := g.get("frames_of")) else []
    return "; ".join([POLICY, *frames, f"form-action {' '.join(forms)}"])


def _sources(addresses: Iterable[str]) -> list[str]:
    return sorted({_source(urlsplit(address)) for address in addresses})


def _source(address: SplitResult) -> str:
    if not address.netloc:
        return f"{address.scheme}:"
    # A native app is registered without the port it will listen on (RFC 8252, section 7.3).
    port = ":*" if address.netloc == "127.0.0.1" else ""
    return f"{address.scheme}://{address.netloc}{port}"
