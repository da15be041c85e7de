"""The keys of the subjects, in a database of their own that no backup of the main one includes."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from contracts.errors import Expired
from store import once
from store.cipher import KEY_BYTES, Vault
from store.db import Database
from store.models import erased, row_versions, subject_keys

PSEUDONYM = 32
"""Hexadecimal digits of what stands for a subject's id in the trail, and is left of it."""

REMOVED = 2**31 - 1
"""The version of a row that is gone: none that it ever had is right again."""


class Noted(NamedTuple):
    """A version that a row of a subject's has reached."""

    credential_id: str
    subject_id: str
    version: int


@dataclass(frozen=True, slots=True)
class SubjectKeys:
    """A subject's key, None once it is erased, and the highest version noted of each row."""

    key: bytes | None = field(repr=False)
    versions: Mapping[str, int]


class Keystore:
    """Makes, gives out and erases subject keys, and counts the versions of the rows they seal."""

    def __init__(self, url: str, vault: Vault) -> None:
        self.database = Database(url)
        self._vault = vault

    def find_key(self, subject_id: str) -> bytes | None:
        """Return the subject's 32-byte key; None where there is none, or none any more."""
        with self.database.read() as connection:
            return self._find(connection, subject_id)

    def find_keys(self, subject_ids: Collection[str]) -> dict[str, bytes]:
        """Return the keys of those subjects that have one."""
        query = select(subject_keys).where(subject_keys.c.subject_id.in_(subject_ids))
        with self.database.read() as connection:
            return {
                row.subject_id: self._vault.unseal(context(row.subject_id), row.wrapped)
                for row in connection.execute(query)
            }

    def subject_key(self, subject_id: str) -> bytes:
        """Return the subject's key, made at the first use. Raises Expired: it was erased."""
        return self.find_key(subject_id) or self._make(subject_id)

    def make_keys(self, subject_ids: Sequence[str]) -> None:
        """Make the keys of many subjects at once, of whom none has one yet."""
        rows = [{"subject_id": each, "wrapped": self._new(each)} for each in subject_ids]
        if rows:
            with self.database.write() as connection:
                connection.execute(subject_keys.insert(), rows)

    def erase(self, subject_id: str) -> None:
        """Delete the subject's key: whatever it sealed, here or in a backup, is unreadable.

        It never gets another.
        """
        with self.database.write() as connection:
            once.add(connection, erased, {"pseudonym": pseudonym(self._vault, subject_id)})
            owned = row_versions.c.subject_id == subject_id
            connection.execute(row_versions.delete().where(owned))
            connection.execute(subject_keys.delete().where(subject_keys.c.subject_id == subject_id))
        self.database.truncate_log()

    def erased(self) -> Sequence[str]:
        """Return the pseudonym of every subject whose key was deleted."""
        with self.database.read() as connection:
            return connection.scalars(select(erased.c.pseudonym)).all()

    def among(self, erased: Iterable[str]) -> Sequence[str]:
        """Return the subjects that have a key although they were erased, by their pseudonyms."""
        known = set(erased)
        with self.database.read() as connection:
            ids = connection.scalars(select(subject_keys.c.subject_id)) if known else ()
            return [found for found in ids if pseudonym(self._vault, found) in known]

    def note(self, reached: Sequence[Noted]) -> None:
        """Remember which versions rows have reached; their counters never go back.

        Of a subject that was erased meanwhile nothing is remembered.
        """
        with self.database.write() as connection:
            gone = self._gone(connection, {each.subject_id for each in reached})
            rows = [each._asdict() for each in reached if each.subject_id not in gone]
            statement = once.insert(connection.dialect.name, row_versions)
            higher = statement.on_conflict_do_update(
                index_elements=[row_versions.c.credential_id],
                set_={"version": statement.excluded.version},
                where=row_versions.c.version < statement.excluded.version,
            )
            if rows:
                connection.execute(higher, rows)

    def behind(self, rows: Sequence[Noted]) -> Sequence[tuple[Noted, int]]:
        """Return which of these rows are older than what was noted of them, each with that."""
        by_id = {each.credential_id: each for each in rows}
        query = select(row_versions).where(row_versions.c.credential_id.in_(by_id))
        with self.database.read() as connection:
            found = [(by_id[row.credential_id], row.version) for row in connection.execute(query)]
        return [(each, noted) for each, noted in found if each.version < noted]

    def accept(self, rows: Sequence[Noted]) -> None:
        """Let rows of a backup count again, although they were newer once."""
        with self.database.write() as connection:
            for each in rows:
                mine = row_versions.c.credential_id == each.credential_id
                values = {"version": each.version}
                connection.execute(row_versions.update().where(mine).values(values))

    def subject(self, subject_id: str) -> SubjectKeys:
        """Return all that is kept for a subject, seen at one moment."""
        query = select(row_versions.c.credential_id, row_versions.c.version).where(
            row_versions.c.subject_id == subject_id
        )
        with self.database.read() as connection:
            versions = {row.credential_id: row.version for row in connection.execute(query)}
            return SubjectKeys(self._find(connection, subject_id), versions)

    def _make(self, subject_id: str) -> bytes:
        wrapped = self._new(subject_id)
        with self.database.write() as connection:
            if self._gone(connection, [subject_id]):
                raise Expired(detail=f"subject {subject_id} is erased")
            once.add(connection, subject_keys, {"subject_id": subject_id, "wrapped": wrapped})
            key = self._find(connection, subject_id)
        if key is None:
            raise RuntimeError("the subject key that was just made is not there")
        return key

    def _new(self, subject_id: str) -> bytes:
        return self._vault.seal(context(subject_id), os.urandom(KEY_BYTES))

    def _gone(self, connection: Connection, subject_ids: Iterable[str]) -> set[str]:
        """Return which of these subjects were erased."""
        by_pseudonym = {pseudonym(self._vault, each): each for each in subject_ids}
        query = select(erased.c.pseudonym).where(erased.c.pseudonym.in_(by_pseudonym))
        return {by_pseudonym[found] for found in connection.scalars(query)}

    def _find(self, connection: Connection, subject_id: str) -> bytes | None:
        wrapped = connection.execute(_WRAPPED, {"subject_id": subject_id}).scalar()
        return None if wrapped is None else self._vault.unseal(context(subject_id), wrapped)


_WRAPPED = select(subject_keys.c.wrapped).where(
    subject_keys.c.subject_id == bindparam("subject_id")
)


def pseudonym(vault: Vault, subject_id: str) -> str:
    """Return what stands for a subject in the trail: it can be compared, and read by nobody."""
    return vault.digest("erased", subject_id)[:PSEUDONYM]


def context(subject_id: str) -> str:
    """Return where the key of a subject is stored, which it is sealed for."""
    return f"subject_keys|{subject_id}"
