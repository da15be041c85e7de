"""Where a code goes: an e-mail address or a phone number, in one normal form."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self

from email_validator import EmailNotValidError, validate_email

from contracts.errors import Retry
from contracts.factor import Channel
from contracts.text import Text

LONGEST = 254
"""RFC 5321, 4.5.3.1.3: no address is longer."""


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
    # The tables of the world's numbers are read only where somebody types one.
    from verifiers.otp.phone import normal  # noqa: PLC0415

    return Address(Channel.PHONE, normal(typed, region))


def _email(typed: str) -> str:
    """Return the normal form (RFC 5322 syntax; no look-up: the code shows that it arrives)."""
    try:
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Retry(Text("This is not a valid e-mail address."), detail=str(error)) from None
    return found.ascii_email or found.normalized
