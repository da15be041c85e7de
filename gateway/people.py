"""Adding people, as an operator does it: an account with what is already known of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.errors import BadRequest, Conflict, GatehouseError, Retry
from contracts.factor import Adoptable, Factor, Template
from contracts.text import Text
from store import Store, Transaction

ADOPTED = {"password": "password", "totp_secret": "totp", "email": "otp"}
"""Which factor takes over which of a person's values; the operator vouches for the address."""

TAKEN = Text("There is an account of this name already.")


class Person(BaseModel):
    """One line of an import."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    username: str
    email: str | None = None
    password: str | None = Field(None, repr=False)
    totp_secret: str | None = Field(None, repr=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A person whose values the factors have accepted."""

    person: Person
    templates: tuple[tuple[str, Template], ...]


def prepare(person: Person, factors: Mapping[str, Factor]) -> Prepared:
    """Let the factors take over what is known. Raises BadRequest with the factor's own words."""
    given = {name: getattr(person, name) for name in ADOPTED}
    templates = tuple(
        (ADOPTED[name], _adopt(factors, ADOPTED[name], value))
        for name, value in given.items()
        if value is not None
    )
    return Prepared(person, templates)


def _adopt(factors: Mapping[str, Factor], name: str, value: str) -> Template:
    if name not in factors:
        raise BadRequest(Text("The factor %(name)s is switched off here.", {"name": name}))
    try:
        return cast(Adoptable, factors[name]).adopt(value)
    except Retry as error:
        raise BadRequest(error.public, detail=error.detail) from error


def add(tx: Transaction, prepared: Prepared) -> str:
    """Store the account and its credentials; return the account's id. Raises Conflict."""
    person = prepared.person
    if tx.accounts.find(person.username) is not None:
        raise Conflict(TAKEN)
    account = tx.accounts.add(person.username, person.email)
    for factor, template in prepared.templates:
        tx.credentials.add(account.id, factor, template)
    tx.audit.add("account.added", account_id=account.id)
    return account.id


def import_people(store: Store, factors: Mapping[str, Factor], lines: Iterable[str]) -> int:
    """Add everybody or, where a single line is wrong, nobody. Raises BadRequest naming the line."""
    everybody = [(number, _read(number, line, factors)) for number, line in _numbered(lines)]
    with store.write() as tx:
        for number, prepared in everybody:
            try:
                add(tx, prepared)
            except GatehouseError as error:
                raise _refused(number, str(error.public)) from error
    return len(everybody)


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _read(number: int, line: str, factors: Mapping[str, Factor]) -> Prepared:
    try:
        return prepare(Person.model_validate_json(line), factors)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        place = "".join(f"{part}: " for part in problem["loc"])
        raise _refused(number, place + problem["msg"]) from None
    except GatehouseError as error:
        raise _refused(number, str(error.public)) from error


def _refused(number: int, why: str) -> BadRequest:
    message = "Line %(number)d: %(why)s. Nothing was imported."
    return BadRequest(Text(message, {"number": number, "why": why.rstrip(".")}))
