"""Signing keys in a real PKCS#11 token (SoftHSM2)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import KeySet, RSAKey
from joserfc.util import urlsafe_b64decode

from contracts.clock import Clock
from contracts.errors import Misconfigured, Unavailable
from gateway import oidc
from gateway.keeper import check_keeper, make_keeper
from gateway.oidc.keys import jose, rotation
from gateway.oidc.keys.algorithms import ALGORITHMS
from gateway.oidc.keys.ring import KeyRing
from gateway.settings import Settings
from store import Client, Store
from tests import softhsm
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import RelyingParty, Visitor
from tests.softhsm import SoftHSM

pkcs11 = pytest.importorskip("pkcs11", reason="the pkcs11 extra is not installed")
keeping = pytest.importorskip("gateway.oidc.keys.pkcs11")

LONGEST = timedelta(minutes=5)


@pytest.fixture(scope="module")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHSM]:
    """One token for all: a process reads the place of its tokens once."""
    token = softhsm.made(tmp_path_factory.mktemp("hsm"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOFTHSM2_CONF", str(token.configuration))
        yield token
        pkcs11.unload(str(token.module))


@pytest.fixture
def keeper(hsm: SoftHSM) -> Iterator[Any]:
    """A keeper of the token; the objects of a test are gone after it."""
    keeper = keeping.opened(hsm.module, hsm.label, softhsm.PIN)
    yield keeper
    for found in objects(keeper):
        found.destroy()
    keeper.token._give_up()


def objects(keeper: Any) -> list[Any]:
    with keeper.token.session() as session:
        return list(session.get_objects({}))


@pytest.fixture
def rp(
    store: Store,
    clock: Clock,
    settings: oidc.ProviderSettings,
    visitor: Visitor,
    registered: Client,
    keeper: Any,
) -> RelyingParty:
    """A client of a provider whose keys are all in the token."""
    oidc.ensure(store, clock, keeper)
    app = Flask("provider")
    parts = oidc.provider(
        store=store, clock=clock, settings=settings, authentication=visitor, keeper=keeper
    )
    app.register_blueprint(oidc.blueprint(parts))
    return RelyingParty(app.test_client())


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_tokens_are_signed_by_the_token(rp: RelyingParty, store: Store, alg: str) -> None:
    """A whole authorization, validated by nothing but the published key set."""
    legacy = RelyingParty(rp.browser, _client(store, alg))
    tokens = legacy.tokens()
    keys = KeySet.import_key_set(rp.browser.get("/.well-known/jwks.json").get_json())
    for name in ("id_token", "access_token"):
        read = jose.decoded(tokens[name], keys, [alg])
        assert read.header["alg"] == alg
    assert legacy.userinfo(tokens["access_token"]).status_code == 200
    raw = tokens["id_token"].rpartition(".")[2]
    assert len(urlsafe_b64decode(raw.encode())) == (64 if alg in {"ES256", "EdDSA"} else 256)


def _client(store: Store, alg: str) -> str:
    with store.write() as tx:
        bot = tx.clients.get("bot")
        assert bot
        tx.clients.add(replace(bot, id=f"bot-{alg}", token_alg=alg))
    return f"bot-{alg}"


def test_no_private_part_ever_leaves_the_token(store: Store, clock: FakeClock, keeper: Any) -> None:
    oidc.ensure(store, clock, keeper)
    private = objects(keeper)
    assert len(private) == len(ALGORITHMS)
    for key in private:
        assert key[pkcs11.Attribute.CLASS] == pkcs11.ObjectClass.PRIVATE_KEY
        assert key[pkcs11.Attribute.ALWAYS_SENSITIVE]
        assert key[pkcs11.Attribute.NEVER_EXTRACTABLE]
        assert not key[pkcs11.Attribute.DECRYPT]
    with store.read() as tx:
        assert all(key.private.startswith(b"pkcs11:") for key in tx.keys.list())
    published = oidc.jwks(store)
    assert not any({"d", "p", "q", "k"} & set(key) for key in published["keys"])
    sizes = [
        key.raw_value.key_size
        for key in KeySet.import_key_set(published)
        if isinstance(key, RSAKey)
    ]
    assert sizes == [2048, 2048]


def test_rotation_destroys_what_has_had_its_time(
    store: Store, clock: FakeClock, keeper: Any
) -> None:
    oidc.ensure(store, clock, keeper)
    old = KeyRing(store, clock, keeper).signer("ES256")
    made = oidc.rotate(store, clock, keeper, longest_token=LONGEST)
    assert len(objects(keeper)) == 2 * len(ALGORITHMS)
    clock.advance(timedelta(days=1))
    assert len(rotation.withdraw(store, keeper)) == len(ALGORITHMS)
    assert len(objects(keeper)) == len(ALGORITHMS)
    assert KeyRing(store, clock, keeper).signer("ES256").kid in {key.kid for key in made}
    with pytest.raises(Unavailable):
        old.sign("JWT", {})
    assert rotation.withdraw(store, keeper) == []


def test_a_session_that_breaks_is_opened_again(store: Store, clock: FakeClock, keeper: Any) -> None:
    oidc.ensure(store, clock, keeper)
    signer = KeyRing(store, clock, keeper).signer("ES256")
    assert signer.sign("JWT", {})
    keeper.token._open.close()
    assert signer.sign("JWT", {})


def test_keys_from_before_the_token_go_on_signing(
    store: Store, clock: FakeClock, keeper: Any
) -> None:
    oidc.ensure(store, clock)
    oidc.rotate(store, clock, keeper, longest_token=LONGEST)
    ring = KeyRing(store, clock, keeper)
    keys = KeySet.import_key_set(oidc.jwks(store))
    assert jose.decoded(ring.signer("RS256").sign("JWT", {}), keys)
    clock.advance(timedelta(minutes=10))
    assert jose.decoded(ring.signer("RS256").sign("JWT", {}), keys)
    assert oidc.ensure(store, clock, keeper) is None


def test_a_key_in_a_token_that_is_not_configured(
    store: Store, clock: FakeClock, keeper: Any
) -> None:
    oidc.ensure(store, clock, keeper)
    with pytest.raises(Misconfigured, match="GATEHOUSE_PKCS11_MODULE"):
        KeyRing(store, clock).signer("ES256")


def test_settings_that_open_no_token(hsm: SoftHSM, tmp_path: Path) -> None:
    wrong = tmp_path / "pin"
    wrong.write_text("9999")
    wrong.chmod(0o600)
    right = {"pkcs11_module": hsm.module, "pkcs11_pin_file": hsm.pin_file}
    for change in (
        {"pkcs11_module": tmp_path / "none.so"},
        {"pkcs11_token": "another"},
        {"pkcs11_pin_file": wrong},
        {"pkcs11_pin_file": tmp_path / "none"},
        {"pkcs11_pin_file": None},
    ):
        with pytest.raises(Misconfigured):
            check_keeper(Settings(env="test", **{**right, **change}))  # type: ignore[arg-type]
    os.chmod(wrong, 0o644)
    with pytest.raises(Misconfigured) as told:
        make_keeper(Settings(env="test", pkcs11_module=hsm.module, pkcs11_pin_file=wrong))
    assert "chmod 600" in str(told.value.public)


def test_algorithms_that_the_token_lacks_are_not_announced(hsm: SoftHSM, keeper: Any) -> None:
    able = keeper.token.mechanisms() - {pkcs11.Mechanism.EDDSA}
    assert keeping.able(able) == ("ES256", "RS256", "PS256")


def test_a_revoked_key_is_followed_at_once_and_destroyed_by_the_worker(
    store: Store, clock: FakeClock, keeper: Any
) -> None:
    oidc.ensure(store, clock, keeper)
    ring = KeyRing(store, clock, keeper)
    revoked = ring.signer("ES256")
    assert rotation.revoke(store, clock, revoked.kid, keeper)
    assert revoked.sign("JWT", {}), "a worker may not have heard of it yet"
    clock.advance(timedelta(seconds=5))
    assert ring.signer("ES256").kid != revoked.kid
    assert rotation.withdraw(store, keeper) == [revoked.kid]
    with pytest.raises(Unavailable):
        revoked.sign("JWT", {})
