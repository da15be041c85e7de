"""What every test may use: a clock that stands still, and each database in turn, fresh."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Store
from store.keys_file import Keys
from tests import postgres
from tests.fakes.clock import FakeClock

KEYS = Keys(kek={1: bytes(range(32))}, current=1, pepper=bytes(range(32, 64)))


@pytest.fixture
def clock() -> FakeClock:
    """A clock at noon of a spring day; `advance` moves it."""
    return FakeClock()


@pytest.fixture
def keys() -> Keys:
    """The keys of every test."""
    return KEYS


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One PostgreSQL server for the run, started where a test needs it."""
    with postgres.running() as folder:
        yield folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy."""
    path = tmp_path_factory.mktemp("template") / "gatehouse.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    postgres.execute(postgres_server, "CREATE DATABASE template_gatehouse")
    _migrate(postgres.url(postgres_server, "template_gatehouse"))
    return "template_gatehouse"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
    else:
        yield from _postgres_database(request.getfixturevalue("postgres_server"), "template0")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database."""
    shutil.copyfile(sqlite_template, tmp_path / "gatehouse.db")
    return f"sqlite:///{tmp_path}/gatehouse.db"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database."""
    yield from _postgres_database(postgres_server, postgres_template)


@pytest.fixture
def store(database_url: str, keys: Keys, clock: FakeClock) -> Iterator[Store]:
    """An empty store on each database; the keystore's tables lie beside the others."""
    opened = Store(database_url=database_url, keystore_url=database_url, keys=keys, clock=clock)
    yield opened
    opened.close()


def _postgres_database(server: str, template: str) -> Iterator[str]:
    name = f"test_{secrets.token_hex(8)}"
    postgres.execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield postgres.url(server, name)
    postgres.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _migrate(url: str) -> None:
    migrated = Store(database_url=url, keystore_url=url, keys=KEYS, clock=FakeClock())
    migrated.migrate()
    migrated.close()
