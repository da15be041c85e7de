"""The passkey factor (WebAuthn Level 3)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.parse_authentication_credential_json import (
    parse_authentication_credential_json,
)
from webauthn.helpers.parse_registration_credential_json import (
    parse_registration_credential_json,
)
from webauthn.helpers.structs import AuthenticationCredential

from contracts.errors import BadRequest, Retry
from contracts.factor import (
    Answer,
    Ask,
    Challenge,
    Enrolled,
    Kind,
    Proof,
    Subject,
    Template,
    Verdict,
)
from contracts.text import Text
from verifiers.webauthn.ceremony import REFUSALS, RelyingParty
from verifiers.webauthn.passkey import Passkey, decoy

FORMAT = "webauthn/1"
LABEL = "Passkey"
LONGEST_LABEL = 64
CREATE = Text("Your device or password manager will keep the passkey for the next time you log in.")
CHALLENGE_BYTES = 32
"""WebAuthn Level 3, 13.4.3: at least 16."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passkey that may have made an assertion; `credential_id` is None for the decoy."""

    passkey: Passkey
    credential_id: str | None


class Webauthn:
    """A key pair held by the person's device or password manager, unlocked by finger, face or PIN.

    Registering proves nothing yet: without attestation nothing is signed by the new key.
    """

    name = "webauthn"
    title = Text("Passkey")
    kind = Kind.POSSESSION
    amr: tuple[str, ...] = ("hwk", "swk", "pop", "user")
    many = True
    pick = False
    usernameless = True

    def __init__(self, relying_party: RelyingParty, lifetime: timedelta) -> None:
        self._relying_party = relying_party
        self._lifetime = lifetime
        self._decoy = Candidate(decoy(), None)

    def begin_enroll(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask the browser to create a passkey on a device that has none of this account yet."""
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        options = self._relying_party.creation_options(challenge, subject, _passkeys(enrolled))
        create = Ask("credential", "passkey-create", CREATE, options)
        label = Ask("label", "text", Text("Name of this passkey"), {"optional": True})
        return self._challenge([create, label], {"challenge": bytes_to_base64url(challenge)})

    def continue_enroll(
        self, subject: Subject, secret: bytes, answer: Answer
    ) -> Challenge | Template:
        """Verify the registration. Raises Retry where it is refused, BadRequest if malformed."""
        challenge = base64url_to_bytes(json.loads(secret)["challenge"])
        passkey = self._register(_credential(answer), challenge)
        label = " ".join(answer.fields.get("label", "").split())[:LONGEST_LABEL] or LABEL
        return Template(passkey.dump(), FORMAT, label=label, unique=passkey.credential_id)

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for one of these passkeys; without a subject, for any that names its account."""
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        options = self._relying_party.request_options(challenge, _passkeys(enrolled))
        ask = Ask("credential", "passkey-get", Text("Use your passkey"), options)
        named = subject is not None
        return self._challenge([ask], {"challenge": bytes_to_base64url(challenge), "named": named})

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        """Verify the assertion against the passkey it names. Raises BadRequest if malformed."""
        credential = _parse_assertion(_credential(answer))
        remembered = json.loads(secret)
        candidate = _find(enrolled, credential.id) or self._decoy
        challenge = base64url_to_bytes(remembered["challenge"])
        try:
            assertion = self._relying_party.assertion(credential, challenge, candidate.passkey)
        except REFUSALS as refusal:
            return Verdict(False, candidate.credential_id, reason=str(refusal)[:200])
        reason = _objection(candidate, assertion) or _stranger(
            credential.response.user_handle, subject, remembered["named"]
        )
        if reason:
            return Verdict(False, candidate.credential_id, reason=reason)
        return _accepted(candidate, assertion)

    def claimed(self, answer: Answer) -> str | None:
        """Return the credential id that the assertion names."""
        try:
            found = json.loads(answer.fields.get("credential", ""))
        except (ValueError, RecursionError):
            return None
        name = found.get("id") if isinstance(found, dict) else None
        return name if isinstance(name, str) else None

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        """Return what the best of these passkeys yields: a device-bound one, where there is one."""
        passkeys = _passkeys(enrolled)
        bound = not passkeys or any(not passkey.backup_eligible for passkey in passkeys)
        return _verdict(device_bound=bound, user_verified=True)

    def _challenge(self, asks: Sequence[Ask], remembered: dict[str, Any]) -> Challenge:
        return Challenge(asks, secret=json.dumps(remembered).encode(), lifetime=self._lifetime)

    def _register(self, credential: str, challenge: bytes) -> Passkey:
        try:
            parsed = parse_registration_credential_json(credential)
        except REFUSALS as error:
            raise BadRequest(detail=str(error)) from None
        try:
            return self._relying_party.register(parsed, challenge)
        except REFUSALS as refusal:
            text = Text("This passkey cannot be used here. Please try another device.")
            raise Retry(text, detail=str(refusal)) from None


def _credential(answer: Answer) -> str:
    if credential := answer.fields.get("credential"):
        return credential
    raise Retry(Text("The browser sent no passkey. Please try again."))


def _parse_assertion(credential: str) -> AuthenticationCredential:
    try:
        return parse_authentication_credential_json(credential)
    except REFUSALS as error:
        raise BadRequest(detail=str(error)) from None


def _passkeys(enrolled: Sequence[Enrolled]) -> list[Passkey]:
    return [Passkey.load(each.template) for each in enrolled]


def _find(enrolled: Sequence[Enrolled], credential_id: str) -> Candidate | None:
    candidates = (Candidate(Passkey.load(e.template), e.credential_id) for e in enrolled)
    return next((c for c in candidates if c.passkey.credential_id == credential_id), None)


def _objection(candidate: Candidate, assertion: VerifiedAuthentication) -> str:
    """Say what speaks against a well-signed assertion, or nothing (7.2, steps 18 and 22)."""
    if candidate.credential_id is None:
        return "not enrolled"
    if candidate.passkey.rolled_back(assertion.new_sign_count):
        return "the signature counter was rolled back"
    if candidate.passkey.backup_eligible != _backup_eligible(assertion):
        return "the backup eligibility changed"
    return ""


def _stranger(user_handle: bytes | None, subject: Subject, named: bool) -> str:
    """Say whether the passkey names someone else (7.2, step 6), or nothing."""
    if user_handle is None:
        return "" if named else "no user handle"
    same = secrets.compare_digest(user_handle, subject.id.encode())
    return "" if same else "the user handle is someone else's"


def _accepted(candidate: Candidate, assertion: VerifiedAuthentication) -> Verdict:
    used = candidate.passkey.used(assertion)
    return _verdict(
        device_bound=not used.backup_eligible,
        user_verified=assertion.user_verified,
        credential_id=candidate.credential_id,
        update=used.dump() if used != candidate.passkey else None,
    )


def _verdict(
    *,
    device_bound: bool,
    user_verified: bool,
    credential_id: str | None = None,
    update: bytes | None = None,
) -> Verdict:
    kinds = {Kind.POSSESSION, Kind.INHERENCE} if user_verified else {Kind.POSSESSION}
    return Verdict(
        True,
        credential_id,
        amr=("hwk" if device_bound else "swk", "pop", *(["user"] if user_verified else [])),
        kinds=frozenset(kinds),
        proof=Proof(
            user_verified=user_verified, device_bound=device_bound, phishing_resistant=True
        ),
        update=update,
    )


def _backup_eligible(assertion: VerifiedAuthentication) -> bool:
    return assertion.credential_device_type.value == "multi_device"
