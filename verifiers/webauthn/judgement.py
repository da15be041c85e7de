"""What is made of an assertion that is well signed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from webauthn.authentication.verify_authentication_response import VerifiedAuthentication

from contracts.factor import Kind, Proof, Subject, Verdict
from verifiers.webauthn.passkey import Passkey


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passkey that may have made an assertion; `credential_id` is None for the decoy."""

    passkey: Passkey
    credential_id: str | None


def objection(candidate: Candidate, assertion: VerifiedAuthentication) -> str:
    """Say what speaks against a well-signed assertion, or nothing (7.2, steps 18 and 22)."""
    if candidate.credential_id is None:
        return "not enrolled"
    if candidate.passkey.rolled_back(assertion.new_sign_count):
        return "the signature counter was rolled back"
    if candidate.passkey.backup_eligible != _backup_eligible(assertion):
        return "the backup eligibility changed"
    return ""


def stranger(user_handle: bytes | None, subject: Subject, named: bool) -> str:
    """Say whether the passkey names someone else (7.2, step 6), or nothing."""
    if user_handle is None:
        return "" if named else "no user handle"
    same = secrets.compare_digest(user_handle, subject.id.encode())
    return "" if same else "the user handle is someone else's"


def new(*, attested: bool) -> Proof:
    """Return what a new passkey can prove at best."""
    return Proof(user_verified=True, device_bound=True, attested=attested, phishing_resistant=True)


def rank(proof: Proof) -> tuple[bool, bool, bool]:
    """Order proofs by the levels that they lead to."""
    return proof.user_verified, proof.attested and proof.device_bound, proof.device_bound


def verdict(proof: Proof, credential_id: str | None = None, update: bytes | None = None) -> Verdict:
    """Accept a proof; with the person verified it is two kinds."""
    kinds = {Kind.POSSESSION, Kind.INHERENCE} if proof.user_verified else {Kind.POSSESSION}
    key = "hwk" if proof.device_bound else "swk"
    return Verdict(
        True,
        credential_id,
        amr=(key, "pop", *(["user"] if proof.user_verified else [])),
        kinds=frozenset(kinds),
        proof=proof,
        update=update,
    )


def _backup_eligible(assertion: VerifiedAuthentication) -> bool:
    return assertion.credential_device_type.value == "multi_device"
