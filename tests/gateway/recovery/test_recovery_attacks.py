"""Those who want somebody else's account: thieves of one thing, guessers, racers, replayers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from gateway.recovery import limits
from tests.fakes.authenticator import Authenticator
from tests.fakes.race import race
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.gateway.recovery.conftest import (
    DAY,
    MAIL,
    alice,
    begun,
    claim,
    claims,
    named,
    proves_app,
    proves_mail,
    proves_password,
    show,
    stop_code,
)
from tests.walks.person import Person

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEW = "an entirely different phrase"
NAMES = ("alice", "bare", "gone", "leaving", "nobody")


def factors(house: House, account: str) -> list[str]:
    with house.store.read() as tx:
        return sorted(credential.id for credential in tx.credentials.list(account))


@ON_SQLITE
def test_whoever_reads_the_mailbox_alone_gets_nowhere(house: House) -> None:
    account = alice(house)
    with house.store.write() as tx:
        second = house.factors["otp"].adopt("second@example.org")  # type: ignore[attr-defined]
        tx.credentials.add(account, "otp", second)
    thief = named(house)
    proves_mail(house, thief)
    assert "s•••@" not in thief.words
    refused = thief.fill(thief.form(action="/choose"), factor="otp")
    assert refused.status_code == 403
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account) is None


@ON_SQLITE
def test_whoever_knows_the_password_alone_gets_nowhere(house: House) -> None:
    account = alice(house)
    thief = named(house)
    proves_password(thief)
    form = thief.form(action="/choose")
    assert thief.fill(form, factor="password", credential="").status_code == 403
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account) is None


@ON_SQLITE
def test_two_addresses_of_different_channels_are_two_proofs(house: House) -> None:
    account = house.enrolled("alice", otp="alice@example.org")
    house.clock.advance(timedelta(seconds=1))  # the older address is asked first
    with house.store.write() as tx:
        phone = house.factors["otp"].adopt("+41446681800")  # type: ignore[attr-defined]
        tx.credentials.add(account, "otp", phone)
    person = named(house)
    proves_mail(house, person)
    proves_mail(house, person, "•••• 00")
    assert claim(person)


@ON_SQLITE
def test_a_name_tells_nothing(house: House) -> None:
    """Known, without the factor, disabled, leaving, unknown: the same pages, word for word."""
    alice(house)
    for name in ("bare", "leaving"):
        house.enrolled(name, password=PASSWORD)
    disabled = house.enrolled("gone", password=PASSWORD, otp="gone@example.org")
    with house.store.write() as tx:
        tx.accounts.set_disabled(disabled, True)
        leaving = tx.accounts.find("leaving")
        assert leaving
        assert tx.erasures.plan(leaving.id, house.clock.now() + DAY)
    for way, wrong in (
        ("Code by e-mail or phone", {"code": "000000"}),
        ("Authenticator app", {"code": "000000"}),
        ("Recovery codes", {"code": "0" * 18}),
        ("Password", {"password": NEW}),
    ):
        seen = {_walk(house, name, way, wrong) for name in NAMES}
        assert len(seen) == 1, way


def _walk(house: House, name: str, way: str, wrong: dict[str, str]) -> tuple[object, ...]:
    """Return what each page of a walk said to somebody who answers wrongly to the end."""
    person = named(house, name)
    pages = [_plain(person)]
    show(person, way)
    pages.append(_plain(person))
    for _ in range(5):
        person.answer(**wrong)
        pages.append(_plain(person))
    assert person.page.status_code == 429
    return tuple(pages)


def _plain(person: Person) -> tuple[int, str]:
    text = re.sub(r"[0-9a-f]{64}|[A-Za-z0-9_-]{43}|\b[0-9a-f]{16}\b", "*", person.page.text)
    return person.page.status_code, text


@ON_SQLITE
def test_strangers_have_few_codes_sent(house: House) -> None:
    alice(house)
    for number in range(5):
        person = named(house)
        show(person, "Code by e-mail or phone")
        assert person.page.status_code == (200 if number < 3 else 429)
    assert len(house.sent()) == 3
    owner = house.familiar("alice")
    owner.authorize(house.chatbot("bot"))
    owner.log_in("alice", PASSWORD)
    owner.choose(MAIL)
    owner.answer(code=house.code())
    assert owner.arrived["code"]


@ON_SQLITE
def test_guessing_here_locks_nobody_out_there(build: Build) -> None:
    house = build(failures_per_hour=3)
    alice(house)
    for _ in range(4):
        person = named(house)
        show(person, "Authenticator app")
        person.answer(code="000000")
    assert person.page.status_code == 429
    owner = house.familiar("alice")
    owner.authorize(house.chatbot("bot"))
    owner.log_in("alice", PASSWORD)
    owner.choose("Authenticator app")
    owner.answer(code=house.totp())
    assert owner.arrived["code"]


@ON_SQLITE
def test_whoever_hammers_a_name_disables_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger may be wrong so often a month, and none of it is the authenticator's."""
    assert limits.MOST <= 100
    monkeypatch.setattr(limits, "MOST", 6)
    account = alice(house)
    for _ in range(2):
        person = named(house)
        show(person, "Authenticator app")
        for _ in range(3):
            person.answer(code="000000")
        house.clock.advance(timedelta(hours=1))
    person = named(house)
    show(person, "Authenticator app")
    person.answer(code=house.totp())
    assert person.page.status_code == 429
    with house.store.read() as tx:
        held = tx.credentials.list(account)
    assert all(each.failures == 0 and each.disabled_at is None for each in held)


