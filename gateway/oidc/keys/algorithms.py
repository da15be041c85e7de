"""The algorithms that tokens are signed with; each has keys of its own (RFC 8725, section 3.1)."""

from __future__ import annotations

ALGORITHMS = ("ES256", "EdDSA", "RS256", "PS256")
"""The first is what a client gets that asks for none.

`EdDSA` is Ed25519 under the name that clients know and FAPI 2.0 uses. RFC 9864 has since called it
`Ed25519` (and deprecates the old name), which few verifiers accept so far.
"""

RSA_BITS = 2048
