"""Status lists (draft-ietf-oauth-status-list): a backend learns of revocations without asking."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from flask.testing import FlaskClient

from contracts.assurance import Assurance
from gateway.oidc.issued.status_list import KEPT, compressed
from store import Client, Store
from store.accounts import Account
from store.grants import Access
from store.statuses import BEHIND, SIZE
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty, claims_of

VECTORS = Path(__file__).parents[1] / "vectors" / "status_lists.json"
LISTS = json.loads(VECTORS.read_text())["lists"]
MOST = SIZE // 8


def plain(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def inflated(lst: str) -> bytes:
    """Inflate a list, and no bomb."""
    found = zlib.decompressobj().decompress(plain(lst), MOST + 1)
    assert len(found) <= MOST
    return found


def ended(bits: bytes) -> list[int]:
    return [
        8 * at + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte >> bit & 1
    ]


@pytest.mark.parametrize("vector", LISTS, ids=["short", "2^20"])
def test_lists_are_those_of_the_standard(vector: dict[str, Any]) -> None:
    made = inflated(compressed(vector["ended"], vector["size"]))
    assert made == inflated(vector["lst"])
    assert ended(made) == vector["ended"]


class Backend:
    """Checks tokens by status lists: written from the standard, with nothing of the provider's."""

    def __init__(self, browser: FlaskClient, clock: FakeClock) -> None:
        self._browser = browser
        self._clock = clock

    def revoked(self, token: str) -> bool:
        """Follow a token to its list (section 8.3)."""
        place = claims_of(token)["status"]["status_list"]
        said = self.list(place["uri"])
        assert said["status_list"]["bits"] == 1
        bits = inflated(said["status_list"]["lst"])
        return bool(bits[place["idx"] // 8] >> place["idx"] % 8 & 1)

    def list(self, uri: str) -> dict[str, Any]:
        answer = self._browser.get(uri.removeprefix(ISSUER))
        assert answer.status_code == 200, answer.text
        assert answer.content_type == "application/statuslist+jwt"
        header, payload, signature = answer.text.split(".")
        said, meta = json.loads(plain(payload)), json.loads(plain(header))
        assert meta["typ"] == "statuslist+jwt"
        assert meta["alg"] == "ES256"
        self._check(meta["kid"], f"{header}.{payload}".encode(), plain(signature))
        assert said["sub"] == uri
        assert said["iat"] <= self._clock.now().timestamp() < said["exp"]
        return said  # type: ignore[no-any-return]

    def _check(self, kid: str, signed: bytes, signature: bytes) -> None:
        keys = self._browser.get("/.well-known/jwks.json").get_json()["keys"]
        [key] = [each for each in keys if each["kid"] == kid]
        x, y = (int.from_bytes(plain(key[part])) for part in "xy")
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        public = EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
        public.verify(encode_dss_signature(r, s), signed, ECDSA(SHA256()))


@pytest.fixture
def listed(app: Flask, store: Store, registered: Client) -> RelyingParty:
    """A client whose tokens name a status list."""
    said = replace(registered.metadata, token_status_list=True)
    with store.write() as tx:
        tx.clients.add(replace(registered, id="listed", metadata=said))
    return RelyingParty(app.test_client(), "listed")


@pytest.fixture
def backend(app: Flask, clock: FakeClock) -> Backend:
    return Backend(app.test_client(), clock)


def test_a_client_that_asks_for_nothing_has_no_place(rp: RelyingParty) -> None:
    assert "status" not in claims_of(rp.tokens()["access_token"])


def test_a_revoked_token_shows_within_seconds(
    listed: RelyingParty, backend: Backend, clock: FakeClock
) -> None:
    first, second = listed.tokens()["access_token"], listed.tokens()["access_token"]
    assert not backend.revoked(first)
    listed.browser.post("/oauth/revoke", data={"token": first}, headers=listed.basic())
    clock.advance(KEPT)
    assert backend.revoked(first)
    assert not backend.revoked(second)


def test_what_follows_by_a_refresh_token_has_the_same_place(
    listed: RelyingParty, backend: Backend, clock: FakeClock
) -> None:
    tokens = listed.tokens()
    again = listed.refresh(tokens["refresh_token"]).get_json()
    status = [claims_of(each["access_token"])["status"] for each in (tokens, again)]
    assert status[0] == status[1]


def test_whatever_ends_a_session_shows(
    listed: RelyingParty, backend: Backend, clock: FakeClock, store: Store, account: Account
) -> None:
    token = listed.tokens()["access_token"]
    with store.write() as tx:
        tx.accounts.set_disabled(account.id, True)
    clock.advance(KEPT)
    assert backend.revoked(token)


def test_an_erased_person_s_tokens_stay_revoked(
    listed: RelyingParty, backend: Backend, clock: FakeClock, store: Store, account: Account
) -> None:
    """The grant is gone with the person; that it was revoked is not."""
    token = listed.tokens()["access_token"]
    with store.write() as tx:
        tx.erasures.plan(account.id, clock.now())
        tx.erasures.begin(account.id)
        assert tx.erasures.finish(account.id, clock.now(), ISSUER)
    clock.advance(KEPT)
    assert backend.revoked(token)


def test_a_removed_client_s_tokens_are_revoked(
    listed: RelyingParty, backend: Backend, clock: FakeClock, store: Store
) -> None:
    token = listed.tokens()["access_token"]
    with store.write() as tx:
        tx.clients.remove("listed")
    clock.advance(KEPT)
    assert backend.revoked(token)


def test_what_has_expired_drops_out(
    listed: RelyingParty, backend: Backend, clock: FakeClock, store: Store
) -> None:
    token = listed.tokens()["access_token"]
    listed.browser.post("/oauth/revoke", data={"token": token}, headers=listed.basic())
    clock.advance(timedelta(days=1) + BEHIND)
    with store.write() as tx:
        assert tx.retention.purge(clock.now())["ended_statuses"] == 1
    place = claims_of(token)["status"]["status_list"]
    assert ended(inflated(backend.list(place["uri"])["status_list"]["lst"])) == []


def test_the_lists_are_named_where_the_metadata_says(
    listed: RelyingParty, app: Flask, backend: Backend
) -> None:
    browser = app.test_client()
    metadata = browser.get("/.well-known/oauth-authorization-server").get_json()
    endpoint = metadata["status_list_aggregation_endpoint"].removeprefix(ISSUER)
    token = listed.tokens()["access_token"]
    found = browser.get(endpoint)
    assert found.get_json() == {"status_lists": [claims_of(token)["status"]["status_list"]["uri"]]}
    assert found.headers["Access-Control-Allow-Origin"] == "*"


def test_caches_may_keep_a_list_for_its_time(listed: RelyingParty, app: Flask) -> None:
    browser = app.test_client()
    place = claims_of(listed.tokens()["access_token"])["status"]["status_list"]
    path = place["uri"].removeprefix(ISSUER)
    first = browser.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=15"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["x", "-1", "00", "99999999", "9999999", "1e3", "٣"])
def test_there_is_no_other_list(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/oauth/status-lists/{name}").status_code == 404


def test_no_two_grants_share_a_place(
    store: Store,
    account: Account,
    registered: Client,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where a place is taken, or was until just now, the next list of the day has one."""
    monkeypatch.setattr("store.statuses.secrets.randbelow", lambda _: 7)
    assurance = Assurance(account.id, "mfa", ("pwd",), clock.now(), "s" * 32)
    opened = []
    for _ in range(3):
        with store.write() as tx:
            grant = tx.grants.open(
                assurance, registered.id, Access(scope="openid"), BEHIND, listed=True
            )
            tx.grants.revoke(grant.id)
            opened.append(grant)
    lists = [grant.status_list for grant in opened]
    assert lists == [lists[0], lists[0] + 1, lists[0] + 2]  # type: ignore[operator]
    assert {grant.status_index for grant in opened} == {7}
