"""On which terms an answer is judged, as whoever runs the ceremony knows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contracts.factor import Enrolled, Verdict
from store import Ceremony, Transaction


def _always(ceremony: Ceremony) -> None:
    """Allow every attempt."""


def _freely(tx: Transaction) -> None:
    """Add it at no further cost."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of an answer besides being right.

    `allow` is asked before it is judged, and raises TooMany or NotAllowed: what was right when the
    ceremony began may be so no longer. `adding` is called within the transaction that adds a
    credential, before it: raising takes both back. What a `stranger` gets wrong, who has proven
    nothing yet, is not held against the account's authenticator. `verify` judges, in place of the
    factor's own way, what came in segments: by what is enrolled and by the challenge's secret.
    """

    allow: Callable[[Ceremony], None] = _always
    adding: Callable[[Transaction], None] = _freely
    stranger: bool = False
    verify: Callable[[Sequence[Enrolled], bytes], Verdict] | None = None


USUAL = Terms()
