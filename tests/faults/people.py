"""What must be true of the people in a database, whatever happened to the processes."""

from __future__ import annotations

from sqlalchemy import select

from store import Store
from store.models import accounts, credentials, enrolments, row_versions, subject_keys, tickets


def check(store: Store) -> None:
    """No person is half there, and no secret is left of one who is not."""
    with store.database.read() as connection:
        people = set(connection.execute(select(accounts.c.id)).scalars())
        held = connection.execute(select(credentials.c.account_id, credentials.c.factor)).all()
        invited = {
            account_id
            for table in (tickets, enrolments)
            for account_id in connection.execute(select(table.c.account_id)).scalars()
        }
    assert {row.account_id for row in held} <= people, "a credential of nobody"
    assert people <= {row.account_id for row in held} | invited, "a person without a way in"
    with store.keystore.database.read() as connection:
        keys = set(connection.execute(select(subject_keys.c.subject_id)).scalars())
        sealed = set(connection.execute(select(row_versions.c.subject_id)).scalars())
    assert {row.account_id for row in held} <= keys, "a template whose key is gone"
    assert sealed <= people, "a row is noted of a person who is not there"
    with store.read() as tx:
        for account_id, factor in held:
            assert tx.credentials.enrolled(account_id, factor), f"{factor} does not open"


def factors(store: Store, username: str) -> list[str]:
    """Return the factors that a person has; none where there is no such person."""
    with store.read() as tx:
        account = tx.accounts.find(username)
        return sorted(one.factor for one in tx.credentials.list(account.id)) if account else []
