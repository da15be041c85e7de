"""What some factors can do beside what each must: each of these is asked for by its protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from contracts.factor import Challenge, Channel, Enrolled, Template
from contracts.text import Text


class Adoptable(Protocol):
    """A factor that can take over a value an operator brings: a password, a seed, an address."""

    def adopt(self, value: str) -> Template:
        """Make a template from a value made elsewhere. Raises Retry where it is not fit."""
        ...


class HashAdoptable(Protocol):
    """A factor that can take over the hash that another system made of its secret."""

    def adopt_hash(self, value: str) -> Template:
        """Make a template from a hash made elsewhere. Raises Retry where it is not fit."""
        ...


@runtime_checkable
class Reachable(Protocol):
    """A factor whose credentials are addresses that their owner has shown to be theirs."""

    def addresses(self, enrolled: Sequence[Enrolled]) -> Sequence[tuple[Channel, str]]:
        """Return where messages reach the owner of these credentials."""
        ...


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody agrees to before anything of their body is measured (GDPR, Article 9(2)(a)).

    `points` are whole sentences: what is measured, what becomes of it, what for, and how to take
    the consent back. Whoever changes what they mean gives them the next `version`.
    """

    version: int
    points: Sequence[Text]


@runtime_checkable
class Consented(Protocol):
    """A factor that measures people, and does so with their consent alone.

    Every factor whose kind is `INHERENCE` is one: the server keeps what it measured.
    """

    consent: Consent


@dataclass(frozen=True, slots=True)
class Attack:
    """A species of presentation attacks (ISO/IEC 30107-3), and which share of it is let pass.

    `passed` is the APCER that was measured in so many `tries`, `upper` its 95 % bound.
    """

    species: str
    words: Text
    passed: float
    upper: float
    tries: int


@runtime_checkable
class Attackable(Protocol):
    """A factor that knows by what it can be deceived: what it was tried with, worst first."""

    attacks: Sequence[Attack]


@runtime_checkable
class Measured(Protocol):
    """A factor whose decisions rest on what was measured: files of thresholds, and limits.

    `basis` names them with their values, for the trail; a file is named by a digest.
    """

    basis: Mapping[str, str]


@runtime_checkable
class Protecting(Protocol):
    """A factor whose templates are transformed by a secret of their subject (ISO/IEC 24745).

    `seed` is the same as in `Enrolled`. What enrolling returned is protected before it is stored.
    """

    def protect(self, template: Template, seed: bytes) -> Template:
        """Return the template as it is stored."""
        ...

    def reissue(self, enrolled: Enrolled) -> bytes | None:
        """Return a template of the same person that nothing but the seed links to this one.

        None for what is of another layout: it is compared with nothing, and rests.
        """
        ...


@runtime_checkable
class Adapting(Protocol):
    """A factor whose templates follow their owners, where the operator has switched that on."""

    adapting: bool

    def revert(self, enrolled: Enrolled) -> bytes | None:
        """Return the template as it was enrolled; None where nothing was learnt since."""
        ...


@runtime_checkable
class Restorable(Protocol):
    """A factor whose older templates, as a backup brings them back, may count again.

    All that uses of a credential changed in its template is a counter: nothing that was spent, and
    no secret that its owner has replaced, is good once more.
    """

    restorable: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """How hard something is to guess, from 0 to 4, and that in words; below 2 it is not taken."""

    score: int
    words: Text


@runtime_checkable
class Estimating(Protocol):
    """A factor that can say how good a value is before it is sent; its ask has `estimate`."""

    def estimate(self, value: str) -> Estimate:
        """Judge a value that somebody is still typing. Raises Unavailable where too many are."""
        ...


@runtime_checkable
class Renewing(Protocol):
    """A factor each of whose questions is good for one answer: whoever is asked again, is anew.

    How many questions somebody is asked is counted: nobody can wait for the one that suits them.
    """

    def standing(self, secret: bytes) -> Challenge | None:
        """Return the challenge that made this secret as it is now; None where it is too old."""
        ...

    def renew(self, secret: bytes) -> Challenge:
        """Return a challenge like the one that made this secret, with another question."""
        ...


@runtime_checkable
class Resending(Protocol):
    """A factor that can send anew what it sent; where it can, the ask has the option `resend`."""

    def resend(self, secret: bytes) -> Challenge:
        """Return a challenge like the one that made this secret, with a new message."""
        ...
