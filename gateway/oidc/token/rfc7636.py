"""Proof Key for Code Exchange (RFC 7636): S256 alone, and for every client."""

from __future__ import annotations

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import BaseGrant
from authlib.oauth2.rfc7636 import CodeChallenge


class S256CodeChallenge(CodeChallenge):
    """Demands the verifier of every code; `plain` does not exist here."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def __call__(self, grant: BaseGrant) -> None:
        """Check at the token endpoint; the authorization endpoint has its own list of checks."""
        grant.register_hook("before_validate_token_request", self.require_code_verifier)
        grant.register_hook("after_validate_token_request", self.validate_code_verifier)

    def require_code_verifier(self, grant: BaseGrant) -> None:
        """Refuse a request without a verifier before its code is consumed."""
        if not grant.request.form.get("code_verifier"):
            raise InvalidRequestError("Missing 'code_verifier'")
