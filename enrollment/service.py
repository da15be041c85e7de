"""Who may add a factor to which account, and doing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.abilities import Adapting, Reachable
from contracts.errors import Expired, NotAllowed, TooMany
from contracts.factor import Ask, Factor, Kind
from contracts.text import Text
from enrollment.ceremonies import Ceremonies
from enrollment.consent import consent_of, stands
from enrollment.outcomes import Added, Asked
from enrollment.submission import Submission
from enrollment.told import Told, told_of
from enrollment.usable import begins
from store import Account, Credential, Purpose, Store, Transaction

HOUR = timedelta(hours=1)
MOST = 60
"""Enrolments that an account may begin in an hour: ten hashes are made for one set of codes."""


@dataclass(frozen=True, slots=True)
class Enroller:
    """Somebody who may add factors to one account: `owner` binds their ceremonies.

    `invited` came with a ticket and without a kiosk: they may add one factor, and log in with it.
    Such an `operator` has a role by then, and begins with a passkey.
    """

    account_id: str
    owner: str
    source: str
    station: bool = False
    invited: bool = False
    operator: bool = False


@dataclass(frozen=True, slots=True)
class Addable:
    """A factor that an account may add; `first`, a browser may do so by itself.

    Not `begins`, it is of no use to whoever has nothing else.
    """

    factor: str
    title: Text
    first: bool = False
    begins: bool = True


@dataclass(frozen=True, slots=True)
class Held:
    """A credential as its owner sees it; `change` is its factor where a new one replaces it.

    `nameable`, its owner may give it another name: an address stays what it is. `consent` is its
    factor where its owner must agree to that, and `consented` whether they do. `learning`, it
    follows its owner, who can have that forgotten.
    """

    id: str
    change: str
    title: Text
    label: str
    created_at: datetime
    last_used_at: datetime | None
    disabled_at: datetime | None
    virtual: bool
    last_used_from: str
    nameable: bool
    note: Text | None = None
    expires_at: datetime | None = None
    consent: str = ""
    consented: bool = True
    learning: bool = False


@dataclass(frozen=True, slots=True)
class Holdings:
    """An account with what it has and what it may add; `signals` are for the browser."""

    account: Account
    credentials: Sequence[Held]
    addable: Sequence[Addable]
    signals: Sequence[Ask] = ()


def nameable(factor: Factor) -> bool:
    """Tell whether its owner may name a credential: an address is shown as what it is."""
    return factor.many and not isinstance(factor, Reachable)


def begins_for(factor: Factor, *, operator: bool) -> bool:
    """Tell whether somebody can begin with a factor; people with a role begin with a passkey."""
    return begins(factor) and (factor.usernameless or not operator)


class EnrolmentService:
    """Runs enrolments for whoever may."""

    def __init__(self, store: Store, factors: Mapping[str, Factor], ceremonies: Ceremonies) -> None:
        self._store = store
        self._factors = factors
        self._ceremonies = ceremonies

    def holdings(self, account_id: str) -> Holdings:
        """Return what an account has and may add."""
        with self._store.read() as tx:
            account = tx.accounts.get(account_id)
            credentials = tx.credentials.list(account_id)
            operator = tx.operators.get(account_id) is not None
            told = told_of(tx, account, self._factors.values(), credentials) if account else Told()
            agreed = self._agreed(tx, account_id)
        if account is None:
            raise Expired(detail="the account is gone")
        known = [c for c in credentials if c.factor in self._factors]
        held = [_with_consent(self._held(c, told), c.factor, agreed) for c in known]
        return Holdings(account, held, self._addable(credentials, operator), told.signals)

    def captured(self) -> Sequence[str]:
        """Return the factors that a kiosk may enrol: those its own sensors capture."""
        return [f.name for f in self._factors.values() if f.kind is Kind.INHERENCE]

    def begin(self, enroller: Enroller, factor: str) -> Asked:
        """Begin to add a factor. A kiosk adds what its own sensors capture and nothing else."""
        addable = {name for name, found in self._factors.items() if not found.silent}
        if factor not in addable or (enroller.station and factor not in self.captured()):
            raise NotAllowed(detail=f"{factor!r} cannot be enrolled here")
        if enroller.invited and not begins_for(self._factors[factor], operator=enroller.operator):
            raise NotAllowed(detail=f"nobody can log in with {factor} alone")
        with self._store.write() as tx:
            account = tx.accounts.get(enroller.account_id)
            wait = tx.limits.hit(f"enrolments:{enroller.account_id}", MOST, HOUR)
        if account is None or not account.active:
            raise Expired(detail="the account is gone, disabled or about to go")
        if wait:
            raise TooMany(detail="enrolments of one account", retry_after=wait)
        return self._ceremonies.begin(Purpose.ENROLL, factor, enroller.owner, account.subject)

    def answer(self, enroller: Enroller, ceremony: str, submission: Submission) -> Asked | Added:
        """Take one answer of this enroller's ceremony."""
        came = self._ceremonies.answer(ceremony, enroller.owner, submission)
        if isinstance(came, Added) and enroller.invited:
            with self._store.write() as tx:
                tx.enrolments.close(enroller.owner)
        if isinstance(came, Asked | Added):
            return came
        raise Expired(detail="a verification was answered as an enrolment")

    def resend(self, enroller: Enroller, ceremony: str) -> Asked:
        """Send a code anew in this enroller's ceremony."""
        return self._ceremonies.resend(ceremony, enroller.owner)

    def admit(self, handle: str, source: str, station_id: str | None) -> Enroller:
        """Admit the bearer of an enrolment that a ticket opened. Raises Expired.

        Also where an invited account has something by now: a second ticket may have been out.
        """
        at_kiosk = station_id is not None
        with self._store.read() as tx:
            enrolment = tx.enrolments.find(handle)
            if enrolment is None or enrolment.station_id != station_id:
                raise Expired(detail="no such enrolment here")
            if not at_kiosk and tx.credentials.list(enrolment.account_id):
                raise Expired(detail="an invited account that has a factor")
            operator = tx.operators.get(enrolment.account_id) is not None
        return Enroller(
            enrolment.account_id,
            handle,
            source,
            station=at_kiosk,
            invited=not at_kiosk,
            operator=operator,
        )

    def _agreed(self, tx: Transaction, account_id: str) -> Mapping[str, bool]:
        """Tell of each factor that measures people whether somebody agrees to that."""
        measuring = (each for each in self._factors.values() if consent_of(each))
        return {each.name: stands(tx, account_id, each) for each in measuring}

    def _held(self, credential: Credential, told: Told) -> Held:
        factor = self._factors[credential.factor]
        return Held(
            id=credential.id,
            change="" if factor.many else factor.name,
            title=factor.title,
            label=credential.label,
            created_at=credential.created_at,
            last_used_at=credential.last_used_at,
            disabled_at=credential.disabled_at,
            virtual=credential.virtual,
            last_used_from=credential.last_used_from or "",
            nameable=nameable(factor),
            note=told.notes.get(credential.id),
            expires_at=credential.expires_at,
            learning=isinstance(factor, Adapting) and factor.adapting,
        )

    def _addable(self, credentials: Sequence[Credential], operator: bool) -> Sequence[Addable]:
        held = {credential.factor for credential in credentials}
        return [
            Addable(
                factor.name,
                factor.title,
                factor.usernameless and factor.name not in held,
                begins_for(factor, operator=operator),
            )
            for factor in self._factors.values()
            if not factor.silent and (factor.many or factor.name not in held)
        ]


def _with_consent(held: Held, factor: str, agreed: Mapping[str, bool]) -> Held:
    """Say of a credential whether its owner agrees to it, where that is asked."""
    if factor not in agreed:
        return held
    return replace(held, consent=factor, consented=agreed[factor])
