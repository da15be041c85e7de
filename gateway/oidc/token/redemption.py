"""Codes and refresh tokens are consumed here, atomically, before anything is issued."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from authlib.oauth2.rfc6749 import InvalidScopeError

from gateway.oidc.clients.registered import RegisteredClient
from gateway.oidc.settings import ProviderSettings
from gateway.oidc.token import rfc7636
from gateway.oidc.token.login import Login
from store import Store, Transaction
from store.clients import Client
from store.codes import Code
from store.grants import Grant
from store.polled import Approved, Poll, Unfinished
from store.redeemable import Replayed
from store.refresh_tokens import Holder
from store.refresh_tokens import RefreshToken as Refreshed

Check = Callable[[Grant], None]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a token request, and the thumbprint of the key it has proven to hold.

    `check` raises where more is asked than was granted; what is redeemed is then not consumed.
    """

    client: RegisteredClient
    jkt: str | None = None
    check: Check = lambda _: None

    @property
    def record(self) -> Client:
        """Return the client as the store has it."""
        return self.client.record

    @property
    def holder(self) -> Holder:
        """Return who it is to the store."""
        return Holder(self.record.id, self.jkt)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A code as it is presented, with all that must fit it."""

    code: str = field(repr=False)
    redirect_uri: str
    code_verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """A code that its own client has just consumed; the login holds what follows."""

    login: Login
    redirect_uri: str

    def get_redirect_uri(self) -> str:
        """Return the redirect URI the code was sent to."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Return the granted scope."""
        return self.login.grant.scope


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token that its own client has just used; the login holds the one that follows."""

    login: Login

    def check_client(self, client: object) -> bool:  # noqa: ARG002
        """Agree: the store has compared the client."""
        return True

    def get_scope(self) -> str:
        """Return the granted scope."""
        return self.login.grant.scope


class Redemption:
    """Consumes what may be used once. A refusal is returned, so that the consumption stays."""

    def __init__(self, store: Store, settings: ProviderSettings) -> None:
        self._store = store
        self._settings = settings

    def code(self, sent: Exchange, sender: Sender) -> AuthorizationCode | None:
        """Consume a code; a second use revokes all that the first one issued (RFC 9700, 4.5).

        A code that comes from another client, for another redirect URI, with another verifier or
        another key is consumed all the same: it has leaked, and nobody gets a second guess.
        """
        with self._store.write() as tx:
            found = tx.codes.redeem(sent.code)
            if isinstance(found, Replayed):
                _revoke(tx, found, sender, "code.replayed")
                return None
            grant = tx.grants.get(found.grant_id) if found else None
            if not found or not grant:
                return None
            if not _fits(found, grant, sent, sender):
                _note(tx, grant, "code.misused", by=sender.record.id)
                return None
            sender.check(grant)
            login = self._first(tx, grant, sender)
            _note(tx, grant, "code.redeemed")
            return AuthorizationCode(login, found.redirect_uri)

    def refresh_token(self, token: str, sender: Sender, scope: str | None) -> RefreshToken | None:
        """Use a token by the policy of its client; reuse revokes the family (RFC 9700, 4.14.2)."""
        with self._store.write() as tx:
            found = self._refreshed(tx, token, sender)
            if isinstance(found, Replayed):
                _revoke(tx, found, sender, "refresh_token.reused")
                return None
            grant = tx.grants.get(found.grant_id) if found else None
            if not found or not grant:
                return None
            _only_narrows(scope, grant)
            sender.check(grant)
            _note(tx, grant, _event(found, token))
            return RefreshToken(Login(grant, found.token))

    def polled(
        self, poll: Callable[[Transaction], Poll], sender: Sender
    ) -> Login | Unfinished | None:
        """Redeem what a person has approved elsewhere; a second time revokes what it issued."""
        with self._store.write() as tx:
            found = poll(tx)
            if isinstance(found, Replayed):
                _revoke(tx, found, sender, "approval.replayed")
                return None
            grant = tx.grants.get(found.grant_id) if isinstance(found, Approved) else None
            if grant is None:
                return found if isinstance(found, Unfinished) else None
            sender.check(grant)
            _note(tx, grant, "approval.redeemed")
            return self._first(tx, grant, sender)

    def _first(self, tx: Transaction, grant: Grant, sender: Sender) -> Login:
        """Issue the first refresh token; a public client's is bound to its key (RFC 9449, 5)."""
        if not _offline(grant, sender):
            return Login(grant)
        if sender.record.public and sender.jkt:
            grant = tx.grants.bind(grant, sender.jkt)
        return Login(grant, tx.refresh_tokens.put(grant.id, self._settings.refresh_idle))

    def _refreshed(
        self, tx: Transaction, token: str, sender: Sender
    ) -> Refreshed | Replayed | None:
        act = tx.refresh_tokens.rotate if rotates(sender.record) else tx.refresh_tokens.use
        return act(token, sender.holder, self._settings.refresh_idle)


def rotates(client: Client) -> bool:
    """Tell whether the refresh tokens of a client are used once each (RFC 9700, section 4.14.2).

    A public client's are: rotation is what tells of a theft. A confidential client that binds its
    tokens as well keeps one: a thief would need its credentials and its key, and rotating only adds
    a way to lose the token (FAPI 2.0 Security Profile, section 5.3.2.1). One with plain bearer
    tokens rotates too: its secret may have leaked with them, and reuse still tells.
    """
    said = client.metadata
    bound = said.dpop_bound_access_tokens or said.tls_client_certificate_bound_access_tokens
    return client.public or not bound


def _fits(found: Code, grant: Grant, sent: Exchange, sender: Sender) -> bool:
    return (
        grant.client_id == sender.record.id
        and found.redirect_uri == sent.redirect_uri
        and found.dpop_jkt in {None, sender.jkt}
        and rfc7636.verifies(sent.code_verifier, found.code_challenge)
    )


def _offline(grant: Grant, sender: Sender) -> bool:
    asked = "offline_access" in grant.scope.split()
    return asked and sender.client.check_grant_type("refresh_token")


def _event(found: Refreshed, presented: str) -> str:
    """Name what happened for the trail."""
    if found.repeated:
        return "refresh_token.repeated"
    return "refresh_token.used" if found.token == presented else "refresh_token.rotated"


def _note(tx: Transaction, grant: Grant, event: str, **facts: str) -> None:
    tx.audit.add(event, account_id=grant.account_id, client_id=grant.client_id, facts=facts)


def _revoke(tx: Transaction, found: Replayed, sender: Sender, event: str) -> None:
    tx.grants.revoke(found.grant_id)
    tx.audit.add(event, client_id=sender.record.id, detail={"grant": found.grant_id})


def _only_narrows(scope: str | None, grant: Grant) -> None:
    """Raise, so that the consumption is undone and the client may ask again properly."""
    if scope and not set(scope.split()) <= set(grant.scope.split()):
        raise InvalidScopeError()
