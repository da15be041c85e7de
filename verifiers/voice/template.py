"""What is kept of a voice: the payload of its credential, sealed by the store."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from verifiers.voice.channels import CHANNELS
from verifiers.voice.engines import VERSION
from verifiers.voice.protection import Transform, new_salt
from verifiers.voice.vectors import pack, unpack

LAYOUTS = ("/2", f"/{VERSION}")
"""How the formats of all engines end whose voiceprints are laid out so."""
Turn = Callable[[Sequence[float]], list[float]]
MEMBERS = frozenset({"salt", "mean", "adapted", "channel", "utterances", "seen"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A recording that was given, by the fingerprint of its signal, and the day it was (UTC)."""

    fingerprint: bytes = field(repr=False)
    day: int


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """A voice: little-endian 32-bit floats, rotated by the transform of its subject and `salt`.

    Without `salt` it is not protected yet, and is compared with nothing. `mean` is what was
    enrolled and stays; `adapted` is what successes have made of it. `seen` are recordings that
    nobody can give again. `day` counts from 1970-01-01.
    """

    salt: bytes = field(repr=False)
    mean: bytes = field(repr=False)
    channel: str
    utterances: int
    adapted: bytes | None = field(default=None, repr=False)
    seen: tuple[Seen, ...] = ()

    @property
    def current(self) -> bytes:
        """What voices are compared with."""
        return self.mean if self.adapted is None else self.adapted

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Read what `dump` wrote. Raises ValueError for anything else."""
        fields = json.loads(data)
        if not isinstance(fields, dict) or fields.keys() != MEMBERS:
            raise ValueError("this is no voiceprint")
        read = cls(
            salt=_bytes(fields["salt"]),
            mean=_bytes(fields["mean"]),
            channel=fields["channel"],
            utterances=fields["utterances"],
            adapted=None if fields["adapted"] is None else _bytes(fields["adapted"]),
            seen=tuple(map(_seen, fields["seen"])),
        )
        read._check()
        return read

    def dump(self) -> bytes:
        """Write as JSON."""
        fields: Mapping[str, Any] = {
            "salt": _text(self.salt),
            "mean": _text(self.mean),
            "adapted": None if self.adapted is None else _text(self.adapted),
            "channel": self.channel,
            "utterances": self.utterances,
            "seen": [[_text(each.fingerprint), each.day] for each in self.seen],
        }
        return json.dumps(fields).encode()

    def protected(self, seed: bytes) -> Self:
        """Rotate what is not protected yet, by a salt of its own. Raises ValueError."""
        if self.salt:
            raise ValueError("this voiceprint is protected already")
        salt = new_salt()
        forth = Transform(seed, salt, len(unpack(self.mean)))
        return self._turned(salt, forth.apply)

    def reissued(self, seed: bytes) -> Self:
        """Return the same voice under a new salt: nothing of the old numbers is in the new."""
        back = Transform(seed, self.salt, len(unpack(self.mean)))
        return self._turned(b"", back.undo).protected(seed)

    def _turned(self, salt: bytes, turn: Turn) -> Self:
        mean = pack(turn(unpack(self.mean)))
        adapted = None if self.adapted is None else pack(turn(unpack(self.adapted)))
        return replace(self, salt=salt, mean=mean, adapted=adapted)

    def _check(self) -> None:
        adapted = self.adapted is None or len(self.adapted) == len(self.mean)
        if self.channel not in CHANNELS or not adapted or len(self.mean) % 4 or not self.mean:
            raise ValueError("this is no voiceprint")
        if type(self.utterances) is not int or self.utterances < 1:
            raise ValueError("a voiceprint is made of utterances")


def _seen(pair: object) -> Seen:
    match pair:
        case [str(fingerprint), int(day)]:
            return Seen(_bytes(fingerprint), day)
    raise ValueError("a recording that was seen has a fingerprint and a day")


def _text(value: bytes) -> str:
    return b64encode(value).decode()


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("this is no voiceprint")
    return b64decode(value, validate=True)
