"""Codes and refresh tokens are consumed here, atomically, before anything is issued."""

from __future__ import annotations

from dataclasses import dataclass

from authlib.oauth2.rfc6749 import InvalidScopeError

from gateway.oidc.settings import ProviderSettings
from gateway.oidc.token.login import Login
from store import Store, Transaction
from store.grants import Grant
from store.redeemable import Replayed


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """A code that its own client has just consumed."""

    grant: Grant
    redirect_uri: str
    code_challenge: str
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> str:
        """Return the redirect URI the code was sent to."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Return the granted scope."""
        return self.grant.scope


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token that its own client has just consumed; the login holds its successor."""

    login: Login

    def check_client(self, client: object) -> bool:  # noqa: ARG002
        """Agree: the consumption has compared the client."""
        return True

    def get_scope(self) -> str:
        """Return the granted scope."""
        return self.login.grant.scope


class Redemption:
    """Consumes what may be used once. A refusal is returned, so that the consumption stays."""

    def __init__(self, store: Store, settings: ProviderSettings) -> None:
        self._store = store
        self._settings = settings

    def code(self, code: str, client_id: str) -> AuthorizationCode | None:
        """Consume a code; a second use revokes all that the first one issued (RFC 9700, 4.5)."""
        with self._store.write() as tx:
            found = tx.codes.redeem(code)
            if isinstance(found, Replayed):
                _revoke(tx, found, client_id, "code.replayed")
                return None
            grant = found and _own(tx, found.grant_id, client_id)
            if not found or not grant:
                return None
            tx.audit.add("code.redeemed", account_id=grant.account_id, client_id=client_id)
            return AuthorizationCode(grant, found.redirect_uri, found.code_challenge)

    def refresh_token(self, token: str, client_id: str, scope: str | None) -> RefreshToken | None:
        """Consume a token and store its successor; reuse revokes the family (RFC 9700, 4.14.2)."""
        with self._store.write() as tx:
            found = tx.refresh_tokens.redeem(token)
            if isinstance(found, Replayed):
                _revoke(tx, found, client_id, "refresh_token.reused")
                return None
            grant = found and _own(tx, found.grant_id, client_id)
            if not grant:
                return None
            _only_narrows(scope, grant)
            return RefreshToken(self._renewed(tx, grant, "refresh_token.rotated"))

    def login(self, grant: Grant) -> Login:
        """Return the login behind a code, with a first refresh token for `offline_access`."""
        if "offline_access" not in grant.scope.split():
            return Login(grant)
        with self._store.write() as tx:
            return self._renewed(tx, grant, "refresh_token.issued")

    def _renewed(self, tx: Transaction, grant: Grant, event: str) -> Login:
        token = tx.refresh_tokens.put(grant.id, self._settings.refresh_idle)
        tx.audit.add(event, account_id=grant.account_id, client_id=grant.client_id)
        return Login(grant, token)


def _own(tx: Transaction, grant_id: str, client_id: str) -> Grant | None:
    grant = tx.grants.get(grant_id)
    return grant if grant and grant.client_id == client_id else None


def _revoke(tx: Transaction, found: Replayed, client_id: str, event: str) -> None:
    tx.grants.revoke(found.grant_id)
    tx.audit.add(event, client_id=client_id, detail={"grant": found.grant_id})


def _only_narrows(scope: str | None, grant: Grant) -> None:
    """Raise, so that the consumption is undone and the client may ask again properly."""
    if scope and not set(scope.split()) <= set(grant.scope.split()):
        raise InvalidScopeError()
