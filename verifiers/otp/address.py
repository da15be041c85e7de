"""Where a code goes: an e-mail address or a phone number, in one normal form."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from contracts.errors import Retry
from contracts.factor import Channel
from contracts.text import Text

LONGEST = 254
"""RFC 5321, 4.5.3.1.3: no address is longer."""

NO_ADDRESS = Text(
    "This is no e-mail address and no phone number. Start a number with + and the country code."
)

COSTLY = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
    PhoneNumberType.VOICEMAIL,
    PhoneNumberType.PAGER,
}
"""Kinds of numbers that nobody logs in with, and that make money for whoever orders codes."""


@dataclass(frozen=True, slots=True)
class Address:
    """An e-mail address (ASCII, domain in lower case) or a phone number (E.164)."""

    channel: Channel
    to: str

    @classmethod
    def load(cls, template: bytes) -> Self:
        """Read an address back from a template."""
        stored = json.loads(template)
        return cls(Channel(stored["channel"]), stored["to"])

    def dump(self) -> bytes:
        """Return the template of this address."""
        return json.dumps(asdict(self)).encode()

    @property
    def masked(self) -> str:
        """Return what its owner recognises and nobody else can use."""
        if self.channel is Channel.PHONE:
            return f"•••• {self.to[-2:]}"
        mailbox, _, domain = self.to.rpartition("@")
        return f"{mailbox[0]}•••@{domain}"


def parse(typed: str, *, phone: bool, region: str | None) -> Address:
    """Normalise what a person typed. Raises Retry where it is no address we can send to."""
    typed = typed.strip()
    if not typed or len(typed) > LONGEST:
        raise Retry(Text("Enter an address."))
    if "@" in typed or not phone:
        return Address(Channel.EMAIL, _email(typed))
    return Address(Channel.PHONE, _phone(typed, region))


def _email(typed: str) -> str:
    """Return the normal form (RFC 5322 syntax; no look-up: the code shows that it arrives)."""
    try:
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Retry(Text("This is not a valid e-mail address."), detail=str(error)) from None
    return found.ascii_email or found.normalized


def _phone(typed: str, region: str | None) -> str:
    """Return the E.164 form; checked by length alone, since tables of number ranges grow old."""
    try:
        number = phonenumbers.parse(typed, region)
    except NumberParseException as error:
        raise Retry(NO_ADDRESS, detail=str(error)) from None
    if not phonenumbers.is_possible_number(number):
        raise Retry(NO_ADDRESS)
    if phonenumbers.number_type(number) in COSTLY:
        raise Retry(Text("Codes cannot be sent to this kind of number."))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
