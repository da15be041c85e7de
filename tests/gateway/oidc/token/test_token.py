from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from store import Store
from store.accounts import Account
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty, refused


def decoded(rp: RelyingParty, token: str, alg: str = "ES256") -> jwt.Token:
    keys = KeySet.import_key_set(rp.browser.get("/.well-known/jwks.json").get_json())
    return jwt.decode(token, keys, algorithms=[alg])


class TestCode:
    def test_the_access_token_is_an_rfc_9068_jwt(
        self, rp: RelyingParty, account: Account, clock: FakeClock
    ) -> None:
        body = rp.tokens()
        token = decoded(rp, body["access_token"])
        assert token.header["typ"] == "at+jwt"
        now = int(clock.now().timestamp())
        assert token.claims.pop("jti")
        assert token.claims == {
            "iss": ISSUER,
            "sub": account.id,
            "aud": "https://api.bot.example",
            "client_id": "bot",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "acr": "mfa",
            "amr": ["pwd", "otp", "mfa"],
            "scope": "openid profile email offline_access",
        }
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 300)

    def test_the_id_token(self, rp: RelyingParty, account: Account, clock: FakeClock) -> None:
        body = rp.tokens()
        token = decoded(rp, body["id_token"])
        half = hashlib.sha256(body["access_token"].encode()).digest()[:16]
        now = int(clock.now().timestamp())
        assert token.header["typ"] == "JWT"
        assert token.claims == {
            "iss": ISSUER,
            "sub": account.id,
            "aud": "bot",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": "a nonce",
            "acr": "mfa",
            "amr": ["pwd", "otp", "mfa"],
            "sid": "s" * 32,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        }

    def test_no_openid_no_id_token_and_no_offline_access_no_refresh_token(
        self, rp: RelyingParty
    ) -> None:
        body = rp.tokens(scope="profile")
        assert not {"id_token", "refresh_token"} & set(body)

    def test_rs256_for_clients_that_ask(self, rp: RelyingParty) -> None:
        rp.client_id = "legacy"
        body = rp.tokens()
        assert decoded(rp, body["access_token"], "RS256").claims["aud"] == "legacy"
        assert decoded(rp, body["id_token"], "RS256").claims["aud"] == "legacy"

    def test_a_public_client_and_its_loopback_port(self, native: RelyingParty) -> None:
        assert native.tokens()["access_token"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"code": "nonsense"},
            {"redirect_uri": "https://bot.example/other?keep=1"},
            {"redirect_uri": None},
            {"code_verifier": "w" * 43},
        ],
    )
    def test_what_does_not_fit_is_invalid_grant(
        self, rp: RelyingParty, changes: dict[str, str | None]
    ) -> None:
        code = rp.code()
        refused(rp.exchange(code, **changes), "invalid_grant")
        if "code" not in changes:
            refused(rp.exchange(code), "invalid_grant")

    def test_an_old_code(self, rp: RelyingParty, clock: FakeClock) -> None:
        code = rp.code()
        clock.advance(timedelta(seconds=61))
        refused(rp.exchange(code), "invalid_grant")

    def test_a_foreign_code(self, rp: RelyingParty) -> None:
        code = rp.code()
        rp.client_id = "legacy"
        refused(rp.exchange(code), "invalid_grant")

    def test_a_code_needs_its_verifier(self, rp: RelyingParty) -> None:
        code = rp.code()
        for missing in (None, ""):
            answer = rp.exchange(code, code_verifier=missing)
            assert answer.get_json()["error"] == "invalid_request"
        assert rp.exchange(code).status_code == 200

    def test_a_replayed_code_revokes_what_it_issued(self, rp: RelyingParty, store: Store) -> None:
        code = rp.code()
        body = rp.exchange(code).get_json()
        refused(rp.exchange(code), "invalid_grant")
        refused(rp.refresh(body["refresh_token"]), "invalid_grant")
        assert rp.userinfo(body["access_token"]).status_code == 401
        with store.read() as tx:
            assert "code.replayed" in [record.event for record in tx.audit.list(9)]

    def test_a_disabled_account(self, rp: RelyingParty, store: Store, account: Account) -> None:
        code = rp.code()
        with store.write() as tx:
            tx.accounts.set_disabled(account.id, True)
        refused(rp.exchange(code), "invalid_grant")


