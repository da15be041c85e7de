"""What a route demands of a token, and how a refusal says what is missing.

Refusals follow RFC 6750 (section 3), RFC 9449 (section 7.1), RFC 9470 and RFC 9728 (section 5.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from resource_server.proof import ALGORITHMS, InvalidProof, Proofs, hashed
from resource_server.spent import Spent
from resource_server.statuses import Statuses
from resource_server.verifier import InvalidToken, Verifier

ORDER = ("aal1", "mfa", "aal2", "phr", "aal3")
SAME = {"phrh": "aal3"}


@dataclass(frozen=True)
class Demand:
    """What a route demands: a scope, an assurance not older than so many seconds, one message."""

    scope: str = ""
    acr: str = ""
    max_age: int | None = None
    message: bool = False


MESSAGE = Demand(acr="mfa", max_age=0, message=True)
"""A person who proved themselves for this one message."""


@dataclass(frozen=True)
class Call:
    """A request: its path below our public address, and the fields that carry a token.

    That address is ours to know: the Host header is not asked.
    """

    method: str
    path: str
    authorization: Sequence[str] = ()
    dpop: Sequence[str] = ()


@dataclass
class Refused(Exception):
    """The answer to whoever may not; `challenges` are values of WWW-Authenticate."""

    status: int
    error: str = ""
    challenges: list[str] = field(default_factory=list)


class Guard:
    """Lets requests in whose token says enough."""

    def __init__(self, verifier: Verifier, spent: Spent, statuses: Statuses | None = None) -> None:
        """Ask status lists too, where there are `statuses`."""
        self._verifier = verifier
        self._statuses = statuses
        self._proofs = Proofs(spent)
        self._spent = spent
        parts = urlsplit(verifier.audience)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.metadata_path = f"/.well-known/oauth-protected-resource{parts.path.rstrip('/')}"
        metadata_url = f"{self.origin}{self.metadata_path}"
        self._about = {"resource_metadata": metadata_url} if parts.netloc else {}

    def metadata(self, *scopes: str) -> dict[str, Any]:
        """Return the metadata of the protected resource, for `metadata_path` (RFC 9728)."""
        return {
            "resource": self._verifier.audience,
            "authorization_servers": [self._verifier.issuer],
            "scopes_supported": list(scopes),
            "bearer_methods_supported": ["header"],
            "dpop_signing_alg_values_supported": list(ALGORITHMS),
            "authorization_details_types_supported": ["message"],
        }

    def admit(self, call: Call, demand: Demand, message: str = "") -> dict[str, Any]:
        """Return the claims of a token that meets the demand. Raises Refused."""
        scheme, token = self._presented(call, demand)
        try:
            claims = self._verifier.claims(token)
            self._bound(scheme, token, claims, call)
            if self._statuses:
                self._statuses.check(claims)
        except InvalidToken as error:
            raise self._refused(401, scheme, "invalid_token") from error
        except InvalidProof as error:
            raise self._refused(401, scheme, "invalid_dpop_proof") from error
        if not set(demand.scope.split()) <= set(str(claims.get("scope", "")).split()):
            raise self._refused(403, scheme, "insufficient_scope", scope=demand.scope)
        if not self._proven(claims, demand, message):
            raise self._step_up(scheme, demand)
        return claims

    def _presented(self, call: Call, demand: Demand) -> tuple[str, str]:
        """Return scheme and token; without one, tell what to come back with."""
        sent = call.authorization[0] if len(call.authorization) == 1 else ""
        scheme, _, token = sent.partition(" ")
        known = {"bearer": "Bearer", "dpop": "DPoP"}.get(scheme.lower())
        if known is None or not token.strip():
            asked = {"scope": demand.scope} if demand.scope else {}
            raise self._refused(401, "Bearer", "", **asked)
        return known, token.strip()

    def _bound(self, scheme: str, token: str, claims: dict[str, Any], call: Call) -> None:
        """Take a bound token with its proof alone, and any other as a bearer token alone."""
        confirmation = claims.get("cnf", {})
        if scheme == "Bearer" and confirmation:
            raise InvalidToken("a bound token sent as a bearer token")
        if scheme == "DPoP":
            if set(confirmation) != {"jkt"}:
                raise InvalidToken("not bound to a key")
            url = f"{self.origin}{call.path}"
            self._proofs.check(call.dpop, call.method, url, token, claims)

    def _proven(self, claims: dict[str, Any], demand: Demand, message: str) -> bool:
        if demand.message:
            return self._for_message(claims, demand, message)
        recent = self._recent(claims, demand.max_age)
        return recent and satisfies(str(claims.get("acr", "")), demand.acr)

    def _recent(self, claims: dict[str, Any], max_age: int | None) -> bool:
        at = claims.get("auth_time")
        return max_age is None or (type(at) is int and self._verifier.now() - at <= max_age)

    def _for_message(self, claims: dict[str, Any], demand: Demand, message: str) -> bool:
        """Take a token that is for this very message, and take it once."""
        wanted = {
            "type": "message",
            "message_hash": hashed(message),
            "message_hash_alg": "sha-256",
        }
        fits = claims.get("authorization_details") == [wanted]
        strong = satisfies(str(claims.get("acr", "")), demand.acr)
        jti = claims.get("jti")
        return fits and strong and bool(jti) and self._spent.spend(f"token {jti}", claims["exp"])

    def _step_up(self, scheme: str, demand: Demand) -> Refused:
        """Say what a login must add (RFC 9470, section 3)."""
        asked = {"acr_values": demand.acr} if demand.acr else {}
        if demand.max_age is not None:
            asked["max_age"] = str(demand.max_age)
        if demand.message:
            asked["authorization_details_types"] = "message"
        return self._refused(401, scheme, "insufficient_user_authentication", **asked)

    def _refused(self, status: int, scheme: str, error: str, **said: str) -> Refused:
        """Challenge with both schemes; the error goes to the one that was used."""
        used = {**({"error": error} if error else {}), **said, **self._about}
        plain = {"Bearer": self._about, "DPoP": {"algs": " ".join(ALGORITHMS)}}
        told = {**plain, scheme: {**used, **(plain[scheme] if scheme == "DPoP" else {})}}
        order = sorted(told, key=lambda name: name != scheme)
        return Refused(status, error, [_challenge(name, told[name]) for name in order])


def satisfies(reached: str, wanted: str) -> bool:
    """Tell whether one acr includes another: the higher the lower, fresh biometrics as asked."""
    if not wanted:
        return True
    (level, *has), (least, *needs) = reached.split("+"), wanted.split("+")
    ranks = [ORDER.index(name) if name in ORDER else -1 for name in _same(level, least)]
    return 0 <= ranks[1] <= ranks[0] and set(needs) <= set(has)


def _same(*levels: str) -> list[str]:
    return [SAME.get(level, level) for level in levels]


def _challenge(scheme: str, said: dict[str, str]) -> str:
    return " ".join(
        [scheme, ", ".join(f'{name}="{value}"' for name, value in said.items())]
    ).strip()
