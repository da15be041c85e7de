"""The port behind which every factor stands: ceremonies in pairs, no database, no HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from contracts.clock import Clock
from contracts.errors import Unavailable
from contracts.sample import Sample
from contracts.text import Text


class Kind(StrEnum):
    """What a factor proves (NIST SP 800-63B-4, section 2)."""

    KNOWLEDGE = "knowledge"
    POSSESSION = "possession"
    INHERENCE = "inherence"


class Channel(StrEnum):
    """How a message reaches a person."""

    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Subject:
    """The account a ceremony belongs to; `language` is the one they were last seen with."""

    id: str
    username: str
    email: str | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One credential of this factor: its decrypted template and the row version it was read at.

    `seed` are 32 bytes that are this subject's and this factor's alone: for factors that protect
    their templates (`contracts.abilities.Protecting`).
    """

    credential_id: str
    template: bytes = field(repr=False)
    format: str
    version: int
    label: str = ""
    seed: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing the client must supply; the page renders it by `type`.

    Plain types are `text`, `email`, `tel`, `password`, `code` and the display-only `qr`; any other
    type is an ES module `web/static/asks/<type>.js`. `options` is JSON for that module.
    """

    name: str
    type: str
    prompt: Text
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a person: with a challenge, e.g. a one-time code, or about their account."""

    channel: Channel
    to: str
    subject: Text
    text: Text = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What to ask, and what the server remembers (encrypted) until the answer.

    `tries` is how many answers may be judged against this `secret`; 1 means once.
    `error` says what was wrong with the answer that led here.
    """

    asks: Sequence[Ask]
    secret: bytes = field(default=b"", repr=False)
    step: int = 1
    steps: int = 1
    lifetime: timedelta = timedelta(minutes=5)
    tries: int = 1
    messages: Sequence[Message] = ()
    error: Text | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client supplied for the asks of one challenge."""

    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    samples: Sequence[Sample] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """How a proof was made; `gateway.policy` derives promises from it.

    Not `alone`, it counts beside another proof only: a password too short to stand alone.
    `remembered`, it spares a person the second factor for a while and promises no more than that.
    `forwarded`, a client handed it on: it is told beside what was shown here, and raises no level.
    """

    user_verified: bool = False
    device_bound: bool = False
    attested: bool = False
    phishing_resistant: bool = False
    address_code: Channel | None = None
    alone: bool = True
    remembered: bool = False
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """What to store for a new credential: payload, its format (engine and version), a label.

    `unique` is a public identifier that must not exist twice for this factor (a credential id).
    `address` is where messages reach its owner, who may be found by it; others may have the same.
    `proven` is the proof that enrolling itself made (the code was typed back), if any.
    After `expires_at` the credential is as good as none, and is deleted.
    """

    data: bytes = field(repr=False)
    format: str
    label: str = ""
    unique: str | None = None
    address: str | None = None
    proven: Verdict | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a verification, returned and never raised.

    `update` is the new template, written by compare-and-swap on the row's version whatever the
    outcome; where no row changed the verdict is rejected. `forged`, the answer was an attack.
    `score`, `reason` and `basis`, which says by what it was judged, are for the audit trail alone.
    `left` says how often a credential that is used up can still be; its owner hears of each use.
    """

    accepted: bool
    credential_id: str | None = None
    score: float | None = None
    reason: str = ""
    basis: str = ""
    amr: tuple[str, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    proof: Proof = Proof()
    update: bytes | None = field(default=None, repr=False)
    left: int | None = None
    forged: bool = False


class Factor(Protocol):
    """One way to prove who you are. Stateless; touches no database and no HTTP.

    `many`: an account may hold several credentials of this factor. `pick`: the person chooses
    which of them is asked (which address gets the code); else all are offered at once.
    `usernameless`: it can be verified before anyone said who they are; the answer tells.
    `on_the_way`: it may be added in the middle of a login that needs more. `silent`: browsers add
    it at the end of a login and prove it at the beginning of the next; it is on no list of ways.
    """

    name: str
    title: Text
    kind: Kind
    amr: tuple[str, ...]
    many: bool
    pick: bool
    usernameless: bool
    on_the_way: bool
    silent: bool

    def begin_enroll(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Challenge:
        """Say what a person must supply to enrol."""
        ...

    def continue_enroll(
        self, subject: Subject, secret: bytes, answer: Answer
    ) -> Challenge | Template:
        """Take one answer; return the next challenge or the finished template. Raises Retry."""
        ...

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        """Say what a person must supply to be verified; None where the answer says who it is."""
        ...

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        """Judge one answer. Raises Retry where nothing could be judged.

        With nothing enrolled it takes as long as a real judgement and rejects.
        """
        ...

    def claimed(self, answer: Answer) -> str | None:
        """Return the `Template.unique` that an answer claims, where the factor can tell."""
        ...

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        """Return the best verdict these credentials can yield; for none, a new one's."""
        ...


Infer = Callable[[str, bytes], bytes]
"""Run a named job on one payload in the inference pool. Raises Retry, BadRequest or Unavailable."""


Fetch = Callable[[str, Mapping[str, str]], bytes]
"""Get what a service of the operator's has at an address, with these fields. Raises Unavailable."""


def no_fetch(url: str, fields: Mapping[str, str]) -> bytes:  # noqa: ARG001 - the port's signature
    """Stand in where nothing outside is ever asked."""
    raise Unavailable


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a factor may use, handed to it when it is built.

    `target_fmr` is how often a biometric may take somebody for another person.
    """

    clock: Clock
    service: str
    origin: str
    pepper: bytes = field(repr=False)
    infer: Infer
    fetch: Fetch = no_fetch
    target_fmr: float = 1e-4
