"""What an operator may be: four steps of a ladder, and beside it whoever looks at the trail."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

ACR = "phr"
"""What every login of an operator must reach: a passkey, and nothing that can be typed."""
LONGEST = timedelta(hours=12)
"""How old that login may be (SP 800-63B-4, 2.2.3: at most a day)."""


class Role(StrEnum):
    """The one role that an operator has.

    A viewer looks. The helpdesk ends sessions and begins recoveries. An operator looks after people
    and kiosks. An admin looks after everything else. An auditor looks as a viewer does, at the
    whole trail, and is the only one who is shown a score.
    """

    VIEWER = "viewer"
    HELPDESK = "helpdesk"
    OPERATOR = "operator"
    ADMIN = "admin"
    AUDITOR = "auditor"


LADDER = (Role.VIEWER, Role.HELPDESK, Role.OPERATOR, Role.ADMIN)

EVERYONE = frozenset(Role)


def at_least(role: Role) -> frozenset[Role]:
    """Return the roles of the ladder from one on."""
    return frozenset(LADDER[LADDER.index(role) :])
