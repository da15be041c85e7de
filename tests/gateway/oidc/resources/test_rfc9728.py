"""Resources that say themselves from whom they take tokens (RFC 9728), on trial alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.oidc.resources.rfc9728 import ResourceMetadata
from store import Store
from store.resources import Resource
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.hostile import Hostile
from tests.gateway.oidc.relying_party import ISSUER

PATH = "/.well-known/oauth-protected-resource"


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    with Hostile(None).running() as server:
        yield server


def learnt(
    store: Store, clock: FakeClock, resource: str, scope: str = "", *, on_trial: bool = True
) -> Resource | None:
    ResourceMetadata(store, clock, ISSUER, on_trial=on_trial).learn(resource, scope)
    with store.read() as tx:
        return tx.resources.get(resource)


def published(server: Hostile, path: str = "/mcp", **more: Any) -> str:
    """Publish the metadata of a resource; return the resource."""
    resource = f"{server.origin}{path}"
    told = {
        "resource": resource,
        "authorization_servers": [ISSUER],
        "scopes_supported": ["notes:read", "notes:write"],
        **more,
    }
    server.answer(PATH + ("" if path == "/" else path), told)
    return resource


@pytest.mark.parametrize("path", ["/mcp", "/a/b", ""])
def test_a_resource_that_names_us_is_known(
    store: Store, clock: FakeClock, server: Hostile, path: str
) -> None:
    found = learnt(store, clock, published(server, path))
    assert found is not None
    assert (found.scope, found.open) == ("notes:read notes:write", True)


def test_it_understands_what_it_is_asked_for(
    store: Store, clock: FakeClock, server: Hostile
) -> None:
    resource = published(server, "/wide")
    for asked, understood in (
        ("openid notes:read offline_access", "notes:read notes:write"),
        ("notes:admin", "notes:read notes:write notes:admin"),
        ("notes:read", "notes:read notes:write notes:admin"),
        ("x" * 64 + " " + "y" * 200, "notes:read notes:write notes:admin"),
        ('quoted"', "notes:read notes:write notes:admin"),
    ):
        found = learnt(store, clock, resource, asked)
        assert found is not None
        assert found.scope == understood


def test_only_on_trial(store: Store, clock: FakeClock, server: Hostile) -> None:
    resource, asked = published(server), len(server.seen)
    assert learnt(store, clock, resource, on_trial=False) is None
    assert len(server.seen) == asked


@pytest.mark.parametrize(
    "resource",
    [
        "https://tools.example/mcp",
        "http://10.0.0.1:8080/mcp",
        "http://localhost.evil.example:8080/mcp",
        "http://localhost:8080@evil.example/mcp",
        "http://user@localhost:8080/mcp",
        "http://localhost/mcp",
        "urn:mcp",
        "http://localhost:99999/mcp",
        "http://localhost:22/mcp",
    ],
)
def test_only_this_machine_is_asked(store: Store, clock: FakeClock, resource: str) -> None:
    assert learnt(store, clock, resource) is None


@pytest.mark.parametrize(
    "said",
    [
        {"resource": "http://localhost:1/mcp"},
        {"resource": None},
        {"authorization_servers": ["https://other.example"]},
        {"authorization_servers": [ISSUER + "/"]},
        {"authorization_servers": ISSUER},
        {"authorization_servers": []},
        {"authorization_servers": None},
    ],
    ids=str,
)
def test_one_that_does_not_name_us_is_not_known(
    store: Store, clock: FakeClock, server: Hostile, said: dict[str, Any]
) -> None:
    assert learnt(store, clock, published(server, "/other", **said)) is None


@pytest.mark.parametrize("content", [[], "x", None, {}])
def test_what_is_no_metadata_is_not_believed(
    store: Store, clock: FakeClock, server: Hostile, content: Any
) -> None:
    server.answer(f"{PATH}/none", content)
    assert learnt(store, clock, f"{server.origin}/none") is None


@pytest.mark.parametrize(
    "scopes", [None, "notes:read", [], [1], ["a b", 'c"'], ["x" * 300], [["x"]]], ids=str
)
def test_a_scope_that_cannot_be_asked_for_is_none(
    store: Store, clock: FakeClock, server: Hostile, scopes: Any
) -> None:
    found = learnt(store, clock, published(server, "/scope", scopes_supported=scopes))
    assert found is not None
    assert found.scope == ""


def test_what_an_operator_said_stays(store: Store, clock: FakeClock, server: Hostile) -> None:
    resource, asked = published(server, "/kept"), len(server.seen)
    own = Resource(resource, "Mine", "", open=False, created_at=clock.now())
    with store.write() as tx:
        tx.resources.add(own)
    assert learnt(store, clock, resource, "more") == own
    assert len(server.seen) == asked
