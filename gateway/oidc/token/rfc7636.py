"""Proof Key for Code Exchange (RFC 7636): S256 alone, and for every client."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256

from authlib.oauth2.rfc6749 import InvalidRequestError

from gateway.oidc.jws import encoded

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def code_verifier(form: Mapping[str, str]) -> str:
    """Return the verifier of a token request, before its code is consumed (section 4.1).

    Raises InvalidRequestError where it is missing or malformed.
    """
    verifier = form.get("code_verifier", "")
    if not VERIFIER.fullmatch(verifier):
        raise InvalidRequestError("Missing or malformed 'code_verifier'.")
    return verifier


def verifies(verifier: str, challenge: str) -> bool:
    """Tell whether a verifier is the one behind a challenge (section 4.6)."""
    digest = encoded(sha256(verifier.encode()).digest())
    return hmac.compare_digest(digest.encode(), challenge.encode())
