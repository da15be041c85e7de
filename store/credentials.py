"""One table of credentials for all factors; the payload belongs to the factor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, literal, select

from contracts.errors import Conflict
from contracts.factor import Enrolled, Template
from contracts.text import Text
from store import cipher, once
from store.audit import Audit
from store.credential import Credential, Place, of, opened, template_seed, usable
from store.handles import new_id
from store.keystore import REMOVED, Noted
from store.models import Instant, credentials
from store.work import Work

LABEL_LENGTH = 128
SOURCE_LENGTH = 64
ANY = 2**31 - 1


class Credentials:
    """Keeps templates, sealed under the key of their subject."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(
        self, account_id: str, factor: str, template: Template, *, virtual: bool = False
    ) -> str:
        """Store a new credential and return its id. Raises Conflict where `unique` exists."""
        place = Place(account_id, factor, template.format, new_id(), 1)
        row = {
            **self._row(place, template),
            "unique_hash": self._unique(factor, template.unique),
            "address_hash": self._address(template.address),
            "virtual": virtual,
        }
        if not once.add(self._work.connection, credentials, row):
            raise Conflict(Text("This is already enrolled."))
        self._note(place)
        self._record("credential.bound", place.account_id, place.credential_id, factor)
        return place.credential_id

    def enrolled(
        self, account_id: str, factor: str, *, failures_below: int = ANY, disabled: bool = False
    ) -> Sequence[Enrolled]:
        """Return the usable credentials of a factor, decrypted. Raises Tampered.

        `disabled`, those too that are.
        """
        query = select(credentials).where(
            of(account_id, factor),
            usable(disabled),
            self._in_time(),
            credentials.c.failures < failures_below,
        )
        # Versions are noted after rows, so they are read before them: no honest row is behind.
        keys = self._work.keystore.subject(account_id)
        with self._work.latest() as connection:
            rows = connection.execute(
                query.order_by(credentials.c.created_at, credentials.c.id)
            ).all()
        return opened(account_id, rows, keys) if rows else []

    def seed(self, account_id: str, factor: str) -> bytes:
        """Return what protects the templates of a subject's new credentials; see `Enrolled`."""
        return template_seed(self._work.keystore.subject_key(account_id), factor)

    def owner(self, factor: str, unique: str) -> str | None:
        """Return the account whose usable credential has this public identifier."""
        query = select(credentials.c.account_id).where(
            credentials.c.factor == factor,
            credentials.c.unique_hash == self._unique(factor, unique),
            credentials.c.disabled_at.is_(None),
            self._in_time(),
        )
        return self._work.connection.execute(query).scalar_one_or_none()

    def exists(self, factor: str, unique: str) -> bool:
        """Tell whether anybody has this public identifier, usable or not."""
        of = credentials.c.unique_hash == self._unique(factor, unique)
        query = select(credentials.c.id).where(credentials.c.factor == factor, of)
        return self._work.connection.execute(query).first() is not None

    def reached(self, address: str) -> Sequence[str]:
        """Return the accounts whose owners messages to an address reach."""
        mine = credentials.c.address_hash == self._address(address)
        query = select(credentials.c.account_id).where(mine).distinct()
        return self._work.connection.scalars(query).all()

    def unaddressed(self, factor: str, after: str, limit: int) -> list[tuple[str, str]]:
        """Return credentials without an address and their accounts, by id and after this one."""
        unknown = credentials.c.address_hash.is_(None) & (credentials.c.id > after)
        query = select(credentials.c.id, credentials.c.account_id).where(
            credentials.c.factor == factor, unknown
        )
        rows = self._work.connection.execute(query.order_by(credentials.c.id).limit(limit))
        return [(row.id, row.account_id) for row in rows]

    def held(self, factor: str, after: str, limit: int) -> list[tuple[str, str]]:
        """Return credentials of a factor, disabled or not, and their accounts, by id after this."""
        query = select(credentials.c.id, credentials.c.account_id).where(
            credentials.c.factor == factor, credentials.c.id > after, self._in_time()
        )
        rows = self._work.connection.execute(query.order_by(credentials.c.id).limit(limit))
        return [(row.id, row.account_id) for row in rows]

    def count(self, factor: str) -> int:
        """Count what `held` returns of a factor."""
        query = select(func.count()).where(credentials.c.factor == factor, self._in_time())
        return self._work.connection.execute(query).scalar_one()

    def set_address(self, credential_id: str, address: str) -> None:
        """Note where messages reach the owner of a credential."""
        hashed = {"address_hash": self._address(address)}
        self._change(hashed, credentials.c.id == credential_id)

    def anyone(self, factor: str) -> str | None:
        """Return some account that can use this factor, None where nobody can."""
        query = select(credentials.c.account_id).where(credentials.c.factor == factor, usable())
        return self._work.connection.execute(query.limit(1)).scalar_one_or_none()

    def replace_template(
        self,
        enrolled: Enrolled,
        account_id: str,
        factor: str,
        new: bytes,
        *,
        disabled: bool = False,
    ) -> bool:
        """Write a new template if the row is still at the version that was read.

        One that is disabled, or was meanwhile, stays as it is unless `disabled` are written too.
        """
        version = enrolled.version + 1
        place = Place(account_id, factor, enrolled.format, enrolled.credential_id, version)
        row = once.change(
            self._work.connection,
            credentials,
            {"template": self._seal(place, new), "version": version},
            credentials.c.id == enrolled.credential_id,
            of(account_id, factor),
            credentials.c.version == enrolled.version,
            usable(disabled),
        )
        if row is not None:
            self._note(place)
        return row is not None

    def used(self, credential_id: str, source: str = "") -> None:
        """Note a success from an address: the failures in a row are over."""
        place = {"last_used_from": source[:SOURCE_LENGTH] or None}
        values = {"last_used_at": self._work.now(), "failures": 0, **place}
        self._change(values, credentials.c.id == credential_id)

    def failed(self, credential_id: str, disable_at: int) -> bool:
        """Count a failure; disable the credential at so many in a row. True once it is disabled."""
        failures = credentials.c.failures + 1
        disabled_at = case(
            (failures >= disable_at, literal(self._work.now(), Instant)),
            else_=credentials.c.disabled_at,
        )
        values = {"failures": failures, "disabled_at": disabled_at}
        row = self._change(values, credentials.c.id == credential_id)
        return row is not None and row.disabled_at is not None

    def forgive(self, account_id: str, factor: str) -> None:
        """Forget the failures in a row of a factor's usable credentials."""
        statement = credentials.update().where(of(account_id, factor), usable())
        self._work.connection.execute(statement.values(failures=0))

    def rename(self, credential_id: str, account_id: str, label: str) -> bool:
        """Give one credential of the account another label."""
        mine = credentials.c.account_id == account_id
        values = {"label": label[:LABEL_LENGTH]}
        return self._change(values, credentials.c.id == credential_id, mine) is not None

    def remove(self, credential_id: str, account_id: str) -> bool:
        """Remove one credential of the account."""
        mine = credentials.c.account_id == account_id
        return bool(self._remove(credentials.c.id == credential_id, mine))

    def remove_factor(self, account_id: str, factor: str) -> int:
        """Remove all credentials of a factor; return how many there were."""
        return self._remove(of(account_id, factor))

    def expire(self, now: datetime) -> int:
        """Remove every credential whose time is over; return how many there were."""
        return self._remove(credentials.c.expires_at <= now)

    def list(self, account_id: str) -> Sequence[Credential]:
        """Return what may be shown of the account's credentials, oldest first."""
        columns = [credentials.c[name] for name in Credential.__dataclass_fields__]
        query = select(*columns).where(credentials.c.account_id == account_id, self._in_time())
        rows = self._work.connection.execute(query.order_by(credentials.c.created_at))
        return [Credential(**row._mapping) for row in rows]

    def _row(self, place: Place, template: Template) -> dict[str, Any]:
        return {
            "id": place.credential_id,
            "account_id": place.account_id,
            "factor": place.factor,
            "format": place.format,
            "label": template.label[:LABEL_LENGTH],
            "template": self._seal(place, template.data),
            "version": place.version,
            "failures": 0,
            "created_at": self._work.now(),
            "expires_at": template.expires_at,
        }

    def _in_time(self) -> ColumnElement[bool]:
        ends = credentials.c.expires_at
        return ends.is_(None) | (ends > self._work.now())

    def _seal(self, place: Place, data: bytes) -> bytes:
        return cipher.seal(self._work.keystore.subject_key(place.account_id), data, place.aad())

    def _unique(self, factor: str, unique: str | None) -> str | None:
        return None if unique is None else self._work.vault.digest(f"unique {factor}", unique)

    def _address(self, address: str | None) -> str | None:
        return None if address is None else self._work.vault.digest("address", address.casefold())

    def _note(self, place: Place) -> None:
        self._work.note(Noted(place.credential_id, place.account_id, place.version))

    def _remove(self, *where: ColumnElement[bool]) -> int:
        statement = credentials.delete().where(*where).returning(*credentials.c)
        rows = self._work.connection.execute(statement).all()
        for row in rows:
            self._work.note(Noted(row.id, row.account_id, REMOVED))
            self._record("credential.unbound", row.account_id, row.id, row.factor)
        return len(rows)

    def _record(self, event: str, account_id: str, credential_id: str, factor: str) -> None:
        """Keep a record of every authenticator ever bound (SP 800-63B-4, 4.1), whoever did it."""
        detail = {"credential": credential_id, "factor": factor}
        Audit(self._work).add(event, account_id=account_id, detail=detail)

    def _change(self, values: dict[str, Any], *where: ColumnElement[bool]) -> Row[Any] | None:
        return once.change(self._work.connection, credentials, values, *where)
