"""Rules of the house that no single room can show."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine, event

from contracts.errors import Misconfigured, NotAllowed
from contracts.factor import Subject
from enrollment.ceremonies import Ceremonies
from enrollment.outcomes import Rules
from enrollment.submission import Submission, Upload
from gateway.settings import Settings
from hardware import registry as drivers
from store import Purpose
from tests.fakes.callbacks import UNHEARD
from tests.gateway.conftest import PASSWORD, SEED, House
from verifiers import registry
from verifiers.settings import FactorSettings
from verifiers.voice.calibration import Calibration
from verifiers.voice.consent import CONSENT

NARROW = re.compile(r"credentials\.(account_id|unique_hash|id) = |INSERT INTO credentials")


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect every statement that any database is given."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def without_limits() -> Iterator[None]:
    """Let every statement on limits fail, as on a table that is gone."""

    def misdirect(
        _connection: object, _cursor: object, statement: str, given: object, *_: object
    ) -> tuple[str, object]:
        return statement.replace("limits", "limits_that_are_gone"), given

    event.listen(Engine, "before_cursor_execute", misdirect, retval=True)
    yield
    event.remove(Engine, "before_cursor_execute", misdirect)


@pytest.mark.rule(4)
def test_no_statement_searches_all_templates(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = house.person()
    with statements() as seen:
        person.authorize(house.chatbot("bot"))
        person.fill(person.form(action="/factor", text="passkey"))
        person.go(person.form(action="/cancel").action.removesuffix("/cancel"))
        person.log_in("alice", PASSWORD)
        person.choose("Authenticator app")
        person.answer(code=house.totp())
        person.go("/account")
    read = [text for text in seen if "credentials" in text]
    assert read
    assert [text for text in read if not NARROW.search(text)] == []


@pytest.mark.rule(5)
def test_nothing_of_a_walk_lies_about_in_clear(house: House, tmp_path: Path) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED, otp="alice@example.org")
    bot, person = house.chatbot("bot"), house.person()
    person.authorize(bot, scope="openid offline_access")
    person.log_in("alice", PASSWORD)
    person.choose("a•••@example.org")
    handle = person.form(action="/answer").fields["ceremony"]
    code = re.search(r"\b\d{6}\b", house.sent()[0]["text"])
    assert code
    person.answer(code=code.group())
    redeemed = person.client.post("/oauth/token", data=bot.redemption(person.arrived["code"]))
    session = person.client.get_cookie("gatehouse_session")
    assert redeemed.json
    assert session
    secrets = [PASSWORD, SEED, handle, session.value, person.arrived["code"]]
    secrets += [redeemed.json["refresh_token"], redeemed.json["access_token"], code.group()]
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    if house.store.database.is_sqlite:
        assert b"alice" in held
    for secret in secrets:
        assert secret.encode() not in held


@pytest.mark.rule(7)
def test_a_message_and_what_caused_it_are_one(house: House) -> None:
    alice = house.enrolled("alice", otp="alice@example.org")
    with contextlib.suppress(KeyError), house.store.write() as tx:
        tx.outbox.put("message", {"text": "123456"}, timedelta(minutes=5))
        tx.audit.add("code.sent", account_id=alice)
        raise KeyError
    assert house.sent() == []
    with house.store.read() as tx:
        assert not any(record.event == "code.sent" for record in tx.audit.list(10))


@pytest.mark.rule(8)
def test_a_store_that_cannot_answer_refuses(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.authorize(house.chatbot("bot", acr="aal1"))
    form = person.form(action="/login/")
    given = {**form.fields, "username": "alice", "password": PASSWORD}
    with without_limits():
        answer = person.client.post(form.action, data=given)
    assert answer.status_code in {500, 503}
    assert person.go("/account").request.path != "/account"


@pytest.mark.rule(9)
def test_production_refuses_simulators(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="SIMULATORS"):
        Settings(env="production", data=tmp_path, simulators=True)
    with pytest.raises(Misconfigured):
        drivers.load(simulators=True, production=True)
    assert not any(d.virtual for d in drivers.load(simulators=False, production=True).values())


@pytest.mark.rule(9)
def test_a_simulated_sample_is_refused_where_simulators_are_off(house: House) -> None:
    alice = Subject(house.enrolled("alice"), "alice")
    rules = Rules(
        simulators=False, failures_disable=100, biometric_failures=5, messages_per_hour=10
    )
    ceremonies = Ceremonies(house.store, house.factors, house.clock, rules, UNHEARD)
    with house.store.write() as tx:
        tx.biometric_consents.give(alice.id, "voice", CONSENT.version, "browser")
    asked = ceremonies.begin(Purpose.ENROLL, "voice", "owner", alice)
    sample = Submission({}, {"sample": Upload("audio/wav", b"RIFF")}, "kiosk", virtual=True)
    with pytest.raises(NotAllowed):
        ceremonies.answer(asked.handle, "owner", sample)


@pytest.mark.rule(10)
@pytest.mark.parametrize("settings", registry.settings(), ids=lambda settings: settings.__name__)
def test_no_threshold_has_a_default_in_code(settings: type[FactorSettings]) -> None:
    for name in settings.shipped():
        assert settings.model_fields[name].is_required(), name


@pytest.mark.rule(10)
def test_the_voice_thresholds_ship_beside_their_error_rates() -> None:
    for line in Calibration.load().lines:
        assert line.genuine + line.impostor > 10_000
        for point in line.points:
            assert point.false_matches / line.impostor <= point.fmr_upper < 0.01
