"""Passkeys over HTTP, with a software authenticator in the person's hands."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.authenticator import Authenticator, decode, encode
from tests.gateway.conftest import PASSWORD, SEED, House
from tests.walks.person import Person

CREATE, GET, SIGNAL = "passkey-create", "passkey-get", "passkey-signal"


def asked(person: Person, kind: str) -> Any:
    """Return what the page hands to the module of this kind, None where there is no such ask."""
    found = re.search(rf'data-ask="{kind}"\s+data-options=\'([^\']+)\'', person.page.text)
    return json.loads(found.group(1)) if found else None


@pytest.fixture
def device(house: House) -> Authenticator:
    return Authenticator(house.settings.issuer)


def logged_in(house: House, username: str) -> Person:
    person = house.person()
    person.go("/account")
    person.log_in(username, PASSWORD)
    return person


def add(person: Person, device: Authenticator, label: str = "", **changed: Any) -> None:
    """Add a passkey on the account page."""
    person.fill(person.form(action="/enroll/webauthn"))
    made = json.loads(device.create(asked(person, CREATE))) | changed
    person.answer(credential=json.dumps(made), label=label)


def begin(person: Person) -> Any:
    """Press the button for passkeys on the first page; return the options."""
    person.go("/account")
    person.fill(person.form(action="/factor", text="passkey"))
    return asked(person, GET)


def credentials(house: House, username: str) -> list[str]:
    with house.store.read() as tx:
        account = tx.accounts.find(username)
        assert account
        return [held.label for held in tx.credentials.list(account.id)]


def reasons(house: House) -> list[str]:
    """Return why factors were rejected, as the audit trail has it."""
    with house.store.read() as tx:
        entries = [entry for entry in tx.audit.list(100) if entry.event == "factor.rejected"]
    return [str(entry.detail["reason"]) for entry in entries]


def test_a_challenge_is_long_used_once_and_never_the_same(
    house: House, device: Authenticator
) -> None:
    """W01."""
    house.enrolled("alice", password=PASSWORD)
    add(logged_in(house, "alice"), device)
    person = house.person()
    options = begin(person)
    assert len(decode(options["challenge"])) >= 16
    assert options["timeout"] <= 300_000
    form, answer = person.form(action="/answer"), device.get(options)
    person.fill(form, credential=answer)
    assert person.path == "/account"
    assert begin(house.person())["challenge"] != options["challenge"]
    replayed = person.client.post(form.action, data={**form.fields, "credential": answer})
    assert replayed.status_code in (403, 410)


def test_a_challenge_lives_five_minutes(house: House, device: Authenticator) -> None:
    """W01."""
    house.enrolled("alice", password=PASSWORD)
    add(logged_in(house, "alice"), device)
    person = house.person()
    answer = device.get(begin(person))
    house.clock.advance(timedelta(seconds=301))
    person.answer(credential=answer)
    assert person.page.status_code == 410


def test_a_challenge_is_of_one_browser(house: House, device: Authenticator) -> None:
    """W01."""
    house.enrolled("alice", password=PASSWORD)
    add(logged_in(house, "alice"), device)
    person, thief = house.person(), house.person()
    answer = device.get(begin(person))
    begin(thief)
    theirs, mine = thief.form(action="/answer"), person.form(action="/answer")
    stolen = replace(theirs, fields={**theirs.fields, "ceremony": mine.fields["ceremony"]})
    assert thief.fill(stolen, credential=answer).status_code == 410
    assert "/login/" in thief.path


def test_the_same_passkey_cannot_be_added_twice_by_anybody(
    house: House, device: Authenticator
) -> None:
    """W05: neither for oneself nor for another."""
    for name in ("alice", "mallory"):
        house.enrolled(name, password=PASSWORD)
    alice, mallory = logged_in(house, "alice"), logged_in(house, "mallory")
    add(alice, device)
    held = device.credentials[0]
    mallory.fill(mallory.form(action="/enroll/webauthn"))
    options = asked(mallory, CREATE)
    assert options["excludeCredentials"] == []
    copied = Authenticator(house.settings.issuer, copied=held.id)
    mallory.answer(credential=copied.create(options))
    assert mallory.page.status_code == 409
    assert credentials(house, "mallory") == [""]


def test_whoever_asks_is_shown_the_same(house: House, device: Authenticator) -> None:
    """W08: no name is looked up before a proof, so that no passkey can be shown for it."""
    house.enrolled("alice", password=PASSWORD)
    add(logged_in(house, "alice"), device)
    bot, shown = house.chatbot("bot"), []
    for hint in ("alice", "nobody", ""):
        person = house.person()
        person.authorize(bot, login_hint=hint)
        person.fill(person.form(action="/factor", text="passkey"), username=hint)
        options = asked(person, GET)
        challenge = options.pop("challenge")
        shown.append((options, len(challenge), person.page.status_code, len(person.page.data)))
    assert shown[0][0]["allowCredentials"] == []
    assert shown[0] == shown[1] == shown[2]


def test_a_known_browser_is_not_told_whether_there_is_a_passkey(
    house: House, device: Authenticator
) -> None:
    """W08: the account of a session that is asked again has some, or seems to."""
    house.enrolled("alice", password=PASSWORD)
    house.enrolled("bob", password=PASSWORD)
    add(logged_in(house, "alice"), device)
    bot, shown = house.chatbot("bot", acr="aal1"), {}
    for name in ("alice", "bob"):
        person = house.familiar(name)
        person.log_in(name, PASSWORD)
        house.clock.advance(timedelta(seconds=2))
        person.authorize(bot, prompt="login")
        person.fill(person.form(action="/factor", text="passkey"))
        assert person.page.status_code == 200
        shown[name] = asked(person, GET)["allowCredentials"]
    assert [sorted(one) for one in shown["alice"]] == [["id", "transports", "type"]]
    assert all(sorted(one) == ["id", "transports", "type"] for one in shown["bob"])
    person.answer(credential=device.get({**asked(person, GET), "allowCredentials": []}))
    assert person.page.status_code == 401


def test_the_login_of_who_was_disabled_meanwhile_is_over(
    house: House, device: Authenticator
) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    person = logged_in(house, "alice")
    add(person, device)
    house.clock.advance(timedelta(seconds=2))
    person.authorize(house.chatbot("bot", acr="aal1"), prompt="login")
    form = person.form(action="/factor", text="passkey")
    with house.store.write() as tx:
        tx.accounts.set_disabled(account, True)
    assert person.fill(form).status_code == 410


def test_a_counter_that_goes_back_is_refused_and_noted(house: House, device: Authenticator) -> None:
    """W04."""
    house.enrolled("alice", password=PASSWORD)
    add(logged_in(house, "alice"), device)
    person = house.person()
    device.counter = 0
    person.go("/account")
    person.fill(person.form(action="/factor", text="passkey"))
    person.answer(credential=device.get(asked(person, GET)))
    assert person.page.status_code == 401
    assert reasons(house) == ["the signature counter was rolled back"]
    assert asked(person, SIGNAL) is None


def test_the_browser_hears_of_a_passkey_that_nobody_has(
    house: House, device: Authenticator
) -> None:
    person = house.person()
    options = begin(person)
    made = {"rp": {"id": options["rpId"]}, "user": {"id": "Ym9i"}, "challenge": "AA"}
    device.create(made)
    person.answer(credential=device.get(options))
    assert person.page.status_code == 401
    told = {"rpId": options["rpId"], "credentialId": encode(device.credentials[0].id)}
    assert asked(person, SIGNAL) == told


def test_the_browser_hears_nothing_of_a_passkey_that_is_switched_off(
    house: House, device: Authenticator
) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    add(logged_in(house, "alice"), device)
    with house.store.write() as tx:
        tx.accounts.set_disabled(account, True)
    person = house.person()
    options = begin(person)
    person.answer(credential=device.get(options))
    assert person.page.status_code == 401
    assert asked(person, SIGNAL) is None


def test_several_are_named_described_and_told_to_the_browser(
    house: House, device: Authenticator
) -> None:
    """W10."""
    account = house.enrolled("alice", password=PASSWORD)
    person = logged_in(house, "alice")
    assert asked(person, SIGNAL)["allAcceptedCredentialIds"] == []
    add(person, device, "Laptop")
    synced = Authenticator(house.settings.issuer, backup_eligible=True, backed_up=True)
    person = house.person()
    person.answer(credential=device.get(begin(person)))
    add(person, synced)
    assert sorted(credentials(house, "alice")) == ["", "Laptop", "Passkey 2"]
    assert "Stays on one device" in person.words
    assert "Synced between your devices" in person.words
    told = asked(person, SIGNAL)
    used = told.pop("allAcceptedCredentialIds")
    assert sorted(used) == sorted(encode(d.credentials[0].id) for d in (device, synced))
    assert told == {
        "rpId": "localhost",
        "userId": encode(account.encode()),
        "name": "alice",
        "displayName": "alice",
    }


def test_a_passkey_is_offered_where_two_factors_are_needed(house: House) -> None:
    """A19; it is the one that a browser may add by itself."""
    house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.authorize(house.chatbot("bot", acr="aal2"))
    person.log_in("alice", PASSWORD)
    assert "Passkey" in person.form(action="/factor", text="Passkey").text
    marked = r'<form[^>]*data-passkey>.*?name="factor" value="(\w+)"'
    assert re.findall(marked, person.page.text, re.DOTALL) == ["webauthn"]
    assert "passkey-upgrade.js" in person.page.text


def test_no_upgrade_where_a_second_factor_is_there(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = house.person()
    person.authorize(house.chatbot("bot", acr="aal2"))
    person.log_in("alice", PASSWORD)
    assert "data-passkey" not in person.page.text


def test_an_account_is_upgraded_once_and_by_whoever_just_came_with_a_password(
    house: House, device: Authenticator
) -> None:
    house.enrolled("alice", password=PASSWORD)
    house.enrolled("bob", password=PASSWORD, totp=SEED)
    alice = logged_in(house, "alice")
    assert 'action="/enroll/webauthn" data-passkey' in alice.page.text
    house.clock.advance(timedelta(minutes=16))
    assert "data-passkey" not in alice.go("/account").text
    assert "data-passkey" not in logged_in(house, "bob").page.text
    alice = logged_in(house, "alice")
    add(alice, device)
    assert "data-passkey" not in alice.page.text


def test_what_a_browser_made_by_itself_is_one_factor_until_it_was_used_as_second(
    house: House, device: Authenticator
) -> None:
    house.enrolled("alice", password=PASSWORD)
    device.present = device.user_verified = False
    add(logged_in(house, "alice"), device, mediation="conditional")
    device.present = device.user_verified = True
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.fill(person.form(action="/factor", text="passkey"))
    person.answer(credential=device.get(asked(person, GET)))
    assert "code" not in person.arrived
    bot, second = house.chatbot("other"), house.person()
    second.authorize(bot)
    second.log_in("alice", PASSWORD)
    second.choose("Passkey")
    second.answer(credential=device.get(asked(second, GET)))
    assert second.arrived["code"]
    third = house.person()
    third.authorize(bot)
    third.fill(third.form(action="/factor", text="passkey"))
    third.answer(credential=device.get(asked(third, GET)))
    assert third.arrived["code"]
