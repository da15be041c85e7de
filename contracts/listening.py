"""What a factor can do that follows somebody who goes on speaking, one segment after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from contracts.factor import Enrolled, Verdict
from contracts.sample import Sample


@dataclass(frozen=True, slots=True)
class SoFar:
    """What was measured so far, never a sound; `enough` where it can be judged."""

    state: bytes = field(repr=False)
    enough: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """What was measured last, never a sound; `changed` where it is somebody else who speaks."""

    state: bytes = field(repr=False)
    changed: bool = False


@runtime_checkable
class Decoding(Protocol):
    """A factor whose answers may come as messengers and telephones send them.

    `decodes` names the job of the pool that makes a sample of such a recording.
    """

    decodes: str


@runtime_checkable
class Following(Protocol):
    """A factor whose answer may come in segments, and that notices when the speaker changes."""

    def hear(
        self, so_far: bytes, enrolled: Sequence[Enrolled], asked: Mapping[str, Any], sample: Sample
    ) -> SoFar:
        """Measure one more segment of the answer to what was asked, by its options.

        What is kept of it is protected by the seed of what it will be compared with.
        Raises Retry where there is nothing in it, BadRequest and Unavailable.
        """
        ...

    def conclude(self, enrolled: Sequence[Enrolled], secret: bytes, heard: bytes) -> Verdict:
        """Judge all that was heard as one answer."""
        ...

    def follow(self, so_far: bytes, enrolled: Sequence[Enrolled], sample: Sample) -> Followed:
        """Compare the next segment after an accepted answer. Raises as `hear` does."""
        ...
