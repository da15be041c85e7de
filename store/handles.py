"""Random names: of rows, of secrets handed to programs, of secrets a person types."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUPS = 4
GROUP = 5


def new_id() -> str:
    """Return the id of a new row: 128 random bits, 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_handle() -> str:
    """Return a secret of 256 random bits for a program to hold."""
    return secrets.token_urlsafe(32)


def new_typed() -> str:
    """Return a secret of 100 random bits for a person to type, in groups of five."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def typed(text: str) -> str:
    """Return what a person typed in its one canonical form: letters and digits, upper case."""
    return "".join(filter(str.isalnum, text)).upper()
