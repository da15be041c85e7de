"""What every test may use: a clock that stands still, and each database in turn, fresh."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from store import Store
from store.keys_file import Keys
from store.models import checks, keystore_metadata, metadata
from tests import postgres
from tests.fakes.clock import FakeClock

STORE = Path(__file__).with_name("store")
KEYS = Keys(kek={1: bytes(range(32))}, current=1, pepper=bytes(range(32, 64)))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the targets of the Makefile say how much is run."""
    parser.addoption(
        "--cases",
        choices=("all", "first"),
        default="all",
        help="which cases of a test run on PostgreSQL: each, or the first (SQLite runs each)",
    )
    parser.addoption(
        "--length",
        choices=("short", "whole"),
        default="short",
        help="how long faults and statistics go on: as in CI, or as long as is documented",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what `--cases` says: cases of one test differ in what is sent, not in the SQL."""
    if config.getoption("cases") == "first":
        left_out = set(_further_cases(items))
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))


def _further_cases(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield all but the first case of each test on PostgreSQL; the store's own tests stay whole."""
    seen = set()
    for item in items:
        case = getattr(item, "callspec", None)
        if case is None or case.params.get("database") != "postgres" or STORE in item.path.parents:
            continue
        test = item.nodeid.partition("[")[0]
        if test in seen:
            yield item
        seen.add(test)


@pytest.fixture
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether to run all that the documentation claims, or the short form of CI."""
    return bool(request.config.getoption("length") == "whole")


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
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a migrated SQLite database and its keystore, to copy."""
    folder = tmp_path_factory.mktemp("templates")
    _migrate(f"sqlite:///{folder}/gatehouse.db", f"sqlite:///{folder}/keystore.db")
    return folder


@pytest.fixture(scope="session")
def postgres_urls(postgres_server: str) -> Iterator[tuple[str, str]]:
    """A migrated PostgreSQL database and keystore; making one takes too long to do it per test."""
    with postgres.empty(postgres_server, 2) as (database_url, keystore_url):
        _migrate(database_url, keystore_url)
        yield database_url, keystore_url


@pytest.fixture(scope="session")
def clear_postgres(postgres_urls: tuple[str, str]) -> Iterator[Callable[[], None]]:
    """Return what deletes every row but the check values of the keys of tests, in no time."""
    tables = (metadata, keystore_metadata)
    engines = [create_engine(url, pool_pre_ping=True) for url in postgres_urls]

    def clear() -> None:
        for engine, each in zip(engines, tables, strict=True):
            emptied = [f"DELETE FROM {table.name}" for table in reversed(each.sorted_tables)]
            kept = " WHERE name NOT IN ('key 1', 'pepper')"
            own = [line + kept if line.endswith(f" {checks.name}") else line for line in emptied]
            with engine.begin() as connection:
                connection.exec_driver_sql("; ".join(own))

    yield clear
    for engine in engines:
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database: a test that asks for it, or for a store, runs on each."""
    kind: str = request.param
    return kind


@pytest.fixture
def empty_urls(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[str, str]]:
    """The URLs of a database and a keystore without any table."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path}/gatehouse.db", f"sqlite:///{tmp_path}/keystore.db"
    else:
        server = request.getfixturevalue("postgres_server")
        with postgres.empty(server, 2) as (database_url, keystore_url):
            yield database_url, keystore_url


@pytest.fixture
def urls(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[str, str]]:
    """The URLs of a migrated, empty database and its keystore."""
    if database == "sqlite":
        shutil.copytree(request.getfixturevalue("sqlite_templates"), tmp_path, dirs_exist_ok=True)
        yield f"sqlite:///{tmp_path}/gatehouse.db", f"sqlite:///{tmp_path}/keystore.db"
    else:
        clear = request.getfixturevalue("clear_postgres")
        yield request.getfixturevalue("postgres_urls")
        clear()


@pytest.fixture
def database_url(urls: tuple[str, str]) -> str:
    """The URL of a migrated, empty database; it holds the check values of `keys`."""
    return urls[0]


@pytest.fixture
def keystore_url(urls: tuple[str, str]) -> str:
    """The URL of the keystore beside `database_url`."""
    return urls[1]


@pytest.fixture
def store(database_url: str, keystore_url: str, keys: Keys, clock: FakeClock) -> Iterator[Store]:
    """An empty store."""
    opened = Store(database_url=database_url, keystore_url=keystore_url, keys=keys, clock=clock)
    yield opened
    opened.close()


def _migrate(database_url: str, keystore_url: str) -> None:
    migrated = Store(
        database_url=database_url, keystore_url=keystore_url, keys=KEYS, clock=FakeClock()
    )
    migrated.migrate()
    migrated.close()
