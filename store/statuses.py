"""Which grants were revoked, by their places in status lists (draft-ietf-oauth-status-list).

A list is named by a number: the day on which its grants began, and which list of that day it is.
The place of a grant is random: nobody learns from it how many there are, or what came before.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select

from contracts.errors import Unavailable
from store import once
from store.models import ended_statuses, grants
from store.work import Work

SIZE = 2**20
"""Places in a list."""
A_DAY = 16
"""Lists of a day: a place that is taken is looked for in the next, so that each stays sparse."""
BEHIND = timedelta(days=1)
"""For how long a place stays ended behind its grant: the last access token may outlive that."""


class Statuses:
    """Gives grants their places, and ends these."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def place(self, grant: Mapping[str, Any]) -> tuple[int, int]:
        """Store a grant's row at a place of its own; return its list and where in that it is.

        Raises Unavailable where no place is found.
        """
        for number in range(A_DAY):
            status_list, index = self.today() * A_DAY + number, secrets.randbelow(SIZE)
            row = {**grant, "status_list": status_list, "status_index": index}
            if self._free(status_list, index) and once.add(self._work.connection, grants, row):
                return status_list, index
        raise Unavailable(detail="no place in the status lists of this day")

    def today(self) -> int:
        """Return the number of the day."""
        return (self._work.now().date() - date(1970, 1, 1)).days

    def end(self, revoked: Sequence[Row[Any]]) -> None:
        """Note the places of grants that were just revoked."""
        ended = [
            {
                "status_list": row.status_list,
                "status_index": row.status_index,
                "expires_at": row.expires_at + BEHIND,
            }
            for row in revoked
        ]
        if ended:
            insert = once.insert(self._work.connection.dialect.name, ended_statuses)
            self._work.connection.execute(insert.on_conflict_do_nothing(), ended)

    def ended(self, status_list: int) -> Sequence[int]:
        """Return the places of a list whose grants were revoked."""
        mine = ended_statuses.c.status_list == status_list
        return self._work.connection.scalars(
            select(ended_statuses.c.status_index).where(mine)
        ).all()

    def lists(self) -> Sequence[int]:
        """Return every list that a grant has a place in, or had one till just now."""
        held = select(grants.c.status_list).where(grants.c.status_list.is_not(None))
        every = held.union(select(ended_statuses.c.status_list))
        return sorted(self._work.connection.scalars(every).all())

    def _free(self, status_list: int, index: int) -> bool:
        mine = (ended_statuses.c.status_list == status_list) & (
            ended_statuses.c.status_index == index
        )
        return self._work.connection.execute(select(ended_statuses).where(mine)).first() is None
