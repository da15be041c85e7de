"""Types that an operator declares with a resource: the members they have, and what each may say."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.text import Text, as_it_is
from gateway.oidc.resources.types.type import Detail, Shown
from gateway.oidc.resources.visible import pieces

LONGEST = 200
MOST = 20
NAME = re.compile(r"[A-Za-z0-9._:/-]{1,64}")
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
CURRENCY = re.compile(r"[A-Z]{3}")

COMMON = {
    "locations": Text("Where"),
    "actions": Text("Actions"),
    "datatypes": Text("Kinds of data"),
    "identifier": Text("For"),
    "privileges": Text("Privileges"),
}
"""The members that any type may have (RFC 9396, section 2.2); all but one are lists of texts."""


class Member(BaseModel):
    """What one member may say: a text, a list of texts, a whole number, or an amount of money."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["text", "texts", "number", "amount"] | None = None
    label: str = Field("", max_length=64)
    required: bool = False
    values: tuple[str, ...] = ()
    """The only texts it may hold; any where empty."""


class Declaration(BaseModel):
    """A type: its title in the words of the operator, and its members."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=100)
    members: dict[str, Member] = Field(max_length=MOST)


def declarations(sent: dict[str, Any]) -> dict[str, Any]:
    """Return types as they are stored, checked. Raises ValueError with the first fault."""
    if not all(NAME.fullmatch(name) for name in sent):
        raise ValueError("The name of a type is up to 64 letters, digits and . _ : / -")
    try:
        read = {name: Declaration.model_validate(found) for name, found in sent.items()}
    except ValidationError as error:
        fault = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from error
    return {name: found.model_dump(mode="json") for name, found in read.items()}


class Declared:
    """Validates and shows the objects of one declared type."""

    def __init__(self, name: str, declaration: dict[str, Any]) -> None:
        self.name = name
        self._declaration = Declaration.model_validate(declaration)

    def check(self, detail: Detail) -> None:
        """Raise ValueError for an unknown, missing or ill-formed member (RFC 9396, section 5)."""
        members = self._declaration.members
        if not set(detail) <= {"type", *members}:
            raise ValueError("An authorization detail has an unknown member.")
        if any(member.required and name not in detail for name, member in members.items()):
            raise ValueError("An authorization detail lacks a member.")
        for name, member in members.items():
            if name in detail and not _holds(_kind(name, member), member, detail[name]):
                raise ValueError("A member of an authorization detail has an invalid value.")

    def shown(self, detail: Detail) -> Shown:
        """Return its members in the order in which they were declared."""
        rows = (
            (_label(name, member), pieces(_words(detail[name])))
            for name, member in self._declaration.members.items()
            if name in detail
        )
        return Shown(as_it_is(self._declaration.title), tuple(rows))

    def kept(self, detail: Detail) -> dict[str, Any]:
        """Return it as it is."""
        return dict(detail)


def _kind(name: str, member: Member) -> str:
    return member.kind or ("texts" if name in COMMON and name != "identifier" else "text")


def _label(name: str, member: Member) -> Text:
    own = as_it_is(member.label or name)
    return own if member.label else COMMON.get(name, own)


def _holds(kind: str, member: Member, value: object) -> bool:
    match kind:
        case "texts":
            return isinstance(value, list) and 0 < len(value) <= MOST and _texts(member, value)
        case "number":
            return type(value) is int and 0 <= value < 10**12
        case "amount":
            return isinstance(value, dict) and _amount(value)
    return _texts(member, [value])


def _texts(member: Member, values: list[object]) -> bool:
    return all(
        isinstance(value, str)
        and 0 < len(value) <= LONGEST
        and not any(character < " " or character == "\x7f" for character in value)
        and (not member.values or value in member.values)
        for value in values
    )


def _amount(value: dict[str, object]) -> bool:
    currency, amount = str(value.get("currency")), str(value.get("amount"))
    strings = all(isinstance(part, str) for part in value.values())
    well_formed = CURRENCY.fullmatch(currency) and AMOUNT.fullmatch(amount)
    return set(value) == {"currency", "amount"} and strings and bool(well_formed)


def _words(value: Any) -> str:  # noqa: ANN401 - whatever was sent and checked
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value['amount']} {value['currency']}" if isinstance(value, dict) else str(value)
