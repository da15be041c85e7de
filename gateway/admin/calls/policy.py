"""Policy: which factors are on, how long things live, how often things may be tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr, ValidationError

from contracts.errors import BadRequest, Conflict
from contracts.text import Text, as_it_is
from gateway.admin.actor import Actor
from gateway.admin.operation import CHANGED, Model, Nothing, Paged, RowVersion, operation
from gateway.admin.roles import Role, at_least
from gateway.admin.soundness import Draft, stranded, unsound
from gateway.admin.tools import Tools
from gateway.settings import Policy as Governed
from gateway.settings import Settings
from store import Transaction
from store.policies import Policy as Version

Value = StrictBool | StrictInt | StrictStr | list[StrictStr]
ADMIN = at_least(Role.ADMIN)
SCHEMA = Governed.model_json_schema()["properties"]

NO_SETTING = Text("There is no such setting, or it is not for admins to change.")
STRANDED = (
    "factors_off: %(count)d people would have no way left to begin a login. "
    "Say `strand` where that is meant."
)


class Setting(Model):
    """A setting, and where its value comes from; `environment` is what holds without admins."""

    name: str
    meaning: str
    value: Value
    origin: Literal["shipped", "environment", "admin"]
    environment: Value
    kind: str
    minimum: int | None
    maximum: int | None
    choices: list[str]


class Shown(Model):
    """All that admins may set; `version` is sent along with a change."""

    version: int
    settings: list[Setting]


class Proposed(Model):
    """All that admins set; what is not named is as the environment says."""

    values: dict[Annotated[str, Field(max_length=64)], Value] = Field(
        max_length=len(SCHEMA), description="Every setting that overrules the environment"
    )
    strand: bool = Field(
        False, description="Go on although people are left with no way to begin a login"
    )


class Put(Proposed):
    """All that admins set, in the place of what they had set before."""

    version: RowVersion = Field(
        ge=0, description="The version that was looked at; 0 where there was none"
    )


class Change(Model):
    """A setting before and after."""

    name: str
    before: Value
    after: Value


class Preview(Model):
    """What would change; `stranded` people could no longer begin a login."""

    changes: list[Change]
    stranded: int


class Edit(Model):
    """What one version sets otherwise than the one before; null: as the environment says."""

    name: str
    before: Value | None
    after: Value | None


class Edition(Model):
    """One version of the policy."""

    version: int
    changed_at: datetime
    changed_by: str
    username: str | None
    edits: list[Edit]


class Past(Paged):
    """Which versions."""

    after: str = Field(
        "", pattern=r"^[0-9]{0,9}$", description="`next` of the page before; empty: the newest"
    )


class History(Model):
    """Some versions, the newest first; `next` begins the next page, empty where there is none."""

    versions: list[Edition]
    next: str


class Policy:
    """What can be done with the policy."""

    def __init__(self, tools: Tools) -> None:
        self._environment = tools.settings.environment
        self._store = tools.store
        self._factors = tools.known_factors

    @operation("GET", "/policy")
    def get(self, actor: Actor, nothing: Nothing) -> Shown:
        """Show every setting that admins may change, where it comes from, and its bounds."""
        with self._store.read() as tx:
            return self._shown(tx.policies.newest())

    @operation("POST", "/policy/preview", roles=ADMIN)
    def preview(self, actor: Actor, proposed: Proposed) -> Preview:
        """Say what a policy would change, and for how many people, and change nothing."""
        with self._store.read() as tx:
            draft = self._draft(tx, proposed)
            alone = stranded(tx, draft, self._factors)
        return Preview(changes=_changes(draft), stranded=alone)

    @operation("PUT", "/policy", roles=ADMIN, fresh=True)
    def put(self, actor: Actor, put: Put) -> Shown:
        """Set the policy; it holds everywhere within seconds."""
        with self._store.write() as tx:
            draft = self._draft(tx, put)
            if not put.strand and (alone := stranded(tx, draft, self._factors)):
                raise BadRequest(Text(STRANDED, {"count": alone}))
            values = {name: _plain(draft.then, name) for name in put.values}
            if not tx.policies.change(values, actor.id, put.version):
                raise Conflict(CHANGED)
            changed = {each.name: [each.before, each.after] for each in _changes(draft)}
            tx.audit.add("policy.changed", detail={"changes": changed})
            return self._shown(tx.policies.newest())

    @operation("GET", "/policy/history")
    def history(self, actor: Actor, page: Past) -> History:
        """List who changed the policy, when and how, the newest first."""
        before = int(page.after) if page.after else None
        with self._store.read() as tx:
            found = tx.policies.list(page.limit + 1, before)
        versions = _editions(found)[: page.limit]
        more = len(found) > page.limit
        return History(versions=versions, next=str(versions[-1].version) if more else "")

    def _draft(self, tx: Transaction, proposed: Proposed) -> Draft:
        """Read what is proposed, whole. Raises BadRequest naming the setting and the reason."""
        now = _now(tx, self._environment)
        draft = Draft(now, self._read(proposed.values), proposed.values.keys())
        if (why := unsound(tx, draft, self._factors)) is not None:
            raise BadRequest(why)
        return draft

    def _read(self, values: Mapping[str, Value]) -> Settings:
        for name in values:
            if name not in SCHEMA:
                raise BadRequest(as_it_is(f"{name[:64]}: {NO_SETTING}"))
        try:
            return self._environment.overruled(values)
        except ValidationError as error:
            problem = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(map(str, problem["loc"]))
            reason = problem["msg"].removeprefix("Value error, ")
            raise BadRequest(as_it_is(f"{place}: {reason}" if place else reason)) from None

    def _shown(self, newest: Version | None) -> Shown:
        values = newest.settings if newest else {}
        version = newest.version if newest else 0
        return Shown(version=version, settings=[self._setting(name, values) for name in SCHEMA])

    def _setting(self, name: str, values: Mapping[str, Any]) -> Setting:
        schema = SCHEMA[name]
        given = _plain(self._environment, name)
        own = "environment" if name in self._environment.model_fields_set else "shipped"
        return Setting(
            name=name,
            meaning=schema["description"],
            value=values.get(name, given),
            origin="admin" if name in values else own,
            environment=given,
            kind=schema["type"],
            minimum=schema.get("minimum"),
            maximum=schema.get("maximum"),
            choices=schema.get("enum", []),
        )


def _now(tx: Transaction, environment: Settings) -> Settings:
    """Return what holds now; a policy that does not fit any more holds nowhere."""
    newest = tx.policies.newest()
    try:
        return environment.overruled(newest.settings) if newest else environment
    except ValidationError:
        return environment


def _changes(draft: Draft) -> list[Change]:
    both = ((name, _plain(draft.now, name), _plain(draft.then, name)) for name in SCHEMA)
    return [Change(name=name, before=was, after=is_) for name, was, is_ in both if was != is_]


def _editions(found: Sequence[Version]) -> list[Edition]:
    """Return each version with what it changed; the first of all changed the environment's."""
    before = [each.settings for each in found[1:]] + [{}]
    return [_edition(each, old) for each, old in zip(found, before, strict=False)]


def _edition(version: Version, old: Mapping[str, Any]) -> Edition:
    new = version.settings
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return Edition(
        version=version.version,
        changed_at=version.changed_at,
        changed_by=version.changed_by,
        username=version.username,
        edits=[Edit(name=name, before=old.get(name), after=new.get(name)) for name in names],
    )


def _plain(settings: Settings, name: str) -> Value:
    """Return a setting as JSON has it."""
    value = getattr(settings, name)
    return list(value) if isinstance(value, tuple) else value
