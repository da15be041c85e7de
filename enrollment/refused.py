"""Captures that could not be used, and enrolments that came to nothing: noted, so that they count.

What was wrong is a name for machines; neither the capture nor anything measured of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from contracts.errors import GatehouseError, NotEnrolled
from store import Ceremony, Store
from store.trail.samples import FAILED, REFUSED


class Refused:
    """Notes what could not be used, in transactions of its own."""

    def __init__(self, store: Store, address: Callable[[], str]) -> None:
        self._store = store
        self._address = address

    @contextmanager
    def noted(self, ceremony: Ceremony) -> Iterator[None]:
        """Note what is raised about a capture, and let it go on its way."""
        try:
            yield
        except NotEnrolled as failed:
            self._note(FAILED, ceremony, failed)
            raise
        except GatehouseError as refused:
            if refused.reason:
                self._note(REFUSED, ceremony, refused)
            raise

    def _note(self, event: str, ceremony: Ceremony, why: GatehouseError) -> None:
        said = {"purpose": str(ceremony.purpose), "reason": why.reason or why.code}
        with self._store.write() as tx:
            tx.audit.add(
                event,
                account_id=ceremony.account_id,
                source=self._address(),
                facts={"factor": ceremony.factor, **said},
            )
