"""What a step of a ceremony comes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts.factor import Ask, Enrolled, Template, Verdict
from contracts.text import Text
from store import Transaction


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person is asked now.

    `error` and its HTTP `status` say why they are asked again, `notice` what was done meanwhile;
    `retry_after` how many seconds to wait before.
    """

    handle: str
    factor: str
    title: Text
    asks: Sequence[Ask]
    step: int
    steps: int
    enrolling: bool
    error: Text | None = None
    status: int = 200
    notice: Text | None = None
    retry_after: int = 0

    @property
    def waits(self) -> dict[str, str]:
        """The header that says how long to wait, where there is one."""
        return {"Retry-After": str(self.retry_after)} if self.retry_after else {}


@dataclass(frozen=True, slots=True)
class Added:
    """A new credential, and the proof that enrolling it made, if any."""

    credential_id: str
    factor: str
    proven: Verdict | None


@dataclass(frozen=True, slots=True)
class Made:
    """What somebody without an account enrolled; nothing of it is stored yet."""

    factor: str
    template: Template


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged verification; `again` asks once more where the same challenge has tries left.

    `signal` is for the browser: the answer named a credential that nobody has.
    """

    verdict: Verdict
    factor: str
    account_id: str
    again: Asked | None = None
    signal: Ask | None = None


class Happened(StrEnum):
    """What became of a credential."""

    ADDED = "added"
    REPLACED = "replaced"
    REMOVED = "removed"
    IDLE = "idle"
    DISABLED = "disabled"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened to a factor of an account; `label` says which of several it was.

    `left` says how often one that is used up, and was used now, can still be; `days` for how long
    one that nobody used was kept.
    """

    account_id: str
    factor: str
    happened: Happened
    label: str = ""
    left: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one answer was judged against.

    Not `named`, the answer itself said whose it is: a stranger's failure is not held against it.
    `forwarded` is the id of the client that handed the answer on, where one did.
    """

    factor: str
    account_id: str
    enrolled: Sequence[Enrolled]
    virtual: bool = False
    named: bool = True
    forwarded: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the runner must know of the deployment.

    `idle_days` is after how long a template that nobody uses is deleted; 0, never. Questions that
    are good for one answer, and samples to enrol, are not counted where their number is 0.
    """

    simulators: bool
    failures_disable: int
    biometric_failures: int
    messages_per_hour: int
    idle_days: int = 0
    questions_per_hour: int = 0
    questions_per_day: int = 0
    samples_per_hour: int = 0


def _nowhere() -> str:
    """Return the address of nobody."""
    return ""


def _unheard(tx: Transaction, change: Change) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    """What the runner calls above itself.

    `render` puts texts into the person's language; `changed` hears of each change within the
    transaction that makes it; `address` tells where the call comes from.
    """

    render: Callable[[Text], str]
    changed: Callable[[Transaction, Change], None] = _unheard
    address: Callable[[], str] = _nowhere
