"""How sure a voice must be is the policy's: versioned, in the trail, and an admin's alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.errors import BadRequest, NotAllowed
from contracts.factor import Answer, Factor, Subject, Verdict
from contracts.sample import Modality, Sample
from gateway.admin.desk import Desk
from gateway.admin.roles import Role
from gateway.governing import governed
from gateway.opening import known_factors
from tests.gateway.admin.conftest import Act
from tests.gateway.conftest import PASSWORD, House
from tests.gateway.voices import cosine_at, enrol, listen, spoken

NAME = "biometric_target_fmr"


def put(desk: Desk, act: Act, role: Role = Role.ADMIN, version: int = 0, **values: Any) -> None:
    desk.call(act(role), "policy.put", {"values": values, "version": version})


def rebuilt(house: House) -> Factor:
    """Return the factor as every process builds it once the policy has changed."""
    settings = governed(house.settings, house.store)
    return known_factors(settings, house.store, house.clock, listen)["voice"]


def judged(house: House, factor: Factor, account_id: str, take: int) -> Verdict:
    """Speak so that it is enough for one false match in a thousand, and not in ten thousand."""
    between = (cosine_at(1e-3) + cosine_at(1e-4)) / 2
    subject = Subject(account_id, "alice")
    challenge = factor.begin_verify(subject, [])
    house.clock.advance(timedelta(seconds=8))
    digits = "".join(map(str, challenge.asks[0].options["digits"]))
    sample = Sample(
        Modality.VOICE, "audio/wav", spoken(between, digits, take), house.clock.now(), "test"
    )
    with house.store.read() as tx:
        enrolled = tx.credentials.enrolled(account_id, "voice")
    return factor.finish_verify(subject, enrolled, challenge.secret, Answer(samples=[sample]))


def test_a_change_decides_in_what_is_built_next(desk: Desk, act: Act, house: House) -> None:
    alice = house.enrolled("alice", password=PASSWORD)
    enrol(house, alice)
    strict = judged(house, rebuilt(house), alice, 1)
    assert (strict.accepted, strict.reason) == (False, "another voice")
    put(desk, act, biometric_target_fmr="1e-3")
    lenient = judged(house, rebuilt(house), alice, 2)
    assert lenient.accepted
    assert (strict.basis, lenient.basis) == (
        lenient.basis.replace("0.001", "0.0001"),
        strict.basis.replace("0.0001", "0.001"),
    )


def test_the_trail_says_who_from_what_to_what(desk: Desk, act: Act, house: House) -> None:
    put(desk, act, biometric_target_fmr="1e-3")
    with house.store.read() as tx:
        [changed] = [each for each in tx.audit.list(5) if each.event == "policy.changed"]
    assert changed.detail["changes"] == {NAME: ["1e-4", "1e-3"]}
    history = desk.call(act(Role.VIEWER), "policy.history", {}).model_dump()
    [version] = history["versions"]
    assert (version["version"], version["username"]) == (1, Role.ADMIN)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HELPDESK, Role.OPERATOR, Role.AUDITOR])
def test_nobody_else_changes_it(desk: Desk, act: Act, house: House, role: Role) -> None:
    with pytest.raises(NotAllowed):
        put(desk, act, role, biometric_target_fmr="1e-3")
    with house.store.read() as tx:
        assert tx.policies.version() == 0


@pytest.mark.parametrize("value", ["1e-2", "0.1", 1, ""])
def test_no_other_target_can_be_chosen(desk: Desk, act: Act, value: object) -> None:
    with pytest.raises(BadRequest, match=NAME):
        put(desk, act, biometric_target_fmr=value)
