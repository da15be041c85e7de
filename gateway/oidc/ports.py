"""What the provider needs from the login: it hears who, acr, amr and when, and nothing else."""

from __future__ import annotations

from typing import Protocol

from contracts.assurance import Assurance, Requirement

ANYBODY = Requirement(required_acr="")
"""Whoever is logged in, however well and however long ago."""


class Authentication(Protocol):
    """The person in front of this browser."""

    def current(self, requirement: Requirement) -> Assurance | None:
        """Return this browser's session seen through the requirement.

        Only events not older than `not_before` count. acr is the first of `acr_values` that is
        satisfied, else the highest reached. None without a session or any counted event.
        """
        ...

    def satisfies(self, reached: str, wanted: str) -> bool:
        """Tell whether the acr `reached` is at least the acr `wanted`."""
        ...

    def begin(self, requirement: Requirement, return_to: str, cancel_to: str) -> str:
        """Open a login and return the URL to send the browser to."""
        ...

    def browser(self) -> str:
        """Return the opaque value of this browser's binding cookie."""
        ...

    def keep_browser(self) -> None:
        """Let the binding of this browser outlive its windows: it was chosen to be reached."""
        ...

    def end(self) -> None:
        """End this browser's session."""
        ...
