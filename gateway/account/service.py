"""What a person may do with their own account."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.clock import Clock
from contracts.errors import BadRequest, Expired, NotAllowed
from contracts.factor import Factor
from contracts.text import Text
from enrollment.outcomes import Change, Happened
from enrollment.service import Enroller, nameable
from gateway.account.guard import Guard
from gateway.callers import caller, in_words
from gateway.lockout import Lockout
from gateway.voice_notes.consent import withdrawn
from store import Credential, Store, Transaction
from store.events import Event
from store.grants import Held

LAST = Text(
    "What is left would not be enough to log in. Add another way before you remove this one."
)
UNFIT = Text("A name has one to 64 characters.")
LONGEST = 64
"""Characters of a name that somebody gives to a factor."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is logged in, and the applications that this let in; `here` is this one."""

    sid: str
    device: Text
    address: str
    created_at: datetime
    last_used_at: datetime
    let_in: Sequence[str]
    here: bool


@dataclass(frozen=True, slots=True)
class Application:
    """What a person lets an application have; `until` when what it holds now is good."""

    client_id: str
    name: str
    scope: str
    since: datetime
    until: datetime | None


class AccountService:
    """Removes and renames factors, ends sessions, takes consents back."""

    def __init__(
        self,
        store: Store,
        guard: Guard,
        lockout: Lockout,
        changed: Callable[[Transaction, Change], None],
        *,
        named: Collection[str],
    ) -> None:
        """Take what hears of each change of a factor as `changed`.

        `named` are the factors whose credentials their owner may name.
        """
        self._store = store
        self._guard = guard
        self._lockout = lockout
        self._changed = changed
        self._named = frozenset(named)

    def remove(self, who: Enroller, credential_id: str, *, alone: bool = False) -> None:
        """Remove one factor; `alone`, end all sessions but this one.

        Raises NotAllowed, Expired, and Conflict for the last passkey of an operator.
        """
        with self._store.write() as tx:
            tx.accounts.hold(who.account_id)
            self._lockout.keep_passkey(tx, who.account_id, credential_id)
            gone = _of(tx, who, credential_id)
            if not self._guard.may_go(tx, who.account_id, credential_id):
                raise NotAllowed(LAST)
            # Told first: what is removed may be the address that has to hear of it.
            self._changed(tx, Change(who.account_id, gone.factor, Happened.REMOVED, gone.label))
            shown = _shown(tx, who.account_id)
            tx.credentials.remove(credential_id, who.account_id)
            if shown and not _shown(tx, who.account_id):
                tx.accounts.set_email(who.account_id, self._guard.email(tx, who.account_id))
            _note(tx, "credential.removed", who.account_id, gone)
            if alone:
                tx.endings.account(who.account_id, who.owner)

    def rename(self, who: Enroller, credential_id: str, name: str) -> None:
        """Give a factor another name. Raises BadRequest, NotAllowed or Expired."""
        label = " ".join(name.split())
        if not (0 < len(label) <= LONGEST and label.isprintable()):
            raise BadRequest(UNFIT)
        with self._store.write() as tx:
            named = _of(tx, who, credential_id)
            if named.factor not in self._named:
                raise NotAllowed(detail=f"a {named.factor} has no name of its owner's")
            tx.credentials.rename(credential_id, who.account_id, label)
            _note(tx, "credential.renamed", who.account_id, named)

    def others(self, account_id: str, sid: str) -> int:
        """Return in how many places more than this one, `sid`, the person is logged in."""
        with self._store.read() as tx:
            return sum(session.sid != sid for session in tx.sessions.list(account_id))

    def places(self, account_id: str, sid: str) -> Sequence[Place]:
        """Return where the person is logged in; this session, `sid`, first."""
        with self._store.read() as tx:
            found = [
                Place(
                    session.sid,
                    in_words(session.agent),
                    session.source or "",
                    session.created_at,
                    session.last_used_at,
                    [client.name for client in tx.endings.let_in(session.sid)],
                    session.sid == sid,
                )
                for session in tx.sessions.list(account_id)
            ]
        return sorted(found, key=lambda place: not place.here)

    def end_session(self, account_id: str, sid: str) -> None:
        """End one session of the person. Raises Expired where they have no such session."""
        with self._store.write() as tx:
            if sid not in {session.sid for session in tx.sessions.list(account_id)}:
                raise Expired(detail="no such session of this account")
            tx.endings.session(sid, account_id)
            _note(tx, "session.ended", account_id)

    def end_sessions(self, account_id: str, but: str = "") -> None:
        """End every session but one, what they granted and every login under way."""
        with self._store.write() as tx:
            tx.endings.account(account_id, but)
            _note(tx, "sessions.ended", account_id)

    def applications(self, account_id: str) -> Sequence[Application]:
        """Return the applications that may have something, or hold something, by name."""
        with self._store.read() as tx:
            consents, held = tx.consents.list(account_id), tx.grants.held(account_id)
        found = {each.client_id: _holding(each) for each in held}
        for given in consents:
            now = found.get(given.client_id)
            of = (given.client_id, given.client_name, given.scope, given.created_at)
            found[given.client_id] = Application(*of, now.until if now else None)
        return sorted(found.values(), key=lambda each: each.name.casefold())

    def withdraw(self, account_id: str, client_id: str) -> None:
        """Take a consent back, and with it whatever the application holds."""
        with self._store.write() as tx:
            tx.consents.withdraw(account_id, client_id)
            tx.grants.revoke_client(account_id, client_id)
            withdrawn(tx, account_id, client_id)
            tx.events.happened(
                Event.CONSENT_WITHDRAWN, account_id, clients=[client_id], client=client_id
            )
            address = caller().address
            tx.audit.add(
                "consent.withdrawn", account_id=account_id, client_id=client_id, source=address
            )


def make_account_service(
    store: Store,
    clock: Clock,
    factors: Mapping[str, Factor],
    changed: Callable[[Transaction, Change], None],
) -> AccountService:
    """Build what changes accounts upon what hears of each change of a factor."""
    named = [name for name, factor in factors.items() if nameable(factor)]
    guard, lockout = Guard(factors, clock), Lockout(factors, clock)
    return AccountService(store, guard, lockout, changed, named=named)


def _of(tx: Transaction, who: Enroller, credential_id: str) -> Credential:
    held = {credential.id: credential for credential in tx.credentials.list(who.account_id)}
    if credential_id not in held:
        raise Expired(detail="no such credential of this account")
    return held[credential_id]


def _shown(tx: Transaction, account_id: str) -> bool:
    """Tell whether the address of an account is one that its owner has shown, and may remove."""
    account = tx.accounts.get(account_id)
    email = account.email if account else None
    return email is not None and account_id in tx.credentials.reached(email)


def _note(
    tx: Transaction, event: str, account_id: str, credential: Credential | None = None
) -> None:
    of = {"credential": credential.id, "factor": credential.factor} if credential else {}
    tx.audit.add(event, account_id=account_id, source=caller().address, detail=of)


def _holding(held: Held) -> Application:
    return Application(held.client_id, held.client_name, held.scope, held.since, held.until)
