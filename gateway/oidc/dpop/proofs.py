"""What the endpoints ask: which key has the sender of this request proven to hold?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from authlib.oauth2.rfc6749 import InvalidRequestError

from contracts.clock import Clock
from gateway.oidc.dpop.errors import InvalidDPoPProof, UseDPoPNonce
from gateway.oidc.dpop.key import ALGORITHMS
from gateway.oidc.dpop.nonce import Nonces
from gateway.oidc.dpop.proof import WINDOW, Call, Proof, checked
from store import Store

HEADER = "DPoP"
REMEMBERED = 2 * WINDOW + timedelta(seconds=1)
"""A proof dated a window ahead counts until a window after; `iat` has whole seconds."""


class Headers(Protocol):
    """The fields of a request."""

    def getlist(self, key: str) -> Sequence[str]:
        """Return every value of a field."""
        ...


class Proofs:
    """Checks proofs and spends each once, whichever worker it comes to.

    A nonce is offered with every answer to a proof and, unless required, may be left out:
    openid-client takes it up and heeds `use_dpop_nonce` everywhere, oidc-client-ts at the token
    endpoint alone, and clients that know no nonces could not get in at all.
    """

    def __init__(self, store: Store, clock: Clock, issuer: str, *, nonce_required: bool) -> None:
        self._store = store
        self._clock = clock
        self._base = issuer.rstrip("/")
        self._nonce_required = nonce_required
        self.nonces = Nonces(store.vault.digest, clock)

    def proven(
        self, headers: Headers, method: str, path: str, token: str | None = None
    ) -> str | None:
        """Return the thumbprint of the proven key; None where no proof was sent.

        `path` is that of the endpoint below the issuer's address, `token` the access token that
        comes along. Raises InvalidDPoPProof and UseDPoPNonce.
        """
        sent = headers.getlist(HEADER)
        if not sent:
            return None
        if len(sent) > 1:
            raise InvalidDPoPProof("DPoP proof: sent twice")
        call = Call(method, f"{self._base}{path}", token)
        proof = checked(sent[0], call, self._clock.now())
        self._check_nonce(proof.nonce)
        self._spend(proof)
        return proof.jkt

    def bound_to(self, headers: Headers, path: str, dpop_jkt: str | None) -> str | None:
        """Return the key that a pushed request binds its code to (section 10.1).

        The proof that came with it counts as `dpop_jkt`. Raises InvalidRequestError where the two
        differ, and what `proven` raises.
        """
        jkt = self.proven(headers, "POST", path)
        if jkt and dpop_jkt and jkt != dpop_jkt:
            raise InvalidRequestError("'dpop_jkt' is not the key of the DPoP proof.")
        return jkt or dpop_jkt

    def _check_nonce(self, nonce: str | None) -> None:
        """Refuse an old nonce, always; refuse a missing one where nonces are required."""
        good = not self._nonce_required if nonce is None else self.nonces.accepts(nonce)
        if not good:
            raise UseDPoPNonce("DPoP proof: nonce")

    def _spend(self, proof: Proof) -> None:
        with self._store.write() as tx:
            fresh = tx.once.spend(f"dpop|{proof.jkt}|{proof.jti}", REMEMBERED)
        if not fresh:
            raise InvalidDPoPProof("DPoP proof: used before")


def metadata(base: str) -> Mapping[str, Any]:  # noqa: ARG001 - as every feature's
    """Return what discovery says of it (RFC 9449, section 5.1)."""
    return {"dpop_signing_alg_values_supported": ALGORITHMS}
