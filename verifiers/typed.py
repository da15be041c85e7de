"""Reads codes as people type them."""

from __future__ import annotations

import unicodedata

from contracts.errors import Retry
from contracts.factor import Answer, Ask
from contracts.text import Text, counted

LONGEST = 64
"""No code is longer, with any spaces and dashes a person puts into it."""


def code_ask(prompt: Text, digits: int) -> Ask:
    """Ask for a code of so many digits in the field `code`."""
    options = {"autocomplete": "one-time-code", "digits": digits}
    return Ask("code", "code", prompt, options)


def typed_code(answer: Answer, digits: int) -> str:
    """Return the digits of the field `code`. Raises Retry where it cannot be a code at all."""
    typed = unicodedata.normalize("NFKC", answer.fields.get("code", "")[:LONGEST])
    # What is copied out of a text that is read from right to left brings invisible marks along.
    text = [each for each in typed if unicodedata.category(each) != "Cf"]
    code = "".join(str(unicodedata.decimal(each)) for each in text if each.isdecimal())
    rest = [each for each in text if not each.isdecimal() and each not in " -"]
    if rest or len(code) != digits:
        raise Retry(
            counted(
                "Enter the digit of the code.", "Enter the %(count)d digits of the code.", digits
            )
        )
    return code
