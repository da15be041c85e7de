"""The passkey factor (WebAuthn Level 3)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
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
from verifiers.webauthn.attestation import AttestationPolicy
from verifiers.webauthn.ceremony import REFUSALS, RelyingParty
from verifiers.webauthn.decoys import decoys, nobodys
from verifiers.webauthn.judgement import Candidate, new, objection, rank, stranger, verdict
from verifiers.webauthn.passkey import Passkey
from verifiers.webauthn.strict import LARGEST_CREDENTIAL

FORMAT = "webauthn/1"
LABEL = "Passkey"
LONGEST_LABEL = 64
SYNCED = Text("Synced between your devices")
SYNCABLE = Text("Can be synced, but is on one device now")
BOUND = Text("Stays on one device")
SIGNAL = Text("Your devices are told which passkeys are in use.")
CREATE = Text("Your device or password manager will keep the passkey for the next time you log in.")
CHALLENGE_BYTES = 32
"""WebAuthn Level 3, 13.4.3: at least 16."""


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
    on_the_way = True
    restorable = True
    silent = False
    credential_type = "fido2"

    def __init__(
        self,
        relying_party: RelyingParty,
        attestation: AttestationPolicy,
        lifetime: timedelta,
        pepper: bytes,
    ) -> None:
        self._relying_party = relying_party
        self._attestation = attestation
        self._lifetime = lifetime
        self._pepper = pepper
        self._nobodys = Candidate(nobodys(), None)

    def begin_enroll(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask the browser to create a passkey on a device that has none of this account yet."""
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        options = self._relying_party.creation_options(challenge, subject, _passkeys(enrolled))
        create = Ask("credential", "passkey-create", CREATE, options)
        label = Ask("label", "text", Text("Name of this passkey"), {"optional": True})
        remembered = {"challenge": bytes_to_base64url(challenge), "number": len(enrolled) + 1}
        return self._challenge([create, label], remembered)

    def continue_enroll(
        self, subject: Subject, secret: bytes, answer: Answer
    ) -> Challenge | Template:
        """Verify the registration. Raises Retry where it is refused, BadRequest if malformed."""
        remembered = json.loads(secret)
        passkey = self._register(_credential(answer), base64url_to_bytes(remembered["challenge"]))
        typed = " ".join(answer.fields.get("label", "").split())
        label = typed or self._attestation.name(passkey.aaguid) or _label(remembered["number"])
        return Template(
            passkey.dump(), FORMAT, label=label[:LONGEST_LABEL], unique=passkey.credential_id
        )

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for one of these passkeys; without a subject, for any that names its account.

        A subject that has none is asked for passkeys like those that others have (14.6.2).
        """
        challenge, named = secrets.token_bytes(CHALLENGE_BYTES), subject is not None
        known = _passkeys(enrolled) or (decoys(self._pepper, subject.username) if subject else ())
        options = self._relying_party.request_options(challenge, known)
        ask = Ask("credential", "passkey-get", Text("Use your passkey"), options)
        return self._challenge([ask], {"challenge": bytes_to_base64url(challenge), "named": named})

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        """Verify the assertion against the passkey it names. Raises BadRequest if malformed."""
        credential = _parse_assertion(_credential(answer))
        remembered = json.loads(secret)
        candidate = _find(enrolled, credential.id) or self._nobodys
        challenge = base64url_to_bytes(remembered["challenge"])
        try:
            assertion = self._relying_party.assertion(credential, challenge, candidate.passkey)
        except REFUSALS as refusal:
            return Verdict(False, candidate.credential_id, reason=str(refusal)[:200])
        reason = objection(candidate, assertion) or stranger(
            credential.response.user_handle, subject, remembered["named"]
        )
        if reason:
            return Verdict(False, candidate.credential_id, reason=reason)
        return self._accepted(candidate, assertion, named=remembered["named"])

    def claimed(self, answer: Answer) -> str | None:
        """Return the credential id that the assertion names."""
        try:
            found = json.loads(answer.fields.get("credential", "")[:LARGEST_CREDENTIAL])
        except (ValueError, RecursionError):
            return None
        name = found.get("id") if isinstance(found, dict) else None
        return name if isinstance(name, str) else None

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        """Return what the best of these passkeys yields; a new one may be all that can be asked."""
        proofs = [self._proof(passkey, verified=True) for passkey in _passkeys(enrolled)]
        if not proofs:
            return verdict(new(attested=self._attestation.reachable))
        return verdict(max(proofs, key=rank))

    def describe(self, enrolled: Enrolled) -> Text:
        """Say whether a passkey is synced (6.1.3)."""
        passkey = Passkey.load(enrolled.template)
        if not passkey.backup_eligible:
            return BOUND
        return SYNCED if passkey.backed_up else SYNCABLE

    def accepted(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Ask:
        """Tell the browser which passkeys of an account are in use (5.1.10)."""
        options = {
            "rpId": self._relying_party.id,
            "userId": bytes_to_base64url(subject.id.encode()),
            "name": subject.username,
            "displayName": subject.username,
            "allAcceptedCredentialIds": [each.credential_id for each in _passkeys(enrolled)],
        }
        return Ask("signal", "passkey-signal", SIGNAL, options)

    def unknown(self, unique: str) -> Ask:
        """Tell the browser that nobody has a passkey any more (5.1.10)."""
        options = {"rpId": self._relying_party.id, "credentialId": unique}
        return Ask("signal", "passkey-signal", SIGNAL, options)

    def _challenge(self, asks: Sequence[Ask], remembered: dict[str, Any]) -> Challenge:
        return Challenge(asks, secret=json.dumps(remembered).encode(), lifetime=self._lifetime)

    def _register(self, credential: str, challenge: bytes) -> Passkey:
        try:
            parsed = parse_registration_credential_json(credential)
            conditional = json.loads(credential).get("mediation") == "conditional"
        except REFUSALS as error:
            raise BadRequest(detail=str(error)) from None
        try:
            return self._relying_party.register(parsed, challenge, conditional=conditional)
        except REFUSALS as refusal:
            text = Text("This passkey cannot be used here. Please try another device.")
            raise Retry(text, detail=str(refusal)) from None

    def _accepted(
        self, candidate: Candidate, assertion: VerifiedAuthentication, *, named: bool
    ) -> Verdict:
        before, used = candidate.passkey, candidate.passkey.used(assertion, named=named)
        update = used.dump() if used != before else None
        proof = self._proof(used, verified=assertion.user_verified)
        return verdict(proof, candidate.credential_id, update)

    def _proof(self, passkey: Passkey, *, verified: bool) -> Proof:
        return Proof(
            user_verified=verified and passkey.uv_initialized,
            device_bound=not passkey.backup_eligible,
            attested=self._attestation.holds(passkey),
            phishing_resistant=True,
        )


def _credential(answer: Answer) -> str:
    credential = answer.fields.get("credential", "")
    if len(credential) > LARGEST_CREDENTIAL:
        raise BadRequest(detail=f"a credential of {len(credential)} characters")
    if not credential:
        raise Retry(Text("The browser sent no passkey. Please try again."))
    return credential


def _label(number: int) -> str:
    return LABEL if number == 1 else f"{LABEL} {number}"


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
