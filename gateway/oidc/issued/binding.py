"""Whether a token is presented as it is bound (RFC 9449, section 7.1; RFC 8705, section 3)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from flask import Request

from gateway.oidc.clients import rfc8705
from gateway.oidc.dpop.errors import InvalidDPoPProof
from gateway.oidc.dpop.proofs import Proofs
from gateway.oidc.issued.rfc6750 import DPOP, Presented


class Binding:
    """Holds a token against the key and the certificate that come with it."""

    def __init__(self, proofs: Proofs) -> None:
        self._proofs = proofs

    def holds(self, claims: Mapping[str, Any], shown: Presented, request: Request) -> bool:
        """Tell whether a token of these claims serves whoever presents it.

        A bound token is worth nothing by the Bearer scheme, an unbound one nothing by DPoP. Raises
        InvalidDPoPProof and UseDPoPNonce.
        """
        cnf = claims.get("cnf", {})
        return self._key(cnf.get("jkt"), shown, request) and _certificate(cnf, request)

    def _key(self, bound: str | None, shown: Presented, request: Request) -> bool:
        if shown.scheme != DPOP or bound is None:
            return bound is None and shown.scheme != DPOP
        jkt = self._proofs.proven(request.headers, request.method, request.path, shown.token)
        if jkt is None:
            raise InvalidDPoPProof("DPoP proof: missing")
        return hmac.compare_digest(jkt, bound)


def _certificate(cnf: Mapping[str, str], request: Request) -> bool:
    bound = cnf.get("x5t#S256")
    if bound is None:
        return True
    shown = rfc8705.presented(request.environ)
    return shown is not None and hmac.compare_digest(shown.thumbprint, bound)