class TestRefresh:
    def test_every_use_rotates(self, rp: RelyingParty, clock: FakeClock) -> None:
        first = rp.tokens()
        clock.advance(timedelta(minutes=10))
        second = rp.refresh(first["refresh_token"]).get_json()
        assert second["refresh_token"] != first["refresh_token"]
        before, after = (decoded(rp, body["id_token"]).claims for body in (first, second))
        assert after["iat"] - before["iat"] == 600
        for same in ("sub", "auth_time", "acr", "amr", "nonce", "sid"):
            assert after[same] == before[same]

    def test_reuse_revokes_the_family(self, rp: RelyingParty, store: Store) -> None:
        first = rp.tokens()
        second = rp.refresh(first["refresh_token"]).get_json()
        refused(rp.refresh(first["refresh_token"]), "invalid_grant")
        refused(rp.refresh(second["refresh_token"]), "invalid_grant")
        assert rp.userinfo(second["access_token"]).status_code == 401
        with store.read() as tx:
            assert "refresh_token.reused" in [record.event for record in tx.audit.list(9)]

    def test_idle_and_absolute_lifetime(self, rp: RelyingParty, clock: FakeClock) -> None:
        token = rp.tokens()["refresh_token"]
        for _ in range(24):
            clock.advance(timedelta(minutes=59))
            token = rp.refresh(token).get_json()["refresh_token"]
        clock.advance(timedelta(minutes=25))
        refused(rp.refresh(token), "invalid_grant")

    def test_idle_lifetime(self, rp: RelyingParty, clock: FakeClock) -> None:
        token = rp.tokens()["refresh_token"]
        clock.advance(timedelta(hours=1, seconds=1))
        refused(rp.refresh(token), "invalid_grant")

    def test_scope_only_narrows(self, rp: RelyingParty) -> None:
        token = rp.tokens(scope="profile openid offline_access")["refresh_token"]
        refused(rp.refresh(token, scope="openid email"), "invalid_scope")
        narrow = rp.refresh(token, scope="profile").get_json()
        assert narrow["scope"] == "profile"
        assert "id_token" not in narrow
        assert rp.refresh(narrow["refresh_token"]).get_json()["scope"].count("openid") == 1

    def test_a_foreign_token(self, rp: RelyingParty) -> None:
        token = rp.tokens()["refresh_token"]
        rp.client_id = "legacy"
        refused(rp.refresh(token), "invalid_grant")

    @pytest.mark.parametrize("how", ["grant", "session", "account"])
    def test_what_is_revoked_stays_so(
        self, rp: RelyingParty, store: Store, account: Account, how: str
    ) -> None:
        token = rp.tokens()["refresh_token"]
        with store.write() as tx:
            if how == "session":
                tx.grants.revoke_session("s" * 32)
            elif how == "account":
                tx.accounts.set_disabled(account.id, True)
            else:
                tx.grants.revoke_account(account.id)
        refused(rp.refresh(token), "invalid_grant")


class TestClientCredentials:
    def test_a_client_speaks_for_itself(self, rp: RelyingParty) -> None:
        body = rp.token(grant_type="client_credentials").get_json()
        claims = decoded(rp, body["access_token"]).claims
        assert (claims["sub"], claims["client_id"], claims["scope"]) == ("bot", "bot", "transfer")
        assert not {"acr", "amr", "auth_time"} & set(claims)
        assert "refresh_token" not in body
        assert rp.userinfo(body["access_token"]).status_code == 403

    def test_scopes_of_a_person_are_refused(self, rp: RelyingParty) -> None:
        asked = {"grant_type": "client_credentials", "scope": "openid email"}
        refused(rp.token(**asked), "invalid_scope")

    def test_not_for_public_clients(self, native: RelyingParty) -> None:
        refused(native.token(grant_type="client_credentials"), "unauthorized_client")


def test_a_removed_client_is_forgotten_within_seconds(
    rp: RelyingParty, store: Store, clock: FakeClock
) -> None:
    assert rp.token(grant_type="client_credentials").status_code == 200
    with store.write() as tx:
        tx.clients.remove("bot")
    clock.advance(timedelta(seconds=2))
    refused(rp.token(grant_type="client_credentials"), "invalid_client")


def test_acr_is_what_the_login_said(rp: RelyingParty) -> None:
    claims = decoded(rp, rp.tokens(acr_values="aal1")["access_token"]).claims
    assert claims["acr"] == "aal1"
