"""The record of processing activities (GDPR, Article 30), made of what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contracts.abilities import Consented
from contracts.clock import Clock
from contracts.factor import Factor
from enrollment.consent import points
from gateway.privacy.data import KINDS, Data
from gateway.privacy.recipients import Recipient, recipients
from gateway.settings import Settings
from store import Store

PURPOSES = (
    "Knowing people again who log in to applications, as well as these demand.",
    "Keeping strangers out: attempts are counted, unusual logins are asked for more.",
    "Telling people what happened to their account, and applications when a session ends.",
    "Letting operators account for what was done: the audit trail.",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data that is kept; `rows` by table."""

    name: str
    what: str
    protected: str
    kept: str
    personal: bool
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Measured:
    """What people agree to before a factor measures them."""

    factor: str
    version: int
    words: list[str]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole record; empty where the settings say nothing of controller and contact."""

    controller: str
    contact: str
    service: str
    issuer: str
    made_at: datetime
    purposes: list[str]
    data: list[Kept]
    measured: list[Measured]
    recipients: list[Recipient]
    measures: list[str] = field(default_factory=list)


class Reports:
    """Makes reports."""

    def __init__(
        self, store: Store, clock: Clock, settings: Settings, factors: Mapping[str, Factor]
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._factors = factors

    def make(self) -> Report:
        """Look at the settings and the database, and write down what is there."""
        with self._store.read() as tx:
            rows = tx.retention.rows()
            told = list(recipients(tx, self._settings))
        return Report(
            controller=self._settings.controller,
            contact=self._settings.privacy_contact,
            service=self._settings.service_name,
            issuer=self._settings.issuer,
            made_at=self._clock.now(),
            purposes=list(PURPOSES),
            data=[self._kept(kind, rows) for kind in KINDS],
            measured=list(self._measured()),
            recipients=told,
            measures=list(measures(self._settings)),
        )

    def _kept(self, kind: Data, rows: Mapping[str, int]) -> Kept:
        counts = {table: rows[table] for table in kind.tables if table in rows}
        kept = kind.kept(self._settings)
        return Kept(kind.name, kind.what, kind.protected, kept, kind.personal, counts)

    def _measured(self) -> Iterator[Measured]:
        for factor in self._factors.values():
            if isinstance(factor, Consented):
                said = points(factor.consent, self._settings.template_idle_days)
                yield Measured(factor.name, factor.consent.version, [str(each) for each in said])


def measures(settings: Settings) -> Iterator[str]:
    """Yield what is done to keep data safe (Article 32), as this house is set up."""
    yield "Secrets and templates are encrypted under a key of each person's own, kept apart."
    yield "What opens a door and is random is stored as a keyed hash; passwords with Argon2id."
    yield "Samples are not stored; templates are compared with one person's alone."
    yield "Operators have roles, log in with passkeys, and each act is in the trail."
    yield "The trail is chained and signed; whoever changes an entry is found out."
    yield "Erasure destroys the person's key first, so that backups cannot be read."
    if settings.tls_certificate:
        yield "TLS 1.3 ends at the gateway."
    elif settings.secure:
        yield "TLS ends at the proxy in front of the gateway."
    if settings.pkcs11_module:
        yield "Signing keys are made and held by a PKCS#11 token."
    if settings.recovery_four_eyes == "on":
        yield "A recovery that an operator starts needs another's approval."
    if settings.audit_url or settings.audit_anchor_url:
        yield "The trail, or its signatures, are kept in a second place."
