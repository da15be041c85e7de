"""Operators and protected resources."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.errors import BadRequest, Conflict, NotAllowed
from gateway.admin.api_client import resource
from tests.gateway.admin.conftest import Call
from tests.gateway.conftest import House

TOOLS = "https://tools.example/mcp"
TYPE = {"transfer": {"title": "Transfer", "members": {}}}


def test_a_resource_is_added_changed_and_removed(call: Call) -> None:
    added = call("resources.add", uri=TOOLS, scope="read write", details=TYPE)
    assert (added.name, added.open, added.version) == (TOOLS, False, 1)
    changed = call("resources.update", uri=TOOLS, version=1, scope="read")
    assert (changed.scope, changed.details, changed.version) == ("read", added.details, 2)
    with pytest.raises(Conflict):
        call("resources.update", uri=TOOLS, version=1, open=True)
    call("resources.remove", uri=TOOLS)
    with pytest.raises(BadRequest, match="no resource"):
        call("resources.get", uri=TOOLS)


@pytest.mark.parametrize(
    "said",
    [
        {"scope": "a  b"},
        {"name": ""},
        {"details": {"message": {"title": "Ours"}}},
        {"details": {"x": {"title": "X", "members": {"a": {"kind": "blob"}}}}},
        {"owner": "me"},
    ],
)
def test_what_is_malformed_is_refused_whole(call: Call, said: dict[str, Any]) -> None:
    call("resources.add", uri=TOOLS)
    with pytest.raises(BadRequest):
        call("resources.update", uri=TOOLS, version=1, **said)
    with pytest.raises(BadRequest):
        call("resources.add", uri=f"{TOOLS}/2", **said)
    assert call("resources.get", uri=TOOLS).version == 1


@pytest.mark.parametrize("uri", ["tools", "https://tools.example/#x", "https://a b/", ""])
def test_an_indicator_is_an_address(call: Call, uri: str) -> None:
    with pytest.raises(BadRequest):
        call("resources.add", uri=uri)


def test_a_type_is_of_one_resource(call: Call) -> None:
    call("resources.add", uri=TOOLS, details=TYPE)
    call("resources.add", uri=f"{TOOLS}/2")
    with pytest.raises(Conflict):
        call("resources.update", uri=f"{TOOLS}/2", version=1, details=TYPE)
    assert call("resources.update", uri=TOOLS, version=1, details=TYPE).version == 2


def test_our_own_resource_stays(house: House, call: Call) -> None:
    own = resource(house.settings.issuer)
    for operation, more in (("resources.remove", {}), ("resources.update", {"version": 1})):
        with pytest.raises(NotAllowed):
            call(operation, uri=own, **more)


def test_resources_are_listed_page_by_page(call: Call) -> None:
    for number in range(3):
        call("resources.add", uri=f"{TOOLS}/{number}")
    first = call("resources.list", limit=2, words="/MCP/")
    rest = call("resources.list", limit=2, words="/MCP/", after=first.next)
    assert [found.uri[-1] for found in (*first.resources, *rest.resources)] == ["0", "1", "2"]
    assert rest.next == ""
