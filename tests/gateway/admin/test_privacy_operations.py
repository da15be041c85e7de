"""Consents, retention, proofs of erasure, the record of processing: as operators ask for them."""

from __future__ import annotations

import json

import pytest

from contracts.errors import BadRequest, Expired, NotAllowed
from contracts.factor import Template
from gateway.admin.desk import Desk
from gateway.admin.roles import Role
from gateway.erasure import Eraser
from store.keystore import pseudonym
from store.outbox import MESSAGE
from tests.enrollment.conftest import Loudness
from tests.gateway.admin.conftest import Act, Call
from tests.gateway.conftest import PASSWORD, Build, House


@pytest.fixture
def house(build: Build) -> House:
    return build(factors={"voice": Loudness()})


@pytest.fixture
def vera(house: House) -> str:
    """Somebody who agreed, and whose voice is enrolled."""
    account_id = house.enrolled("vera", password=PASSWORD)
    with house.store.write() as tx:
        tx.biometric_consents.give(account_id, "voice", 1, "Front desk")
        tx.credentials.add(account_id, "voice", Template(b"voice", "loudness-1"))
    return account_id


def test_a_consent_is_listed_with_where_it_was_given(call: Call, vera: str) -> None:
    [given] = call("consents.list", person=vera).consents
    assert (given.factor, given.version, given.given_by) == ("voice", 1, "Front desk")
    assert given.withdrawn_at is None


def test_withdrawing_for_a_person_deletes_tells_and_is_traced(
    house: House, desk: Desk, act: Act, vera: str
) -> None:
    operator = act(Role.OPERATOR)
    desk.call(operator, "consents.withdraw", {"person": vera, "factor": "voice"})
    with house.store.write() as tx:
        assert [each.factor for each in tx.credentials.list(vera)] == ["password"]
        [ended] = tx.biometric_consents.list(vera)
        assert not ended.stands
        [noted] = tx.audit.of(vera, ["consent.biometric_withdrawn"], 9)
        told = tx.outbox.claim(house.clock.now(), house.settings.span("login"), MESSAGE)
    assert noted.actor
    assert noted.actor.name == "operator"
    assert [each.payload["to"] for each in told] == ["vera@example.org"]
    with pytest.raises(Expired):
        desk.call(operator, "consents.withdraw", {"person": vera, "factor": "voice"})


@pytest.mark.parametrize("factor", ["password", "totp", "nonsense"])
def test_no_other_factor_goes_by_this_way(house: House, call: Call, vera: str, factor: str) -> None:
    with pytest.raises(Expired):
        call("consents.withdraw", person=vera, factor=factor)
    with house.store.read() as tx:
        assert len(tx.credentials.list(vera)) == 2


def test_a_consent_of_an_operator_is_a_matter_for_admins(
    house: House, desk: Desk, act: Act, vera: str
) -> None:
    with house.store.write() as tx:
        tx.operators.grant(vera, Role.VIEWER, "system:0")
    with pytest.raises(NotAllowed):
        desk.call(act(Role.OPERATOR), "consents.withdraw", {"person": vera, "factor": "voice"})


def test_a_person_who_is_not_there_has_no_consents(call: Call) -> None:
    for name, more in (("consents.list", {}), ("consents.withdraw", {"factor": "voice"})):
        with pytest.raises(BadRequest):
            call(name, person="f" * 32, **more)


def test_a_run_is_asked_for_once_and_a_preview_changes_nothing(
    house: House, call: Call, vera: str
) -> None:
    kinds = call("retention.preview").kinds
    assert [(each.name, each.days, each.due) for each in kinds] == [
        *(("templates", 365, 0), ("accounts", 0, 0), ("history", 0, 0))
    ]
    assert call("retention.run").queued
    assert not call("retention.run").queued
    with house.store.read() as tx:
        [asked] = [each for each in tx.audit.list(9) if each.event == "retention.asked"]
    assert asked.actor
    assert asked.actor.name == "admin"


def test_proofs_are_found_by_number_and_listed(house: House, call: Call, vera: str) -> None:
    others = [house.enrolled(f"p{one}", password=PASSWORD) for one in range(2)]
    eraser = Eraser(house.store, house.clock, house.settings)
    proofs = {eraser.now(each) for each in (vera, *others)}
    first = call("erasures.list", limit=2)
    rest = call("erasures.list", limit=2, after=first.next)
    assert {each.proof for each in (*first.erasures, *rest.erasures)} == proofs
    assert rest.next == ""
    whose = pseudonym(house.store.vault, vera)
    assert call("erasures.proof", pseudonym=whose).proof in proofs
    with pytest.raises(BadRequest):
        call("erasures.proof", pseudonym="0" * 32)


def test_the_record_is_made_for_overseers(house: House, desk: Desk, act: Act, vera: str) -> None:
    report = desk.call(act(Role.AUDITOR), "privacy.report", {})
    said = json.loads(report.model_dump_json())
    assert {each["name"] for each in said["data"]} >= {"people", "biometric templates"}
    assert "vera" not in json.dumps(said)
    for role in (Role.VIEWER, Role.HELPDESK, Role.OPERATOR):
        with pytest.raises(NotAllowed):
            desk.call(act(role), "privacy.report", {})
