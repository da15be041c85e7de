"""Recoveries of people who have lost a way to log in; nobody chooses a new one for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.admin.actor import Actor, name_of
from gateway.admin.calls.person import Who
from gateway.admin.operation import Model, Nothing, Paged, operation
from gateway.admin.rank import check_rank
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from gateway.recovery.operating import Operating, Ordered
from store.recoveries import Recovery, State

NOTHING = Text("There is no recovery of this person to stop.")
LOST = Text("`after` is not what a page before it gave.")
BETWEEN = " "


class Search(Paged):
    """Which recoveries."""

    state: State | None = Field(None, description="Those that stand there")


class Underway(Model):
    """A recovery, whoever began it; an empty `started_by` is the person."""

    person: str
    username: str
    state: State
    started_by: str
    approved_by: str
    created_at: datetime
    ready_at: datetime | None
    ends_at: datetime


class AllUnderway(Model):
    """Some recoveries, the oldest first."""

    recoveries: list[Underway]
    next: str


class Wish(Who):
    """Whose recovery is begun, and why."""

    reason: str = Field(
        "", max_length=500, description="Why you are sure that it is they; kept in the trail"
    )


class Begun(Model):
    """What came of it. Not `approved`, somebody else has to agree first, and gets the claim.

    The `claim` is for the person alone, and is shown this one time: with it they add one way to
    log in once the wait is over.
    """

    approved: bool
    claim: str = Field(repr=False)
    ready_at: datetime | None
    addresses_told: int


class Recoveries:
    """What can be done with recoveries."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        self._operating = Operating(tools.store, tools.clock, tools.recoveries)
        self._four_eyes = tools.settings.recovery_four_eyes == "on"

    @operation("GET", "/recoveries")
    def list(self, actor: Actor, search: Search) -> AllUnderway:
        """List the recoveries that are asked for, that wait, and that were stopped."""
        with self._store.read() as tx:
            found = tx.recoveries.list(
                state=search.state, after=_place(search.after), limit=search.limit + 1
            )
            page, more = found[: search.limit], len(found) > search.limit
            names = tx.accounts.names({name for each in page for name in _people(each)})
        last = f"{page[-1].created_at.isoformat()}{BETWEEN}{page[-1].id}" if more else ""
        return AllUnderway(recoveries=[_shown(each, names) for each in page], next=last)

    @operation("POST", "/people/{person}/recovery", roles=at_least(Role.HELPDESK), fresh=True)
    def start(self, actor: Actor, wish: Wish) -> Begun:
        """Begin to recover a person's account in the place of two proofs of theirs.

        A second operator decides wherever the helpdesk begins, and an admin where somebody else
        begins one of an operator: whoever recovers an account is a step from being that person.
        """
        begun = self._operating.start(
            *(wish.person, actor.id, wish.reason),
            approval=self._four_eyes or actor.role is Role.HELPDESK,
            ranked=actor.role is not Role.ADMIN,
        )
        return _begun(begun)

    @operation(
        "POST", "/people/{person}/recovery/approve", roles=at_least(Role.OPERATOR), fresh=True
    )
    def approve(self, actor: Actor, who: Who) -> Begun:
        """Let a recovery begin that somebody else asked for, and get the claim for its person."""
        check_rank(self._store, actor, who.person, "recoveries.approve")
        return _begun(self._operating.approve(who.person, actor.id))

    @operation("POST", "/people/{person}/recovery/stop", roles=at_least(Role.HELPDESK))
    def stop(self, actor: Actor, who: Who) -> Nothing:
        """Stop the recovery of a person's account; one that was only asked for is taken back."""
        if not self._operating.stop(who.person, actor.id):
            raise BadRequest(NOTHING)
        return Nothing()


def _place(after: str) -> tuple[datetime, str] | None:
    at, _, recovery = after.partition(BETWEEN)
    try:
        since = datetime.fromisoformat(at) if after else None
    except ValueError:
        raise BadRequest(LOST) from None
    if since and since.tzinfo is None:
        raise BadRequest(LOST)
    return (since, recovery) if since else None


def _people(found: Recovery) -> set[str]:
    return {found.account_id, found.started_by, found.approved_by}


def _shown(found: Recovery, names: Mapping[str, str]) -> Underway:
    return Underway(
        person=found.account_id,
        username=names.get(found.account_id, ""),
        state=found.state,
        started_by=name_of(found.started_by, names),
        approved_by=name_of(found.approved_by, names),
        created_at=found.created_at,
        ready_at=found.ready_at,
        ends_at=found.ends_at,
    )


def _begun(ordered: Ordered) -> Begun:
    return Begun(
        approved=ordered.ready_at is not None,
        claim=ordered.claim,
        ready_at=ordered.ready_at,
        addresses_told=ordered.told,
    )
