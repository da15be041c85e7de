"""Privacy: what people agreed to, what is kept too long, who was erased, what is kept at all."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from pydantic import Field

from contracts.errors import BadRequest
from contracts.text import Text
from enrollment import consent
from gateway.admin.actor import Actor
from gateway.admin.calls.person import Who, account
from gateway.admin.operation import Model, Nothing, Paged, operation
from gateway.admin.rank import check_rank
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from gateway.callers import caller
from gateway.privacy.recipients import Recipient
from gateway.privacy.report import Kept, Measured, Reports
from gateway.retention import job
from gateway.retention.opened import make_retention
from store.erasures import Proof

UNPROVEN = Text("Nobody of this number was erased.")
OVERSEERS = at_least(Role.ADMIN) | {Role.AUDITOR}


class Given(Model):
    """A consent to be measured: to which version of a factor's words, when, at which device."""

    factor: str
    version: int
    given_at: datetime
    given_by: str
    withdrawn_at: datetime | None


class Consented(Model):
    """All that a person ever agreed to have measured, the oldest first."""

    consents: list[Given]


class Withdrawal(Who):
    """Which consent is over."""

    factor: str = Field(max_length=32, description="Factor that the consent is to, as `voice`")


class Consents:
    """What people agree to have measured of them."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        self._consents = consent.Consents(
            *(tools.store, tools.known_factors, tools.changes.made, lambda: caller().address),
            idle_days=tools.settings.template_idle_days,
        )

    @operation("GET", "/people/{person}/biometric-consents")
    def list(self, actor: Actor, who: Who) -> Consented:
        """List what a person agreed to have measured, and what they took back."""
        with self._store.read() as tx:
            account(tx, who.person)
            found = tx.biometric_consents.list(who.person)
        names = Given.model_fields
        return Consented(
            consents=[Given(**{name: getattr(each, name) for name in names}) for each in found]
        )

    @operation(
        "POST", "/people/{person}/biometric-consents/withdraw", roles=at_least(Role.OPERATOR)
    )
    def withdraw(self, actor: Actor, withdrawal: Withdrawal) -> Nothing:
        """Withdraw a consent for a person who asked; what was measured is deleted at once."""
        check_rank(self._store, actor, withdrawal.person, "consents.withdraw")
        with self._store.read() as tx:
            account(tx, withdrawal.person)
        self._consents.withdraw(withdrawal.person, withdrawal.factor)
        return Nothing()


class Due(Model):
    """How much of a kind is kept too long; `days` is 0 where it is kept for ever."""

    name: str
    days: int
    due: int


class Preview(Model):
    """What a run would delete now."""

    kinds: list[Due]


class Asked(Model):
    """Not `queued`, it was asked for before and is not done yet."""

    queued: bool


class Retention:
    """What is kept too long."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        self._retention = make_retention(
            *(tools.store, tools.clock, tools.settings), tools.known_factors, tools.notices
        )

    @operation("GET", "/retention", roles=OVERSEERS)
    def preview(self, actor: Actor, nothing: Nothing) -> Preview:
        """Show what is kept too long by now; nothing is deleted."""
        return Preview(kinds=[Due(**asdict(each)) for each in self._retention.preview()])

    @operation("POST", "/retention/run", roles=at_least(Role.ADMIN), fresh=True)
    def run(self, actor: Actor, nothing: Nothing) -> Asked:
        """Have what is kept too long deleted by the worker, now."""
        return Asked(queued=job.ask(self._store))


class Erasure(Model):
    """That somebody was erased: their number, and the signed proof (JWS)."""

    pseudonym: str
    asked_at: datetime
    erased_at: datetime
    proof: str


class Erased(Model):
    """Some of those who were erased; `next` begins the next page, empty where there is none."""

    erasures: list[Erasure]
    next: str


class Which(Model):
    """One person who was erased."""

    pseudonym: Annotated[
        str, Field(pattern=r"^[0-9a-f]{32}$", description="Number in the last message to them")
    ]


class Erasures:
    """People who were erased."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store

    @operation("GET", "/erasures", roles=OVERSEERS)
    def list(self, actor: Actor, paged: Paged) -> Erased:
        """List who was erased, by number: no name is left."""
        with self._store.read() as tx:
            found = tx.erasures.proofs(paged.after, paged.limit + 1)
        more = len(found) > paged.limit
        page = [_erasure(each) for each in found[: paged.limit]]
        return Erased(erasures=page, next=page[-1].pseudonym if more else "")

    @operation("GET", "/erasures/{pseudonym}", roles=OVERSEERS)
    def proof(self, actor: Actor, which: Which) -> Erasure:
        """Return the signed proof that somebody was erased."""
        with self._store.read() as tx:
            found = tx.erasures.proof(which.pseudonym)
        if found is None:
            raise BadRequest(UNPROVEN)
        return _erasure(found)


class Report(Model):
    """The record of processing (GDPR, Article 30)."""

    controller: str
    contact: str
    service: str
    issuer: str
    made_at: datetime
    purposes: list[str]
    data: list[Kept]
    measured: list[Measured]
    recipients: list[Recipient]
    measures: list[str]


class Privacy:
    """What is kept of people at all."""

    def __init__(self, tools: Tools) -> None:
        self._reports = Reports(tools.store, tools.clock, tools.settings, tools.known_factors)

    @operation("GET", "/privacy/report", roles=OVERSEERS)
    def report(self, actor: Actor, nothing: Nothing) -> Report:
        """Make the record of processing: what is kept, why, how long, and who gets it."""
        return Report(**asdict(self._reports.make()))


def _erasure(found: Proof) -> Erasure:
    return Erasure(**asdict(found))
