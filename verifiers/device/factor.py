"""The factor of browsers that are remembered."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from contracts.clock import Clock
from contracts.errors import BadRequest, NotAllowed, Retry
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
from verifiers.device.key import PublicKey, Purpose, encoded, read, statement
from verifiers.device.settings import DeviceSettings

FORMAT = "device/1"
CHALLENGE_BYTES = 32
LONGEST_LABEL = 64
MOST = 20
"""Browsers of one account; each login in a new one reads what is remembered."""
PROMPT = Text("Your browser does this by itself. Nothing happens here without JavaScript.")
SIGNAL = Text("Your browser is told which keys are remembered.")
ACCEPTED = Verdict(
    True,
    amr=("swk", "pop"),
    kinds=frozenset({Kind.POSSESSION}),
    proof=Proof(alone=False, remembered=True),
)


class Device:
    """A key pair of WebCrypto that the browser keeps and cannot hand out; it signs a challenge.

    A convenience and no authenticator: it spares a second factor for a while, and nothing more.
    """

    name = "device"
    title = Text("Remembered browser")
    kind = Kind.POSSESSION
    amr: tuple[str, ...] = ("swk", "pop")
    many = True
    pick = False
    usernameless = False
    on_the_way = False
    silent = True

    def __init__(self, settings: DeviceSettings, clock: Clock, origin: str) -> None:
        self._lifetime = settings.lifetime
        self._answer_in = timedelta(seconds=settings.challenge_seconds)
        self._clock = clock
        self._origin = origin
        self._nobodys = PublicKey.nobodys()

    def begin_enroll(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask the browser for a new key that signs this challenge. Raises NotAllowed: too many."""
        if len(enrolled) >= MOST:
            raise NotAllowed(detail=f"{len(enrolled)} browsers are remembered")
        label = Ask("label", "text", Text("Name of this device"), {"optional": True})
        return self._challenge("device-create", label)

    def continue_enroll(
        self, subject: Subject, secret: bytes, answer: Answer
    ) -> Challenge | Template:
        """Keep the public key of a browser that has the private one. Raises Retry, BadRequest."""
        point, signature = read(answer.fields.get("device", ""), "key", "signature")
        key = PublicKey.parse(point)
        if not key.signed(self._statement(Purpose.REMEMBER, secret), signature):
            raise Retry(Text("The browser could not be remembered. Please try again."))
        until = self._clock.now() + self._lifetime
        data = json.dumps({"key": key.text, "until": until.isoformat()}).encode()
        label = " ".join(answer.fields.get("label", "").split())[:LONGEST_LABEL]
        return Template(data, FORMAT, label, unique=key.id, expires_at=until)

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for a signature; the answer names the key, and with it the account."""
        return self._challenge("device-get")

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        """Accept the signature of a key that is remembered still. Raises BadRequest."""
        name, signature = read(answer.fields.get("device", ""), "id", "signature")
        known = {_key(each).id: each for each in enrolled}.get(name)
        key = _key(known) if known else self._nobodys
        signed = key.signed(self._statement(Purpose.PROVE, secret), signature)
        if known is None:
            return Verdict(False, reason="no such device")
        if not signed:
            return Verdict(False, known.credential_id, reason="mismatch")
        if _until(known) <= self._clock.now():
            return Verdict(False, known.credential_id, reason="remembered too long ago")
        return replace(ACCEPTED, credential_id=known.credential_id)

    def claimed(self, answer: Answer) -> str | None:
        """Return the key that the answer names."""
        try:
            return read(answer.fields.get("device", ""), "id")[0]
        except BadRequest:
            return None

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        """Return what a right signature yields."""
        return ACCEPTED

    def accepted(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Ask:
        """Tell the browser which keys of an account are remembered: it forgets any other."""
        keys = [_key(each).id for each in enrolled]
        options = {"name": subject.username, "keys": keys, "days": self._lifetime.days}
        return Ask("signal", "device-signal", SIGNAL, options)

    def unknown(self, unique: str) -> Ask:
        """Tell the browser that a key is remembered no more."""
        return Ask("signal", "device-signal", SIGNAL, {"gone": unique})

    def _challenge(self, kind: str, *more: Ask) -> Challenge:
        options = {"challenge": encoded(secrets.token_bytes(CHALLENGE_BYTES))}
        asks = [Ask("device", kind, PROMPT, options), *more]
        return Challenge(asks, secret=json.dumps(options).encode(), lifetime=self._answer_in)

    def _statement(self, purpose: Purpose, secret: bytes) -> bytes:
        return statement(purpose, self._origin, json.loads(secret)["challenge"])


def _key(enrolled: Enrolled) -> PublicKey:
    return PublicKey.parse(json.loads(enrolled.template)["key"])


def _until(enrolled: Enrolled) -> datetime:
    return datetime.fromisoformat(json.loads(enrolled.template)["until"])
