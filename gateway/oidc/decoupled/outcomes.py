"""What the pages of both protocols show at the end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decided:
    """The person has answered; `back` is where more may wait for them."""

    allowed: bool
    client_name: str
    back: str = "/"
