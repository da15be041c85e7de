"""The factor of recovery codes (look-up secrets: NIST SP 800-63B-4, 3.1.2)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

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
from contracts.text import Text, counted
from verifiers.recovery.codes import make, read
from verifiers.recovery.hashing import Hashing
from verifiers.recovery.kept import Kept
from verifiers.recovery.settings import RecoverySettings

FORMAT = "recovery/1"
"""Argon2id hashes in PHC string form, over HMAC-SHA256(pepper, code)."""

ACCEPTED = Verdict(True, amr=("otp",), kinds=frozenset({Kind.POSSESSION}), proof=Proof(alone=False))
SPENT = replace(ACCEPTED, amr=(), kinds=frozenset())
"""What a set yields that has no code left: nothing that any level is made of."""

SHOWN = "kept"
TIME = timedelta(minutes=10)
"""To print or to write ten codes down."""

NONE_OF_THESE = Text("This is none of the codes that were just shown to you. Look at them again.")


class Recovery:
    """A set of codes that each count once; it stands in for what was lost and never alone."""

    name = "recovery"
    title = Text("Recovery codes")
    kind = Kind.POSSESSION
    amr: tuple[str, ...] = ("otp",)
    many = False
    pick = False
    usernameless = False
    on_the_way = False
    silent = False

    def __init__(self, settings: RecoverySettings, hashing: Hashing) -> None:
        self._settings = settings
        self._hashing = hashing

    def begin_enroll(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Challenge:
        """Show a new set of codes, this once."""
        codes = list(map(str, make(self._settings.codes)))
        prompt = Text("Each of these codes stands in once for something you have lost.")
        asks = [Ask("codes", "codes", prompt, {"codes": codes, "username": subject.username})]
        return Challenge(asks, secret=_remember(codes, shown=False), steps=2, lifetime=TIME)

    def continue_enroll(
        self, subject: Subject, secret: bytes, answer: Answer
    ) -> Challenge | Template:
        """Ask for one of the codes once they are out of sight; then keep their hashes."""
        remembered = json.loads(secret)
        if not remembered["shown"]:
            return self._ask_back(remembered["codes"], answer)
        codes = [read(code) for code in remembered["codes"]]
        if read(answer.fields.get("code", "")) not in codes:
            raise Retry(NONE_OF_THESE)
        kept = {code.sign: self._hashing.hash(code) for code in codes}
        return Template(Kept(kept, len(codes)).dump(), FORMAT)

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for a code."""
        prompt = Text("One of your recovery codes that you have not used yet")
        return Challenge([_code_ask(prompt)], tries=self._settings.tries)

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        """Compare with the one hash that can be meant; the update leaves the code out."""
        code = read(answer.fields.get("code", ""))
        known = next(iter(enrolled), None)
        kept = Kept.load(known.template) if known else Kept({}, 0)
        matched = self._hashing.matches(kept.hashes.get(code.sign), code)
        if known is None:
            return Verdict(False, reason="nothing enrolled")
        if not matched:
            return Verdict(False, known.credential_id, reason="mismatch")
        return _accepted(known, kept.without(code.sign))

    def claimed(self, answer: Answer) -> str | None:
        """A code names nobody."""
        return None

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        """Return what a right code yields, where one is left."""
        spent = enrolled and not any(Kept.load(each.template).left for each in enrolled)
        return SPENT if spent else ACCEPTED

    def describe(self, enrolled: Enrolled) -> Text:
        """Say how many are left, and when it is time to make new ones."""
        kept = Kept.load(enrolled.template)
        values = {"made": kept.made}
        if kept.left == 0:
            return Text("All %(made)d are used. Make new ones.", values)
        if kept.left > self._settings.few:
            return counted(
                "One of %(made)d is left.", "%(count)d of %(made)d are left.", kept.left, values
            )
        return counted(
            "Only one of %(made)d is left. Make new ones.",
            "Only %(count)d of %(made)d are left. Make new ones.",
            kept.left,
            values,
        )

    def _ask_back(self, codes: Sequence[str], answer: Answer) -> Challenge:
        if answer.fields.get("codes") != SHOWN:
            raise BadRequest(detail="the codes were not shown")
        prompt = Text("Type one of the codes you have just kept. It stays unused.")
        secret = _remember(codes, shown=True)
        return Challenge([_code_ask(prompt)], secret=secret, step=2, steps=2, lifetime=TIME)


def _accepted(known: Enrolled, kept: Kept) -> Verdict:
    return replace(ACCEPTED, credential_id=known.credential_id, update=kept.dump(), left=kept.left)


def _code_ask(prompt: Text) -> Ask:
    return Ask("code", "text", prompt, {"autocomplete": "off"})


def _remember(codes: Sequence[str], *, shown: bool) -> bytes:
    return json.dumps({"codes": list(codes), "shown": shown}).encode()
