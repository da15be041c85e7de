"""`prompt` says what the person must be asked (OpenID Connect Core, section 3.1.2.1)."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest

PROMPTS = ("none", "login", "consent", "select_account")


def check_prompt(asked: Asked) -> None:
    """Raise InvalidRequest for an unknown value, and for `none` together with another."""
    words = asked.parameters.words("prompt")
    if not set(words) <= set(PROMPTS):
        raise InvalidRequest("prompt has an unknown value.")
    if "none" in words and len(words) > 1:
        raise InvalidRequest("prompt none must stand alone.")
