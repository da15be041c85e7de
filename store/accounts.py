"""The people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, or_, select

from contracts.errors import BadRequest, Conflict
from contracts.factor import Subject
from contracts.text import Text
from store import once
from store.credentials import Credentials
from store.endings import Endings
from store.grants import COLUMNS, Grant, read_grant
from store.handles import new_id
from store.keystore import pseudonym
from store.models import Instant, accounts, grants
from store.work import Work

USERNAME_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Account:
    """A person; a disabled one cannot log in and has no session.

    `language` is a BCP 47 tag, the one they were last seen with. At `erase_at` they are forgotten;
    until then they may log in to be kept, and do nothing else.
    """

    id: str
    username: str
    email: str | None
    created_at: datetime
    disabled_at: datetime | None
    language: str | None = None
    erase_at: datetime | None = None

    @property
    def subject(self) -> Subject:
        """Return what factors hear of the person."""
        return Subject(self.id, self.username, self.email, self.language or "")

    @property
    def active(self) -> bool:
        """Tell whether anything is done for the person."""
        return self.admitted and self.erase_at is None

    @property
    def admitted(self) -> bool:
        """Tell whether the person may log in, if only to be kept."""
        return self.disabled_at is None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts: whose username holds a part, who are kept out, who are to be erased.

    False chooses those who are not; None, either.
    """

    part: str = ""
    disabled: bool | None = None
    leaving: bool | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """What a person let a client have, and that person."""

    grant: Grant
    account: Account


class Accounts:
    """Keeps accounts; usernames compare by NFKC and case folding."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(
        self, username: str, email: str | None = None, account_id: str | None = None
    ) -> Account:
        """Make an account. Raises Conflict where the name is taken, BadRequest where unfit."""
        account = Account(account_id or new_id(), fit(username), email, self._work.now(), None)
        values = {name: getattr(account, name) for name in Account.__dataclass_fields__}
        values["pseudonym"] = pseudonym(self._work.vault, account.id)
        if not once.add(self._work.connection, accounts, values):
            raise Conflict(Text("This username is taken."))
        return account

    def find(self, username: str) -> Account | None:
        """Return the account of a username, disabled or not."""
        name = normalized(username)
        return self._one(accounts.c.username == name) if _fits(name) else None

    def whose(self, username: str) -> Account | None:
        """Do as `find` does and read somebody's row in any case, so that time does not tell."""
        name = normalized(username)
        somebody = select(accounts.c.id).limit(1).scalar_subquery()
        theirs = accounts.c.username == (name if _fits(name) else "")
        either = _WHOLE.where(or_(theirs, accounts.c.id == somebody))
        row = self._work.connection.execute(either.order_by(theirs.desc()).limit(1)).first()
        found = None if row is None else _account(row)
        return found if found and found.username == name else None

    def get(self, account_id: str) -> Account | None:
        """Return the account of an id, disabled or not."""
        return self._one(accounts.c.id == account_id)

    def at(self, address: str) -> Sequence[Account]:
        """Return whose an address is: who showed that it is theirs, or of whom an operator says it.

        Operators' spelling may differ in case.
        """
        mine = accounts.c.email.in_({address, address.casefold()})
        shown = accounts.c.id.in_(Credentials(self._work).reached(address))
        rows = self._work.connection.execute(_WHOLE.where(or_(mine, shown)))
        return [_account(row) for row in rows]

    def behind(self, grant_id: str) -> Granted | None:
        """Return a grant that lives and the account behind it, which may log in."""
        values = {"id": grant_id, "now": self._work.now()}
        row = self._work.connection.execute(_BEHIND, values).one_or_none()
        if row is None:
            return None
        person = {name: row._mapping[_OF_PERSON + name] for name in Account.__dataclass_fields__}
        return Granted(read_grant(row._mapping), Account(**person))

    def set_disabled(self, account_id: str, disabled: bool) -> bool:
        """Disable or enable; disabling ends every session and revokes every grant."""
        values = {"disabled_at": self._work.now() if disabled else None}
        row = once.change(self._work.connection, accounts, values, accounts.c.id == account_id)
        if disabled:
            Endings(self._work).account(account_id)
        return row is not None

    def hold(self, account_id: str) -> None:
        """Let nobody else change what this account holds until the transaction ends."""
        mine = accounts.c.id == account_id
        once.change(self._work.connection, accounts, {"id": account_id}, mine)

    def set_email(self, account_id: str, email: str | None) -> None:
        """Write down the address that an operator has of a person."""
        mine = accounts.c.id == account_id
        once.change(self._work.connection, accounts, {"email": email}, mine)

    def speaks(self, account_id: str, language: str) -> None:
        """Note the language a person was last seen with."""
        mine = accounts.c.id == account_id
        once.change(self._work.connection, accounts, {"language": language}, mine)

    def list(self) -> Sequence[Account]:
        """Return every account, by username."""
        rows = self._work.connection.execute(_WHOLE.order_by(accounts.c.username))
        return [_account(row) for row in rows]

    def names(self, account_ids: Iterable[str]) -> Mapping[str, str]:
        """Return the usernames of those of these accounts that are still there."""
        query = select(accounts.c.id, accounts.c.username).where(accounts.c.id.in_([*account_ids]))
        return {row.id: row.username for row in self._work.connection.execute(query)}

    def search(self, wanted: Wanted, *, after: str, limit: int) -> Sequence[Account]:
        """Return some of the accounts that are wanted, by username, beginning `after` one."""
        query = _WHOLE.where(accounts.c.username > after, *_conditions(wanted))
        rows = self._work.connection.execute(query.order_by(accounts.c.username).limit(limit))
        return [_account(row) for row in rows]

    def _one(self, condition: ColumnElement[bool]) -> Account | None:
        row = self._work.connection.execute(_WHOLE.where(condition)).one_or_none()
        return None if row is None else _account(row)


def normalized(username: str) -> str:
    """Return the form under which a username is stored and found."""
    folded = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def fit(username: str) -> str:
    """Return the normal form of a username. Raises BadRequest where it cannot be one."""
    name = normalized(username)
    if not _fits(name):
        raise BadRequest(Text("This username cannot be used."))
    return name


def _fits(name: str) -> bool:
    return 0 < len(name) <= USERNAME_LENGTH and name.isprintable()


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.part:
        yield accounts.c.username.contains(normalized(wanted.part), autoescape=True)
    for chosen, moment in (
        (wanted.disabled, accounts.c.disabled_at),
        (wanted.leaving, accounts.c.erase_at),
    ):
        if chosen is not None:
            yield moment.is_not(None) if chosen else moment.is_(None)


def _account(row: Row[Any]) -> Account:
    return Account(**row._mapping)


_WHOLE = select(*(accounts.c[name] for name in Account.__dataclass_fields__))
_OF_PERSON = "person_"
_PERSON = [accounts.c[name].label(_OF_PERSON + name) for name in Account.__dataclass_fields__]
_BEHIND = (
    select(*COLUMNS, *_PERSON)
    .join_from(grants, accounts)
    .where(
        grants.c.id == bindparam("id"),
        grants.c.revoked_at.is_(None),
        grants.c.expires_at > bindparam("now", type_=Instant),
        accounts.c.disabled_at.is_(None),
        accounts.c.erase_at.is_(None),
    )
)
