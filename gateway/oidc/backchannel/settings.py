"""How long backends may wait for people, and how often they may ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class BackchannelSettings:
    """`longest` bounds what a client may ask for; `silence` follows a refusal."""

    lifetime: timedelta = timedelta(minutes=2)
    longest: timedelta = timedelta(minutes=5)
    silence: timedelta = timedelta(minutes=10)
    per_hour: int = 10
    switching_fresh: timedelta = timedelta(minutes=15)