@ON_SQLITE
def test_recoveries_are_begun_so_often(build: Build) -> None:
    house = build(recoveries_per_source=2)
    for _ in range(2):
        named(house, "nobody")
    person = house.person()
    person.go("/recover")
    assert person.fill(person.form(action="/recover"), username="alice").status_code == 429


@ON_SQLITE
def test_a_passkey_of_ones_own_proves_nothing_of_somebody_else(house: House) -> None:
    alice(house)
    mallory = house.enrolled("mallory", password=PASSWORD)
    device = Authenticator(house.settings.issuer)
    thief = house.familiar("mallory")
    thief.go("/account")
    thief.log_in("mallory", PASSWORD)
    thief.fill(thief.form(action="/enroll/webauthn"))
    thief.answer(credential=device.create(_options(thief)))
    assert len(factors(house, mallory)) >= 2
    person = named(house)
    show(person, "Passkey")
    person.answer(credential=device.get(_options(person)))
    assert person.page.status_code == 401
    assert "You will need two of these" in person.words


def _options(person: Person) -> dict[str, object]:
    import json
    from html import unescape

    found = re.search(r"data-options='([^']+)'", person.page.text)
    assert found
    options: dict[str, object] = json.loads(unescape(found.group(1)))
    return options


@ON_SQLITE
def test_a_walk_is_no_login(house: House) -> None:
    alice(house)
    person = named(house)
    proves_app(house, person)
    handle = person.path.split("/")[3]
    assert person.go(f"/login/{handle}").status_code == 410
    assert "/login/" in person.go("/account").request.path
    person.authorize(house.chatbot("bot"))
    login = person.path.removeprefix("/login/")
    assert person.go(f"/recover/show/{login}").status_code == 410
    assert person.go(f"/recover/replace/{login}").status_code == 410


@ON_SQLITE
def test_a_walk_is_its_browsers(house: House) -> None:
    alice(house)
    person = named(house)
    proves_mail(house, person)
    other = house.person()
    other.go("/recover")
    assert other.go(person.path.removesuffix("/answer")).status_code == 410


@ON_SQLITE
def test_a_recovery_is_no_session(house: House) -> None:
    """Neither two proofs nor the claim log anybody in."""
    alice(house)
    person = house.person()
    code = begun(house, person)
    assert "/login/" in person.go("/account").request.path
    house.clock.advance(DAY)
    claims(house, code, person)
    replaced = person.path
    assert "/login/" in person.go("/account").request.path
    person.go("/account")
    assert person.go(replaced).status_code == 200


@ON_SQLITE
def test_a_claim_adds_one_thing_once(house: House) -> None:
    account = alice(house)
    code = begun(house)
    house.clock.advance(DAY)
    first, second = claims(house, code), claims(house, code)
    assert first.go(first.path).status_code == 410
    second.fill(second.form(action="/add", text="Password"))
    form = second.form(action="/added")
    second.fill(form, password=NEW)
    assert "It is done" in second.words
    assert second.fill(form, password=f"{NEW} again").status_code == 410
    assert claims(house, code).page.status_code == 410
    assert len(factors(house, account)) == 3


@ON_SQLITE
def test_what_proved_it_is_not_replaced(house: House) -> None:
    account = alice(house)
    code = begun(house)
    house.clock.advance(DAY)
    held = factors(house, account)
    person = claims(house, code)
    form = person.form(action="/add")
    for factor in ("totp", "otp", "recovery", "voice", "device"):
        assert person.fill(form, factor=factor).status_code == 403
    assert factors(house, account) == held


