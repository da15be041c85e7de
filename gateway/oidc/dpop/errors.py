"""Errors that a client is told of its proof (RFC 9449, sections 5 and 8).

What is wrong with it, their description, is for the log alone.
"""

from __future__ import annotations

from authlib.oauth2.rfc6749 import OAuth2Error


class InvalidDPoPProof(OAuth2Error):
    """The proof is malformed, forged, stale, of another request, or was used before."""

    error = "invalid_dpop_proof"


class UseDPoPNonce(OAuth2Error):
    """The proof lacks a nonce of ours or carries an old one; the answer supplies a new one."""

    error = "use_dpop_nonce"
