"""The related origins document (WebAuthn Level 3, section 5.11)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify

PATH = "/.well-known/webauthn"
CACHED_SECONDS = 3600


def blueprint(origins: Sequence[str]) -> Blueprint:
    """Return the document that lets these origins use our passkeys; none where there are none."""
    views = Blueprint("passkeys", __name__)
    if origins:
        views.add_url_rule(PATH, "related_origins", lambda: _document(origins))
    return views


def _document(origins: Sequence[str]) -> Response:
    document = jsonify(origins=list(origins))
    document.headers["Cache-Control"] = f"public, max-age={CACHED_SECONDS}"
    return document
