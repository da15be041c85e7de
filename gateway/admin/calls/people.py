"""People: looked for, brought in, kept out, shown what is kept of them, and let go."""

from __future__ import annotations

from contracts.errors import BadRequest
from contracts.text import Text
from gateway import people as bringing
from gateway.account import history
from gateway.account.export import Export
from gateway.account.leaving import Leaving
from gateway.admin import veil
from gateway.admin.actor import Actor
from gateway.admin.calls.people_models import (
    Erased,
    Found,
    Guest,
    Happening,
    History,
    Invited,
    Leaver,
    Named,
    Newcomer,
    Past,
    Search,
    Taken,
    Taking,
    Whole,
)
from gateway.admin.calls.person import Person, Who, account, shown
from gateway.admin.operation import operation
from gateway.admin.rank import check_rank
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from gateway.erasure import Eraser
from gateway.lockout import Lockout
from gateway.people import inviting
from store import Account, Transaction
from store.accounts import Wanted
from store.events import Event

NOBODY = Text("There is no account %(name)s.")


class People:
    """What can be done with people."""

    def __init__(self, tools: Tools) -> None:
        self._store, self._clock, self._factors = tools.store, tools.clock, tools.factors
        self._lockout = Lockout(tools.factors, tools.clock)
        self._inviter = inviting.Inviter(tools.store, tools.clock, tools.factors, tools.settings)
        self._leaving = Leaving(
            *(tools.settings, tools.store, tools.clock, tools.notices), self._lockout
        )
        self._eraser = Eraser(tools.store, tools.clock, tools.settings, tools.notices)
        known = tools.known_factors
        self._export = Export(tools.store, tools.clock, known, tools.settings.issuer)
        self._history = history.History(tools.store, known)

    @operation("GET", "/people")
    def list(self, actor: Actor, search: Search) -> Found:
        """List people by username, a page at a time."""
        wanted = Wanted(search.username, search.disabled, search.leaving)
        with self._store.read() as tx:
            found = tx.accounts.search(wanted, after=search.after, limit=search.limit + 1)
        page, more = found[: search.limit], len(found) > search.limit
        people = [shown(actor, each) for each in page]
        return Found(people=people, next=people[-1].username if more else "")

    @operation("GET", "/people/find")
    def find(self, actor: Actor, named: Named) -> Person:
        """Find the person of a username."""
        with self._store.read() as tx:
            found = tx.accounts.find(named.username)
        if found is None:
            raise BadRequest(Text(NOBODY.message, {"name": named.username}))
        return shown(actor, found)

    @operation("GET", "/people/{person}")
    def get(self, actor: Actor, who: Who) -> Whole:
        """Look at one person, and at how much there is of them."""
        with self._store.read() as tx:
            found = account(tx, who.person)
            return _whole(tx, found, shown(actor, found))

    @operation("POST", "/people", roles=at_least(Role.OPERATOR))
    def add(self, actor: Actor, newcomer: Newcomer) -> Person:
        """Add a person; without a password they need an invitation or a ticket to begin."""
        person = bringing.read(newcomer.model_dump())
        prepared = bringing.prepare(person, self._factors)
        with self._store.write() as tx:
            return shown(actor, account(tx, bringing.add(tx, prepared)))

    @operation("POST", "/invitations", roles=at_least(Role.OPERATOR))
    def invite(self, actor: Actor, guest: Guest) -> Invited:
        """Let a person set up their account by a link that works once; add them if they are new.

        Whoever holds the link becomes that person, as long as the account has no way to log in.
        """
        with self._store.read() as tx:
            there = tx.accounts.find(guest.username)
        if there:
            check_rank(self._store, actor, there.id, "people.invite")
        whom = inviting.Guest(guest.username, guest.email, guest.language)
        made = self._inviter.invite(whom, send=guest.send)
        return Invited(link=made.link, valid_until=made.valid_until)

    @operation("POST", "/people/{person}/disable", roles=at_least(Role.OPERATOR))
    def disable(self, actor: Actor, who: Who) -> Person:
        """Keep a person out: sessions end, tokens are not refreshed, nothing is deleted."""
        check_rank(self._store, actor, who.person, "people.disable")
        with self._store.write() as tx:
            self._lockout.keep(tx, who.person)
            return self._set(tx, actor, who.person, disabled=True)

    @operation("POST", "/people/{person}/enable", roles=at_least(Role.OPERATOR))
    def enable(self, actor: Actor, who: Who) -> Person:
        """Let a person in again."""
        check_rank(self._store, actor, who.person, "people.enable")
        with self._store.write() as tx:
            return self._set(tx, actor, who.person, disabled=False)

    @operation("POST", "/people/{person}/erase", roles=at_least(Role.OPERATOR), fresh=True)
    def erase(self, actor: Actor, who: Who) -> Leaver:
        """Have a person erased after the grace period; they are told, and can stay."""
        self._may_go(actor, who.person, "people.erase")
        return Leaver(erase_at=self._leaving.ask(who.person))

    @operation("POST", "/people/{person}/erase-now", roles=at_least(Role.ADMIN), fresh=True)
    def erase_now(self, actor: Actor, who: Who) -> Erased:
        """Erase a person at once and for good: nobody can bring them back."""
        self._may_go(actor, who.person, "people.erase_now")
        with self._store.write() as tx:
            self._lockout.keep(tx, who.person)
            tx.erasures.plan(who.person, self._clock.now())
        return Erased(id=who.person, proof=self._eraser.now(who.person))

    @operation("POST", "/people/{person}/keep", roles=at_least(Role.OPERATOR))
    def keep(self, actor: Actor, who: Who) -> Person:
        """Keep a person who was to be erased; they are told."""
        check_rank(self._store, actor, who.person, "people.keep")
        self._leaving.keep(who.person)
        with self._store.read() as tx:
            return shown(actor, account(tx, who.person))

    @operation("POST", "/people/{person}/export", roles=at_least(Role.ADMIN), fresh=True)
    def export(self, actor: Actor, taking: Taking) -> Taken:
        """Take all that is kept of a person, as they can download it; the trail notes it."""
        with self._store.read() as tx:
            account(tx, taking.person)
        key = f"export:{actor.id}:{taking.person}:{taking.key}" if taking.key else ""
        return Taken(export=self._export.take(taking.person, key=key))

    @operation("GET", "/people/{person}/history")
    def history(self, actor: Actor, past: Past) -> History:
        """Read what happened to a person, in the words that they read themselves."""
        with self._store.read() as tx:
            account(tx, past.person)
        page = self._history.page(past.person, int(past.after) if past.after else None)
        entries = [_happening(actor, each) for each in page.entries]
        return History(history=entries, next="" if page.older is None else str(page.older))

    def _may_go(self, actor: Actor, person: str, name: str) -> None:
        with self._store.read() as tx:
            account(tx, person)
        check_rank(self._store, actor, person, name)

    def _set(self, tx: Transaction, actor: Actor, person: str, *, disabled: bool) -> Person:
        event = Event.ACCOUNT_DISABLED if disabled else Event.ACCOUNT_ENABLED
        account(tx, person)
        tx.accounts.set_disabled(person, disabled)
        tx.audit.add(event, account_id=person)
        tx.events.happened(event, person)
        return shown(actor, account(tx, person))


def _whole(tx: Transaction, found: Account, person: Person) -> Whole:
    recovery, operator = tx.recoveries.under_way(found.id), tx.operators.get(found.id)
    clients = {each.client_id for each in tx.consents.list(found.id)}
    clients |= {each.client_id for each in tx.grants.held(found.id)}
    return Whole(
        **person.model_dump(),
        language=found.language,
        factors=len(tx.credentials.list(found.id)),
        sessions=len(tx.sessions.list(found.id)),
        applications=len(clients),
        recovery=recovery.state if recovery else None,
        role=Role(operator.role) if operator else None,
    )


def _happening(actor: Actor, entry: history.Entry) -> Happening:
    return Happening(
        at=entry.at,
        words=str(entry.words),
        factor=str(entry.factor or ""),
        application=entry.application,
        address=veil.source(actor, entry.address),
        device=str(entry.device or ""),
    )
