"""What a factor may say besides its ceremonies: to people and to their browsers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from contracts.factor import Ask, Enrolled, Subject
from contracts.text import Text


@runtime_checkable
class Describing(Protocol):
    """A factor whose credentials differ in what their owner should know."""

    def describe(self, enrolled: Enrolled) -> Text:
        """Say it in a few words."""
        ...


@runtime_checkable
class Signalling(Protocol):
    """A factor whose credentials are also kept where only the browser can tell of a change.

    What it returns is no question: a page renders it, and its module tells the browser.
    """

    def accepted(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Ask:
        """Tell which credentials of an account are in use: all of them, and no other."""
        ...

    def unknown(self, unique: str) -> Ask:
        """Tell that nobody has this credential any more."""
        ...


@runtime_checkable
class Classed(Protocol):
    """A factor whose credentials are of a type that others have a name for.

    `credential_type` is that of the Continuous Access Evaluation Profile 1.0, section 3.3.
    """

    credential_type: str
