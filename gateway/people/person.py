"""One person whom an operator adds, with what is already known of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from contracts.abilities import Adoptable, HashAdoptable
from contracts.errors import BadRequest, Conflict, Retry
from contracts.factor import Factor, Template
from contracts.text import Text, as_it_is
from store import Transaction
from store.accounts import fit

VALUES = {"password": ("password",), "totp": ("totp_secret",), "otp": ("email", "phone")}
"""Which factor takes over which of a person's values; the operator vouches for the addresses."""

HASHES = {"password": ("password_hash",)}
FACTOR_OF = {name: by for held in (VALUES, HASHES) for by, names in held.items() for name in names}

TAKEN = Text("There is an account of this name already.")


class Taken(Conflict):
    """Somebody has the name."""

    public = TAKEN


class Person(BaseModel):
    """What is known of a person; an address that nobody has verified is not taken over."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    username: str
    email: str | None = Field(None, pattern="@")
    email_verified: bool = True
    phone: str | None = Field(None, pattern="^[^@]+$")
    password: str | None = Field(None, repr=False)
    password_hash: str | None = Field(None, repr=False)
    totp_secret: str | None = Field(None, repr=False)

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if self.password is not None and self.password_hash is not None:
            raise ValueError("give a password or its hash, not both")
        return self

    def known(self, name: str) -> str | None:
        """Return one of the values, where it may be taken over."""
        unverified = name == "email" and not self.email_verified
        return None if unverified else getattr(self, name)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A person whose values the factors have accepted; the address as it is written to."""

    username: str
    email: str | None
    templates: tuple[tuple[str, Template], ...]


def read(fields: Mapping[str, Any]) -> Person:
    """Read what a line or an option says. Raises BadRequest without the values themselves."""
    try:
        return Person(**fields)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        place = "".join(f"{part}: " for part in problem["loc"])
        raise BadRequest(as_it_is(place + problem["msg"].removeprefix("Value error, "))) from None


def prepare(person: Person, factors: Mapping[str, Factor]) -> Prepared:
    """Let the factors take over what is known. Raises BadRequest with the factor's own words."""
    username = fit(person.username)
    templates = dict(_adopted(person, factors))
    email = templates["email"].address if "email" in templates else None
    return Prepared(
        username, email, tuple((FACTOR_OF[name], templates[name]) for name in templates)
    )


def add(tx: Transaction, prepared: Prepared, account_id: str | None = None) -> str:
    """Store the account and its credentials; return the account's id.

    Raises Taken before anything is stored.
    """
    if tx.accounts.find(prepared.username) is not None:
        raise Taken
    account = tx.accounts.add(prepared.username, prepared.email, account_id)
    for factor, template in prepared.templates:
        tx.credentials.add(account.id, factor, template)
    tx.audit.add("account.added", account_id=account.id)
    return account.id


def _adopted(person: Person, factors: Mapping[str, Factor]) -> Iterator[tuple[str, Template]]:
    for name in FACTOR_OF:
        value = person.known(name)
        if value is not None:
            yield name, _adopt(factors, name, value)


def _adopt(factors: Mapping[str, Factor], name: str, value: str) -> Template:
    factor = FACTOR_OF[name]
    if factor not in factors:
        raise BadRequest(Text("The factor %(name)s is switched off here.", {"name": factor}))
    try:
        if name in HASHES.get(factor, ()):
            return cast(HashAdoptable, factors[factor]).adopt_hash(value)
        return cast(Adoptable, factors[factor]).adopt(value)
    except Retry as error:
        raise BadRequest(error.public, detail=error.detail) from error
