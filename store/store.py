"""The way in: a store, its transactions, and the repositories of each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select

from contracts.clock import Clock
from contracts.errors import Misconfigured, Unavailable
from contracts.text import Text
from store import once
from store.accounts import Accounts
from store.audit import Audit
from store.backchannel_devices import BackchannelDevices
from store.backchannel_requests import BackchannelRequests
from store.biometric_consents import BiometricConsents
from store.brandings import Brandings
from store.ceremonies import Ceremonies
from store.cipher import Vault
from store.clients import Clients
from store.codes import Codes
from store.consents import Consents
from store.counting import Counting
from store.credentials import Credentials
from store.db import Database
from store.device_codes import DeviceCodes
from store.endings import Endings
from store.enrolments import Enrolments
from store.erasures import Erasures
from store.events import Events
from store.grants import Grants
from store.hints import Hints
from store.idle import Idle
from store.interactions import Interactions
from store.keys import SigningKeys
from store.keys_file import Keys
from store.keystore import Keystore
from store.known_browsers import KnownBrowsers
from store.limits import Limits
from store.logins import Logins
from store.models import checks
from store.operators import Operators
from store.outbox import Outbox
from store.policies import Policies
from store.pushed_requests import PushedRequests
from store.recoveries import Recoveries
from store.recovery_walks import RecoveryWalks
from store.refresh_tokens import RefreshTokens
from store.registrations import InitialAccessTokens, Registrations
from store.resources import Resources
from store.restored import Restored
from store.retention import Retention
from store.schema import KEYSTORE, MAIN, Schema, check_current
from store.sessions import Sessions
from store.setups import Setups
from store.signups import Signups
from store.spent import Spent
from store.stations import Stations
from store.statuses import Statuses
from store.stream_events import StreamEvents
from store.streams import Streams
from store.tickets import Tickets
from store.trail.chains import Chains, Lent
from store.trail.checkpoints import Checkpoints
from store.trail.entries import Entries
from store.trail.links import chain_key
from store.trail.search import Trail
from store.valkey_limits import SharedValkey, ValkeyLimits
from store.voice import Voice
from store.webhooks import Webhooks
from store.work import Work


class Transaction:
    """The repositories, all speaking within one transaction."""

    def __init__(self, work: Work, valkey: SharedValkey | None) -> None:
        self.accounts = Accounts(work)
        self.audit = Audit(work)
        self.backchannel_devices = BackchannelDevices(work)
        self.backchannel_requests = BackchannelRequests(work)
        self.biometric_consents = BiometricConsents(work)
        self.brandings = Brandings(work)
        self.ceremonies = Ceremonies(work)
        self.checkpoints = Checkpoints(work)
        self.clients = Clients(work)
        self.codes = Codes(work)
        self.consents = Consents(work)
        self.credentials = Credentials(work)
        self.device_codes = DeviceCodes(work)
        self.endings = Endings(work)
        self.entries = Entries(work)
        self.enrolments = Enrolments(work)
        self.erasures = Erasures(work)
        self.events = Events(work)
        self.grants = Grants(work)
        self.initial_access_tokens = InitialAccessTokens(work)
        self.hints = Hints(work)
        self.idle = Idle(work)
        self.interactions = Interactions(work)
        self.keys = SigningKeys(work)
        self.known_browsers = KnownBrowsers(work)
        self.limits: Counting = ValkeyLimits(work, valkey) if valkey else Limits(work)
        self.logins = Logins(work)
        self.once = Spent(work)
        self.operators = Operators(work)
        self.outbox = Outbox(work)
        self.policies = Policies(work)
        self.pushed_requests = PushedRequests(work)
        self.recoveries = Recoveries(work)
        self.recovery_walks = RecoveryWalks(work)
        self.refresh_tokens = RefreshTokens(work)
        self.registrations = Registrations(work)
        self.resources = Resources(work)
        self.restored = Restored(work)
        self.retention = Retention(work)
        self.sessions = Sessions(work)
        self.setups = Setups(work)
        self.signups = Signups(work)
        self.statuses = Statuses(work)
        self.stations = Stations(work)
        self.stream_events = StreamEvents(work)
        self.streams = Streams(work)
        self.tickets = Tickets(work)
        self.trail = Trail(work)
        self.voice = Voice(work)
        self.webhooks = Webhooks(work)


class Store:
    """A database, the keystore beside it, the keys to both, and a Valkey where limits count."""

    def __init__(
        self,
        *,
        database_url: str,
        keystore_url: str,
        keys: Keys,
        clock: Clock,
        valkey_url: str = "",
    ) -> None:
        if database_url == keystore_url:
            message = "The keystore must not be the database: give it a URL of its own."
            raise Misconfigured(Text(message))
        self.vault = Vault(keys)
        self.database = Database(database_url)
        self.keystore = Keystore(keystore_url, self.vault)
        self._valkey = SharedValkey(valkey_url) if valkey_url else None
        self._clock = clock
        self._chains = Chains(chain_key(self.vault))

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that only reads."""
        with self._chains.lent() as chain, self.database.read() as connection:
            work = self._work(connection, chain, writing=False)
            yield Transaction(work, self._valkey)
        _finish(work)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open a transaction that commits at exit and rolls back when raised through."""
        with self._writing() as work:
            yield Transaction(work, self._valkey)

    def migrate(self) -> None:
        """Bring both databases to the newest schema and note the keys. Raises Misconfigured."""
        # No web worker should carry Alembic.
        from store.migrate import upgrade  # noqa: PLC0415
        from store.trail import before  # noqa: PLC0415

        with _advised():
            for database, schema in self._schemas():
                upgrade(database, schema)
            with self.database.write() as connection:
                self._note_keys(connection)
                self._check_keys(connection)
            before.move(self._writing)

    def check(self) -> None:
        """Raise Misconfigured where schema or keys are wrong, or a database cannot be written."""
        with _advised():
            for database, schema in self._schemas():
                with database.write() as connection:
                    check_current(connection, schema)
            with self.database.read() as connection:
                self._check_keys(connection)
        if self._valkey:
            self._valkey.check()

    def ping(self) -> None:
        """Raise Unavailable where a database does not answer."""
        for database, _ in self._schemas():
            with database.read() as connection:
                connection.execute(select(1))
        if self._valkey:
            self._valkey.ping()

    def close(self) -> None:
        """Close every connection."""
        for database, _ in self._schemas():
            database.dispose()
        if self._valkey:
            self._valkey.close()

    def _schemas(self) -> tuple[tuple[Database, Schema], ...]:
        return (self.database, MAIN), (self.keystore.database, KEYSTORE)

    @contextmanager
    def _writing(self) -> Iterator[Work]:
        with self._chains.lent() as chain, self.database.write() as connection:
            work = self._work(connection, chain, writing=True)
            yield work
            chain.committing()
        _finish(work)

    def _work(self, connection: Connection, chain: Lent, *, writing: bool) -> Work:
        held = connection, self.database, self.vault, self.keystore, self._clock
        return Work(*held, writing, chain)

    def _note_keys(self, connection: Connection) -> None:
        for name, value in self.vault.needed().items():
            once.add(connection, checks, {"name": name, "value": value})

    def _check_keys(self, connection: Connection) -> None:
        noted = {row.name: row.value for row in connection.execute(select(checks))}
        if noted.items() - self.vault.checks().items():
            message = "The key file does not belong to this database: give the right one."
            raise Misconfigured(Text(message))
        if self.vault.needed().items() - noted.items():
            raise Misconfigured(Text("The key file has a new key. Run: gatehouse migrate"))


def _finish(work: Work) -> None:
    for call in work.after:
        call()


@contextmanager
def _advised() -> Iterator[None]:
    """Tell the operator what to do where a database does not answer at the start."""
    try:
        yield
    except Unavailable as error:
        raise Misconfigured(
            Text("The database is locked or down: stop what holds it, or start it."),
            detail=error.detail,
        ) from error
