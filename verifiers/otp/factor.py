"""The factor of one-time codes sent to an e-mail address or a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from contracts.errors import Expired
from contracts.factor import (
    Answer,
    Ask,
    Challenge,
    Channel,
    Enrolled,
    Kind,
    Message,
    Proof,
    Subject,
    Template,
    Verdict,
)
from contracts.text import Text
from verifiers.otp.address import Address, parse
from verifiers.otp.codes import Codes, Pending
from verifiers.otp.settings import OtpSettings
from verifiers.typed import code_ask, typed_code

FORMAT = "otp/1"
NOWHERE = Address(Channel.EMAIL, "nobody@invalid")
"""Where the code of a person goes who has no address; no message is made for it."""

WRONG = Text("That is not the code we sent. Look at the newest message and try again.")
WORTH = {
    Channel.EMAIL: Text("As safe as your mailbox. Some services ask for more."),
    Channel.PHONE: Text(
        "A weaker way: whoever takes over your number can read the codes. "
        "An authenticator app or a passkey is safer."
    ),
}
AMR = {Channel.EMAIL: ("otp",), Channel.PHONE: ("otp", "sms")}


class Otp:
    """A short code, sent to an address the person controls and typed back."""

    name = "otp"
    title = Text("Code by e-mail or phone")
    kind = Kind.POSSESSION
    amr: tuple[str, ...] = ("otp", "sms")
    many = True
    pick = True
    usernameless = False
    on_the_way = True
    silent = False

    def __init__(self, settings: OtpSettings, codes: Codes, service: str) -> None:
        self._settings = settings
        self._codes = codes
        self._service = service

    def begin_enroll(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Challenge:
        """Ask for an address."""
        both = Text("E-mail address or phone number")
        prompt = both if self._settings.phone else Text("E-mail address")
        value = "" if enrolled else subject.email or ""
        return Challenge([Ask("address", "text", prompt, {"value": value})], steps=2)

    def continue_enroll(
        self, subject: Subject, secret: bytes, answer: Answer
    ) -> Challenge | Template:
        """Send a code to the address, then take it back. Raises Retry where either is malformed."""
        if not secret:
            address = self._parse(answer.fields.get("address", ""))
            return replace(self._send(address), step=2, steps=2)
        return self._confirm(Pending.load(secret), typed_code(answer, self._settings.digits))

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        """Send a code to the first address; with none, ask as if one had been sent."""
        if not enrolled:
            asks = [code_ask(Text("Code"), self._settings.digits)]
            return replace(self._send(NOWHERE), asks=asks, messages=())
        return self._send(Address.load(enrolled[0].template), enrolled[0].credential_id)

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        """Compare the code with the one this ceremony sent, to an address still enrolled."""
        pending = Pending.load(secret)
        matched = self._codes.matches(pending, typed_code(answer, self._settings.digits))
        if pending.credential not in {each.credential_id for each in enrolled}:
            return Verdict(False, reason="not enrolled")
        if not matched:
            return Verdict(False, pending.credential, reason="mismatch")
        return replace(_accepted(pending.address.channel), credential_id=pending.credential)

    def resend(self, secret: bytes) -> Challenge:
        """Send a new code to the same address: the one before is forgotten, the tries are not."""
        before = Pending.load(secret)
        return self._send(before.address, before.credential, before.tries)

    def claimed(self, answer: Answer) -> str | None:
        """A code names nobody."""
        return None

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        """Return what the strongest address yields: a phone, where there is or may be one."""
        channels = {Address.load(each.template).channel for each in enrolled}
        phone = Channel.PHONE in channels if enrolled else self._settings.phone
        return _accepted(Channel.PHONE if phone else Channel.EMAIL)

    def adopt(self, value: str) -> Template:
        """Take an address that an operator vouches for. Raises Retry where it is none."""
        return _template(self._parse(value))

    def describe(self, enrolled: Enrolled) -> Text:
        """Say what a code sent there is worth (NIST SP 800-63B-4: phones are restricted)."""
        return WORTH[Address.load(enrolled.template).channel]

    def addresses(self, enrolled: Sequence[Enrolled]) -> Sequence[tuple[Channel, str]]:
        """Return the addresses themselves, in full."""
        found = (Address.load(each.template) for each in enrolled)
        return [(address.channel, address.to) for address in found]

    def _parse(self, typed: str) -> Address:
        return parse(typed, phone=self._settings.phone, region=self._settings.region)

    def _send(self, address: Address, credential: str = "", tries: int | None = None) -> Challenge:
        code, pending = self._codes.make(address, credential, tries)
        return Challenge(
            [self._code_ask(address)],
            secret=pending.dump(),
            lifetime=self._codes.left(pending),
            tries=pending.tries,
            messages=[self._message(address, code)],
        )

    def _code_ask(self, address: Address) -> Ask:
        """Ask for the code; what the page tells of phones is NIST SP 800-63B-4, 3.2.9."""
        prompt = Text("Code sent to %(address)s", {"address": address.masked})
        ask = code_ask(prompt, self._settings.digits)
        restricted = address.channel is Channel.PHONE
        return replace(ask, options={**ask.options, "resend": True, "restricted": restricted})

    def _message(self, address: Address, code: str) -> Message:
        minutes = max(1, self._settings.lifetime_seconds // 60)
        text = Text(
            "%(code)s is your %(service)s code. It is valid for %(minutes)d min. "
            "Never tell it to anyone: we do not ask for it.",
            {"code": code, "service": self._service, "minutes": minutes},
        )
        subject = Text("Your %(service)s code", {"service": self._service})
        return Message(address.channel, address.to, subject, text)

    def _confirm(self, pending: Pending, code: str) -> Challenge | Template:
        if not self._codes.matches(pending, code):
            return self._ask_again(replace(pending, tries=pending.tries - 1))
        template = _template(pending.address)
        return replace(template, proven=_accepted(pending.address.channel))

    def _ask_again(self, pending: Pending) -> Challenge:
        """Count a wrong code here: the runner counts verdicts, and enrolling has none."""
        left = self._codes.left(pending)
        if pending.tries < 1 or left <= timedelta():
            raise Expired(detail="too many wrong codes, or too late")
        return Challenge(
            [self._code_ask(pending.address)],
            secret=pending.dump(),
            step=2,
            steps=2,
            lifetime=left,
            tries=pending.tries,
            error=WRONG,
        )


def _accepted(channel: Channel) -> Verdict:
    kinds = frozenset({Kind.POSSESSION})
    return Verdict(True, amr=AMR[channel], kinds=kinds, proof=Proof(address_code=channel))


def _template(address: Address) -> Template:
    return Template(address.dump(), FORMAT, label=address.masked, address=address.to)
