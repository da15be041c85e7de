"""What is kept of a body, changed without the body: protected anew, or as it was enrolled.

A login meanwhile wins: what it wrote is read anew and changed then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from contracts.abilities import Adapting, Protecting
from contracts.errors import Conflict, Tampered
from contracts.factor import Enrolled, Factor
from contracts.text import Text
from gateway.progress import Progress
from store import Store, Transaction

BUSY = Text("This was used at the very same moment, more than once. Please try again.")
TRIES = 3
BATCH = 100


class Work(StrEnum):
    """What can be done with a template; the value is the event of the trail."""

    REISSUE = "template.reissued"
    REVERT = "template.reverted"


@dataclass(frozen=True, slots=True)
class Done:
    """How many templates were changed; `resting` had nothing to change, or are of another layout.

    Those that are `unreadable` were tampered with. `last` is the id of the last one looked at.
    """

    changed: int = 0
    resting: int = 0
    unreadable: int = 0
    last: str = ""


class Templates:
    """Changes the templates of factors that can."""

    def __init__(self, store: Store, factors: Mapping[str, Factor]) -> None:
        self._store = store
        self._factors = factors

    def change(self, work: Work, account_id: str, credential_id: str, source: str = "") -> bool:
        """Change one; False where there is none or nothing to change.

        Raises Conflict where it is changed all the time, and Tampered.
        """
        for _ in range(TRIES):
            with self._store.write() as tx:
                changed = self._once(tx, work, (account_id, credential_id), source)
            if changed is not None:
                return changed
        raise Conflict(BUSY, detail=f"credential {credential_id}")

    def change_all(self, work: Work, progress: Progress, after: str = "") -> Iterator[Done]:
        """Change all of them, by id and after this one; yield after each how far it came.

        Whoever stops goes on after the last that was yielded.
        """
        done = Done(last=after)
        total = self._total()
        for seen, (account_id, credential_id) in enumerate(self._each(after), start=1):
            done = self._counted(done, work, account_id, credential_id)
            progress("Templates", min(seen, total), total)
            yield done

    def _counted(self, done: Done, work: Work, account_id: str, credential_id: str) -> Done:
        counts = [done.changed, done.resting, done.unreadable]
        try:
            counts[0 if self.change(work, account_id, credential_id) else 1] += 1
        except Tampered:
            counts[2] += 1
        return Done(counts[0], counts[1], counts[2], credential_id)

    def _once(
        self, tx: Transaction, work: Work, which: tuple[str, str], source: str
    ) -> bool | None:
        """Change one as it is now; None where somebody else was quicker."""
        account_id, credential_id = which
        for factor in self._able():
            for enrolled in tx.credentials.enrolled(account_id, factor.name, disabled=True):
                if enrolled.credential_id == credential_id:
                    return _changed(tx, work, (account_id, factor), enrolled, source)
        return False

    def _each(self, after: str) -> Iterator[tuple[str, str]]:
        for factor in self._able():
            last = after
            while held := self._batch(factor.name, last):
                yield from ((account_id, credential_id) for credential_id, account_id in held)
                last = held[-1][0]

    def _batch(self, factor: str, after: str) -> list[tuple[str, str]]:
        with self._store.read() as tx:
            return tx.credentials.held(factor, after, BATCH)

    def _total(self) -> int:
        with self._store.read() as tx:
            return sum(tx.credentials.count(factor.name) for factor in self._able())

    def _able(self) -> list[Factor]:
        return [each for each in self._factors.values() if isinstance(each, Protecting | Adapting)]


def _changed(
    tx: Transaction, work: Work, whose: tuple[str, Factor], enrolled: Enrolled, source: str
) -> bool | None:
    account_id, factor = whose
    template = _made(work, factor, enrolled)
    if template is None:
        return False
    where = (enrolled, account_id, factor.name)
    if not tx.credentials.replace_template(*where, template, disabled=True):
        return None
    detail = {"factor": factor.name, "credential": enrolled.credential_id}
    tx.audit.add(work, account_id=account_id, source=source, detail=detail)
    return True


def _made(work: Work, factor: Factor, enrolled: Enrolled) -> bytes | None:
    if work is Work.REISSUE and isinstance(factor, Protecting):
        return factor.reissue(enrolled)
    if work is Work.REVERT and isinstance(factor, Adapting):
        return factor.revert(enrolled)
    return None
