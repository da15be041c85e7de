"""What is kept of people's bodies: protected anew, or put back to what was enrolled."""

from __future__ import annotations

from pydantic import Field

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.admin.actor import Actor
from gateway.admin.calls.person import Id, Who, account
from gateway.admin.operation import Model, operation
from gateway.admin.rank import check_rank
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from gateway.biometric_templates import Templates as Changing
from gateway.biometric_templates import Work

NOTHING = Text("There is nothing of this kind to change.")


class Measured(Who):
    """What was measured of a person."""

    factor: Id = Field(description="`id` of the factor")


class Changed(Model):
    """Whose template was changed."""

    person: str
    factor: str


class Templates:
    """What can be done with templates; nobody has to be captured anew."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        self._changing = Changing(tools.store, tools.known_factors)

    @operation(
        "POST",
        "/people/{person}/factors/{factor}/reissue",
        roles=at_least(Role.ADMIN),
        fresh=True,
    )
    def reissue(self, actor: Actor, measured: Measured) -> Changed:
        """Protect a template anew: nothing but the person's key links it to the one before."""
        return self._change(actor, measured, Work.REISSUE)

    @operation("POST", "/people/{person}/factors/{factor}/revert", roles=at_least(Role.OPERATOR))
    def revert(self, actor: Actor, measured: Measured) -> Changed:
        """Forget what a template has learnt since it was enrolled."""
        return self._change(actor, measured, Work.REVERT)

    def _change(self, actor: Actor, measured: Measured, work: Work) -> Changed:
        check_rank(self._store, actor, measured.person, _name(work))
        with self._store.read() as tx:
            account(tx, measured.person)
        if not self._changing.change(work, measured.person, measured.factor):
            raise BadRequest(NOTHING)
        return Changed(person=measured.person, factor=measured.factor)


def _name(work: Work) -> str:
    return "templates.reissue" if work is Work.REISSUE else "templates.revert"
