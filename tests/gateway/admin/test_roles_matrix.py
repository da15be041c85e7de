"""Every operation, asked for by everybody: the list is the desk's own, so a new one is here too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway.admin import openapi
from gateway.admin.opened import CALLS
from gateway.admin.operation import Operation
from gateway.admin.roles import LADDER, Role
from tests.gateway.admin.conftest import Act
from tests.gateway.admin.remote import Remote
from tests.gateway.conftest import House

embedded = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What is asked here is who may; what is done is another test's, on both databases."""

OPERATIONS = tuple(openapi.catalogue(CALLS).values())
NOBODY = "0" * 32
"""A value for the members of paths: the id of nobody."""


@pytest.fixture
def remote(house: House) -> Remote:
    return Remote(house)


def ask(remote: Remote, found: Operation, token: str, **more: Any) -> TestResponse:
    """Ask for an operation with nothing but what its path needs."""
    path = found.said.path.format(**dict.fromkeys(found.in_path, NOBODY))
    sent = {"json": {}} if found.in_body else {}
    return remote.call(found.said.method, path, token, **sent, **more)


def refused(house: House) -> list[str]:
    """The operations that somebody was refused, as the trail has it."""
    with house.store.read() as tx:
        listed = tx.audit.list(10 * len(OPERATIONS))
    return [each.detail["operation"] for each in listed if each.event == "admin.refused"]


@embedded
@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_what_is_said_and_nothing_else(
    remote: Remote, house: House, act: Act, role: Role
) -> None:
    token = remote.token(act(role).id)
    got = {each.name: ask(remote, each, token).status_code for each in OPERATIONS}
    may = {each.name for each in OPERATIONS if role in each.said.roles}
    assert {name for name, status in got.items() if status == 403} == got.keys() - may
    assert {name: status for name, status in got.items() if status in {401, 404, 405, 500}} == {}
    assert sorted(refused(house)) == sorted(got.keys() - may)


def test_an_auditor_changes_nothing_and_a_viewer_neither() -> None:
    for each in OPERATIONS:
        if each.changes and each.name not in ASKING:
            assert not {Role.VIEWER, Role.AUDITOR} & each.said.roles, each.name


ASKING: frozenset[str] = frozenset()
"""Operations that are no GET and change nothing all the same."""


def test_whoever_is_higher_on_the_ladder_may_what_those_below_may() -> None:
    for each in OPERATIONS:
        for below, above in pairwise(LADDER):
            assert below not in each.said.roles or above in each.said.roles, each.name


DANGEROUS = (
    "operators.",
    "keys.revoke",
    "keys.rotate",
    "policy.put",
    "clients.add",
    "clients.issue",
    "clients.rotate",
    "erase_now",
)


def test_what_is_dangerous_needs_a_login_that_is_new() -> None:
    for each in OPERATIONS:
        if each.changes and any(name in each.name for name in DANGEROUS):
            assert each.said.fresh, each.name


WITHOUT: dict[str, Callable[[Remote, str], TestResponse]] = {}


def without(kind: str) -> Callable[[Callable[..., TestResponse]], Callable[..., TestResponse]]:
    def note(send: Callable[..., TestResponse]) -> Callable[..., TestResponse]:
        WITHOUT[kind] = send
        return send

    return note


@without("no token")
def _none(remote: Remote, who: str, found: Operation) -> TestResponse:
    return ask(remote, found, "", scheme="")


@without("a token by Bearer")
def _bearer(remote: Remote, who: str, found: Operation) -> TestResponse:
    return ask(remote, found, remote.token(who), scheme="Bearer")


@without("a token that is not bound")
def _unbound(remote: Remote, who: str, found: Operation) -> TestResponse:
    return ask(remote, found, remote.token(who, bound=False))


@without("a token for another audience")
def _elsewhere(remote: Remote, who: str, found: Operation) -> TestResponse:
    return ask(remote, found, remote.token(who, audience="chatbot"))


@without("a login without a passkey")
def _weak(remote: Remote, who: str, found: Operation) -> TestResponse:
    return ask(remote, found, remote.token(who, acr="mfa"))


@without("a login of yesterday")
def _old(remote: Remote, who: str, found: Operation) -> TestResponse:
    then = remote.house.clock.now() - timedelta(hours=13)
    return ask(remote, found, remote.token(who, auth_time=then))


@without("the key of the token")
def _stolen(remote: Remote, who: str, found: Operation) -> TestResponse:
    return ask(Remote(remote.house), found, remote.token(who))


@embedded
@pytest.mark.parametrize("kind", WITHOUT)
def test_an_admin_without_what_it_takes_may_nothing(
    remote: Remote, house: House, act: Act, kind: str
) -> None:
    who, send = act(Role.ADMIN).id, WITHOUT[kind]
    got = {each.name: send(remote, who, each) for each in OPERATIONS}
    assert {name: one.status_code for name, one in got.items() if one.status_code != 401} == {}
    assert all(one.headers["WWW-Authenticate"].startswith("DPoP ") for one in got.values())


@embedded
def test_a_person_who_is_kept_out_may_nothing(remote: Remote, house: House, act: Act) -> None:
    who = act(Role.ADMIN).id
    token = remote.token(who)
    with house.store.write() as tx:
        tx.accounts.set_disabled(who, True)
    got = {each.name: ask(remote, each, token).status_code for each in OPERATIONS}
    assert {name: status for name, status in got.items() if status != 401} == {}


@embedded
def test_a_role_that_was_withdrawn_may_nothing_and_leaves_a_trace(
    remote: Remote, house: House, act: Act
) -> None:
    who = act(Role.ADMIN).id
    token = remote.token(who)
    with house.store.write() as tx:
        tx.operators.withdraw(who, 1)
    got = {each.name: ask(remote, each, token).status_code for each in OPERATIONS}
    assert {name: status for name, status in got.items() if status != 403} == {}
    assert sorted(refused(house)) == sorted(got)


@embedded
def test_a_login_that_is_not_new_may_what_is_not_dangerous(
    remote: Remote, house: House, act: Act
) -> None:
    then = house.clock.now() - house.settings.span("fresh") - timedelta(seconds=1)
    token = remote.token(act(Role.ADMIN).id, auth_time=then)
    may = [each for each in OPERATIONS if Role.ADMIN in each.said.roles]
    got = {each: ask(remote, each, token) for each in may}
    stale = {each.name for each, answer in got.items() if answer.status_code == 401}
    assert stale == {each.name for each in may if each.said.fresh}
    seconds = house.settings.fresh_seconds
    for each, answer in got.items():
        if each.said.fresh:
            assert f'max_age="{seconds}"' in answer.headers["WWW-Authenticate"]