@ON_SQLITE
def test_a_claim_is_guessed_so_often(build: Build) -> None:
    house = build(failures_per_source=3)
    alice(house)
    code = begun(house)
    house.clock.advance(DAY)
    for _ in range(3):
        assert claims(house, "AAAAA-AAAAA-AAAAA-AAAAA").page.status_code == 410
    assert claims(house, code).page.status_code == 429


@ON_SQLITE
def test_stopped_at_the_last_moment_it_adds_nothing(house: House) -> None:
    account = alice(house)
    code = begun(house)
    stop = stop_code(house)
    house.clock.advance(DAY)
    held = factors(house, account)
    person = claims(house, code)
    person.fill(person.form(action="/add", text="Password"))
    owner = house.person()
    owner.go("/recover/stop")
    owner.fill(owner.form(action="/recover/stop"), code=stop)
    assert person.fill(person.form(action="/added"), password=NEW).status_code == 410
    assert factors(house, account) == held


def test_stopping_and_finishing_at_once(house: House) -> None:
    """Whatever wins, wins whole: a factor and no recovery, or a stopped one and no factor."""
    account = alice(house)
    code, stop = begun(house), stop_code(house)
    house.clock.advance(DAY)
    held = factors(house, account)
    person, owner = claims(house, code), house.person()
    person.fill(person.form(action="/add", text="Password"))
    owner.go("/recover/stop")
    finish, halt = person.form(action="/added"), owner.form(action="/recover/stop")
    turns = iter([True, False])

    def act() -> int:
        if next(turns):
            return person.fill(finish, password=NEW).status_code
        return owner.fill(halt, code=stop).status_code

    assert sorted(race(act, 2)) == [200, 410]
    with house.store.read() as tx:
        stopped = tx.recoveries.stopped(account)
    assert (factors(house, account) == held) == stopped


def test_two_walks_begin_one_recovery(house: House) -> None:
    alice(house)
    people = [named(house) for _ in range(3)]
    for person in people:
        proves_mail(house, person)
        show(person, "Password")
    forms = [person.form(action="/answer") for person in people]
    turns = iter(range(3))

    def answer() -> int:
        number = next(turns)
        return people[number].fill(forms[number], password=PASSWORD).status_code

    assert sorted(race(answer, 3)) == [200, 409, 409]


@ON_SQLITE
def test_an_account_disabled_meanwhile_is_not_recovered(house: House) -> None:
    account = alice(house)
    code = begun(house)
    house.clock.advance(DAY)
    person = claims(house, code)
    person.fill(person.form(action="/add", text="Password"))
    with house.store.write() as tx:
        tx.accounts.set_disabled(account, True)
    assert person.fill(person.form(action="/added"), password=NEW).status_code == 410
    assert claims(house, code).page.status_code == 410


@ON_SQLITE
def test_nothing_is_stopped_by_a_link_alone(house: House) -> None:
    """Scanners of mail follow links: only the button stops, and the code is no part of a query."""
    account = alice(house)
    begun(house)
    [message] = house.sent()
    link = re.search(r"http\S+/recover/stop(#\S+)", message["text"])
    assert link
    person = house.person()
    person.go("/recover/stop", code=link.group(1).lstrip("#"))
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account)
    forged = person.client.post("/recover/stop", data={"code": link.group(1).lstrip("#")})
    assert forged.status_code == 403


@ON_SQLITE
def test_nobody_leads_people_elsewhere(house: House) -> None:
    alice(house)
    for login in ("//evil.example", "https://evil.example", "../x", "a" * 43 + "/.."):
        person = house.person()
        person.go("/recover", login=login)
        person.fill(person.form(action="/recover"), username="alice")
        person.fill(person.form(action="/cancel"))
        assert person.path == "/"


@ON_SQLITE
def test_a_recovery_code_is_spent_by_a_recovery_too(house: House) -> None:
    from tests.gateway.login.test_recovery_codes import with_codes

    codes = with_codes(house, totp=SEED)
    person = named(house)
    show(person, "Recovery codes")
    person.answer(code=codes[0])
    assert "one more thing" in person.words
    again = named(house)
    show(again, "Recovery codes")
    assert again.answer(code=codes[0]).status_code == 422
    assert again.answer(code=codes[1]).status_code == 200
    form = again.form(action="/choose")
    assert again.fill(form, factor="recovery", credential="").status_code == 403


@ON_SQLITE
def test_a_walk_ends_after_ten_minutes(house: House) -> None:
    alice(house)
    person = named(house)
    house.clock.advance(timedelta(minutes=10))
    assert person.go(person.path).status_code == 410
