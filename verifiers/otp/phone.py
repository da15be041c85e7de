"""Phone numbers in their one normal form."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from contracts.errors import Retry
from contracts.text import Text

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


def normal(typed: str, region: str | None) -> str:
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
