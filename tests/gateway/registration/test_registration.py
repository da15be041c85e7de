"""People who make an account by themselves: an address shown, a name, one transaction."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from contracts.errors import Unavailable
from tests.gateway.conftest import PASSWORD, Build, House
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ADDRESS = "ann@example.org"
NUMBER = "+4915112345678"


@pytest.fixture
def house(build: Build) -> House:
    return build(registration="open")


def asked(house: House, address: str = ADDRESS) -> Person:
    """Sign up, as far as the code."""
    person = house.person()
    person.go("/register")
    person.fill(person.form(action="/register"), address=address)
    return person


def shown(house: House, address: str = ADDRESS) -> Person:
    """Sign up, as far as the name."""
    person = asked(house, address)
    person.answer(code=house.code())
    return person


def named(house: House, username: str = "ann", factor: str = "password") -> Person:
    """Sign up, as far as the first factor."""
    person = shown(house)
    name(person, username, factor)
    return person


def name(person: Person, username: str, factor: str = "password") -> None:
    person.fill(person.form(action="/name"), username=username, factor=factor)


def people(house: House) -> list[str]:
    with house.store.read() as tx:
        return [account.username for account in tx.accounts.list()]


def test_registration_is_closed_unless_it_is_opened(build: Build) -> None:
    house = build()
    person = house.person()
    assert person.go("/register").status_code == 404
    assert "Create an account" not in person.go("/account").text
    assert "Create an account" not in person.go("/").text


def test_a_chatbots_user_makes_an_account_on_the_way(house: House) -> None:
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.go("/register", login=login(person))
    assert "Bot asks who you are" in person.words
    person.fill(person.form(action="/register"), address=ADDRESS)
    assert "Step 2 of 4" in person.words
    person.answer(code=house.code())
    assert "Step 3 of 4" in person.words
    assert person.form(action="/name").fields["username"] == ADDRESS
    name(person, "Ann")
    assert "Step 4 of 4" in person.words
    assert people(house) == []
    person.answer(password=PASSWORD)
    assert "Your account is ready" in person.words
    assert people(house) == ["ann"]
    [welcome] = house.sent()
    assert (welcome["to"], welcome["subject"]) == (ADDRESS, "Your account is ready")
    person.choose("Password")
    person.answer(password=PASSWORD)
    assert person.arrived["code"]
    later = house.person()
    later.authorize(house.chatbot("other"))
    later.log_in("ann", PASSWORD)
    later.choose("a•••@example.org")
    later.answer(code=house.code())
    assert later.arrived["code"]


def login(person: Person) -> str:
    """Return the login that the link to the sign-up carries on."""
    found = re.search(r'href="/register\?login=([\w-]{43})"', person.page.text)
    assert found, person.words
    return found.group(1)


def test_without_a_chatbot_the_account_page_comes_next(house: House) -> None:
    person = named(house)
    person.answer(password=PASSWORD)
    person.choose("Password")
    person.answer(password=PASSWORD)
    assert person.path == "/account"
    with house.store.read() as tx:
        account = tx.accounts.find("ann")
        assert account
        assert (account.email, account.language) == (ADDRESS, "en")
        assert {each.factor for each in tx.credentials.list(account.id)} == {"otp", "password"}
        assert "account.registered" in [record.event for record in tx.audit.list(20)]


def test_a_phone_is_an_address_too(house: House) -> None:
    person = asked(house, "+49 1511 2345678")
    assert "weaker way" in person.words
    person.answer(code=house.code())
    assert person.form(action="/name").fields["username"] == ""
    name(person, "ann")
    person.answer(password=PASSWORD)
    with house.store.read() as tx:
        [account] = tx.accounts.at(NUMBER)
    assert (account.username, account.email) == ("ann", None)


def test_a_short_password_is_taken_and_never_stands_alone(house: House) -> None:
    person = named(house)
    short = "kx7#qv!Z"
    person.answer(password=short)
    assert people(house) == ["ann"]
    house.sent()
    later = house.person()
    later.authorize(house.chatbot("bot", acr="aal1"))
    later.log_in("ann", short)
    assert not later.arrived


def test_the_page_does_not_tell_whose_address_it_is(house: House) -> None:
    house.enrolled("bob", password=PASSWORD, otp="bob@example.org")
    house.enrolled("eve", password=PASSWORD, otp=NUMBER)
    pages = {}
    for address in ("bob@example.org", NUMBER, "new@example.org", "+4915112345699"):
        person = asked(house, address)
        pages[address] = person
        [message] = house.sent()
        taken = address in {"bob@example.org", NUMBER}
        assert ("You have one already" in message["text"]) is taken
        assert bool(re.search(r"\b\d{6} is your", message["text"])) is not taken
    known, new = pages["bob@example.org"], pages["new@example.org"]
    assert same(known) == same(new).replace("n•••", "b•••")
    assert same(pages[NUMBER]) == same(pages["+4915112345699"]).replace("•••• 99", "•••• 78")
    for person in (known, new):
        assert person.answer(code="000000").status_code == 422
    assert same(known) == same(new).replace("n•••", "b•••")
    for person in (known, new):
        person.fill(person.form(action="/resend"))
    assert same(known) == same(new).replace("n•••", "b•••")
    assert sorted("already" in message["text"] for message in house.sent()) == [False, True]


def same(person: Person) -> str:
    """Return the page without what is random in it, and how it came."""
    page = re.sub(r'(value="|/register/)[\w-]{43,}', r"\1", person.page.text)
    return f"{person.page.status_code} {sorted(person.page.headers.keys())} {page}"


def test_a_guessed_code_opens_no_address_of_somebody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.enrolled("bob", password=PASSWORD, otp="bob@example.org")
    monkeypatch.setattr("secrets.randbelow", lambda _: 123456)
    person = asked(house, "bob@example.org")
    assert person.answer(code="123456").status_code == 410


def test_the_owner_is_told_the_name_they_have(house: House) -> None:
    house.enrolled("bob", password=PASSWORD)
    asked(house, "Bob@example.org")
    [message] = house.sent()
    assert message["subject"] == "You have an account already"
    assert "Your username: bob" in message["text"]
    assert "/account" in message["text"]


def test_a_taken_name_is_told_to_whoever_has_shown_an_address(house: House) -> None:
    house.enrolled("bob", password=PASSWORD)
    person = shown(house)
    name(person, "BOB")
    assert person.page.status_code == 409
    assert "This username is taken" in person.words
    assert person.form(action="/name").fields["username"] == "BOB"
    name(person, "ann")
    assert "Step 4 of 4" in person.words


@pytest.mark.parametrize("username", ["", " ", "a\u200bnn", "x" * 256, "eve@example.org", "@"])
def test_a_name_must_be_fit(house: House, username: str) -> None:
    person = shown(house)
    name(person, username)
    assert person.page.status_code == 400
    assert "Step 3 of 4" in person.words


def test_the_name_may_be_the_address_that_was_shown(house: House) -> None:
    named(house, "ANN@example.org").answer(password=PASSWORD)
    assert people(house) == [ADDRESS]


def test_names_are_told_so_often(build: Build) -> None:
    house = build(registration="open", failures_per_source=2)
    house.enrolled("bob", password=PASSWORD)
    person = shown(house)
    for expected in (409, 409, 429):
        if expected != 429:
            name(person, "bob")
        else:
            person.go("/register/" + handle(person))
            name(person, "bob")
        assert person.page.status_code == expected


def handle(person: Person) -> str:
    found = re.search(r"/register/([\w-]{43})", person.page.text)
    assert found
    return found.group(1)


def test_a_name_taken_meanwhile_leaves_nothing_behind(house: House) -> None:
    person = named(house)
    with house.store.write() as tx:
        tx.accounts.add("ann")
    person.answer(password=PASSWORD)
    assert person.page.status_code == 409
    assert people(house) == ["ann"]
    name(person, "anna")
    person.answer(password=PASSWORD)
    assert people(house) == ["ann", "anna"]


def test_whoever_stops_half_way_holds_no_name(house: House) -> None:
    named(house)
    named_again = shown(house)
    name(named_again, "ann")
    assert "Step 4 of 4" in named_again.words
    assert people(house) == []
    house.clock.advance(timedelta(minutes=31))
    with house.store.write() as tx:
        assert tx.retention.purge(house.clock.now())["signups"] == 2


def test_a_failure_at_the_end_makes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    person = named(house)

    def fail(*_: object) -> None:
        raise Unavailable(detail="the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("store.outbox.Outbox.put", fail)
        assert person.answer(password=PASSWORD).status_code == 503
    assert people(house) == []
    person.go("/register/" + handle_of(house, person))
    name(person, "ann")
    person.answer(password=PASSWORD)
    assert people(house) == ["ann"]


def handle_of(house: House, person: Person) -> str:
    return person.path.split("/")[2]


def test_a_code_counts_as_codes_do(house: House) -> None:
    person = asked(house)
    right = house.code()
    for tries in range(1, 5):
        assert person.answer(code=f"{(int(right) + tries) % 10**6:06d}").status_code == 422
        person.fill(person.form(action="/resend"))
        assert "A new code is on its way" in person.words
        right = house.code()
    assert person.answer(code=f"{(int(right) + 1) % 10**6:06d}").status_code == 410


def test_a_code_ends_after_five_minutes(house: House) -> None:
    person = asked(house)
    right = house.code()
    house.clock.advance(timedelta(minutes=5))
    assert person.answer(code=right).status_code == 410


def test_a_sign_up_belongs_to_its_browser(house: House) -> None:
    person, stranger = asked(house), asked(house, "eve@example.net")
    own = person.form(action="/answer")
    theirs = stranger.form(action="/answer")
    for action in (own.action, theirs.action):
        answer = stranger.client.post(
            action, data={**theirs.fields, "ceremony": own.fields["ceremony"], "code": "000000"}
        )
        assert answer.status_code == 410
    path = own.action.removesuffix("/answer")
    assert stranger.client.get(path).status_code == 410
    assert person.client.get(path).status_code == 303


def test_nothing_comes_before_the_address(house: House) -> None:
    person = asked(house)
    action = person.form(action="/answer").action.replace("/answer", "/name")
    fields = {**person.form(action="/answer").fields, "username": "ann", "factor": "password"}
    assert person.client.post(action, data=fields).status_code == 403
    person = shown(house, "two@example.org") if house.sent() else shown(house)
    form = person.form(action="/name")
    again = person.fill(form, username="ann", factor="totp")
    assert again.status_code == 403


def test_a_step_is_taken_once(house: House) -> None:
    person = named(house)
    form = person.form(action="/answer")
    person.answer(password=PASSWORD)
    again = person.client.post(form.action, data={**form.fields, "password": PASSWORD})
    assert again.status_code == 410
    assert people(house) == ["ann"]


def test_an_address_makes_one_account(house: House) -> None:
    first, second = shown(house), shown(house)
    name(first, "ann")
    first.answer(password=PASSWORD)
    name(second, "anna")
    assert second.answer(password=PASSWORD).status_code == 410
    assert people(house) == ["ann"]


def test_the_last_step_counts_for_the_name_it_was_begun_with(house: House) -> None:
    person = named(house, "ann")
    before = person.form(action="/answer")
    person.go("/register/" + handle_of(house, person))
    name(person, "anna")
    again = person.client.post(before.action, data={**before.fields, "password": PASSWORD})
    assert again.status_code == 410
    assert people(house) == []


def test_codes_are_asked_for_so_often(build: Build) -> None:
    house = build(registration="open", signups_per_source=2, signups_per_hour=100)
    for number in range(2):
        assert asked(house, f"ann{number}@example.org").page.status_code == 200
    assert asked(house, "ann3@example.org").page.status_code == 429
    assert len(house.sent()) == 2


def test_codes_are_asked_for_so_often_by_all(build: Build) -> None:
    house = build(registration="open", signups_per_hour=1)
    for number, status in enumerate((200, 429)):
        person = house.person()
        person.client.environ_base["REMOTE_ADDR"] = f"198.51.100.{number}"
        person.go("/register")
        person.fill(person.form(action="/register"), address=f"ann{number}@example.org")
        assert person.page.status_code == status


def test_one_address_gets_so_many_codes(build: Build) -> None:
    house = build(registration="open", messages_per_hour=2)
    house.enrolled("bob", otp="bob@example.org")
    for address in (ADDRESS, "bob@example.org"):
        assert [asked(house, address).page.status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("address", ["", "nobody", "a@", "x" * 300])
def test_a_wrong_address_is_asked_for_again(house: House, address: str) -> None:
    person = asked(house, address)
    assert person.page.status_code == 422
    assert "Step 1 of 4" in person.words
    assert person.form(action="/register").fields["address"] == address
    assert house.sent() == []


def test_whoever_is_logged_in_elsewhere_is_not_drawn_in(house: House) -> None:
    """A login that has proofs already goes on with nobody else's."""
    house.enrolled("bob", password=PASSWORD, otp="bob@example.org")
    person = house.person()
    person.authorize(house.chatbot("bot"))
    first = login(person)
    person.log_in("bob", PASSWORD)
    person.go("/register", login=first)
    person.fill(person.form(action="/register"), address=ADDRESS)
    person.answer(code=house.code())
    name(person, "ann")
    person.answer(password=PASSWORD)
    assert first not in person.path
    person.choose("Password")
    person.answer(password=PASSWORD)
    assert person.path == "/account"
    assert "ann" in person.words


def test_a_login_of_nobody_is_not_kept(house: House) -> None:
    person = house.person()
    person.go("/register", login="x" * 5000)
    person.fill(person.form(action="/register"), address=ADDRESS)
    assert person.page.status_code == 200
    person.fill(person.form(action="/cancel"))
    assert person.path == "/"


def test_the_safer_way_comes_first(house: House) -> None:
    words = shown(house).words
    assert words.index("Passkey") < words.index("Password")


def test_cancelling_leads_back_to_the_login(house: House) -> None:
    person = house.person()
    person.authorize(house.chatbot("bot"))
    where = person.path
    person.go("/register", login=login(person))
    person.fill(person.form(action="/register"), address=ADDRESS)
    person.fill(person.form(action="/cancel"))
    assert person.path == where
