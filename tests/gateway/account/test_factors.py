"""My factors: named, removed as long as a way is left, and nowhere else logged in after that."""

from __future__ import annotations

import re

import pytest

from tests.fakes.authenticator import Authenticator
from tests.gateway.account.test_account import logged_in
from tests.gateway.conftest import PASSWORD, SEED, House
from tests.gateway.passkeys.test_passkey_walks import add, begin
from tests.walks.forms import Form, read
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 10; K) Chrome/131.0.0.0 Mobile"}
SHORT = "zubr-7qKv"


def highest(house: House, username: str = "alice") -> Person:
    """Log in with all that there is."""
    person = logged_in(house, username)
    person.fill(person.form(action="/enroll/password"))
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    return person


def with_code(house: House, person: Person) -> None:
    """Answer what a browser that is new is asked beside the password."""
    person.choose("Code by e-mail or phone")
    sent = " ".join(message["text"] for message in house.sent())
    person.answer(code=re.findall(r"\b\d{6}\b", sent)[-1])
    assert person.path == "/account", person.words


def credential(house: House, account: str, factor: str) -> str:
    with house.store.read() as tx:
        return next(held.id for held in tx.credentials.list(account) if held.factor == factor)


def removal(person: Person, credential_id: str) -> Form:
    forms = [form for form in read(person.page.text) if form.action == "/account/remove"]
    return next(form for form in forms if form.fields["credential"] == credential_id)


def held(house: House, account: str) -> set[str]:
    with house.store.read() as tx:
        return {each.factor for each in tx.credentials.list(account)}


def test_where_a_factor_was_used_last(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    person.go("/account")
    person.log_in("alice", PASSWORD)
    assert "from 203.0.113.7" in person.words
    with house.store.read() as tx:
        [password] = tx.credentials.list(account)
    assert password.last_used_from == "203.0.113.7"


@pytest.mark.parametrize(
    ("left", "gone", "goes"),
    [
        ({"password": PASSWORD, "otp": "a@example.org"}, "otp", True),
        ({"password": PASSWORD, "otp": "a@example.org"}, "password", False),
        ({"password": PASSWORD}, "password", False),
    ],
)
def test_what_is_left_must_be_enough(
    house: House, left: dict[str, str], gone: str, goes: bool
) -> None:
    account = house.enrolled("alice", totp=SEED, **left)
    person = highest(house)
    with house.store.write() as tx:
        tx.credentials.remove_factor(account, "totp")
    person.go("/account")
    answer = person.fill(removal(person, credential(house, account, gone)))
    assert answer.status_code == (200 if goes else 403)
    assert (gone not in held(house, account)) is goes


def test_an_app_alone_begins_no_login(house: House) -> None:
    """It would be a level by itself, but the first page asks for a password or a passkey."""
    account = house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = highest(house)
    assert person.fill(removal(person, credential(house, account, "password"))).status_code == 403
    assert "not be enough to log in" in person.words


def test_what_makes_a_short_password_enough_stays(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = highest(house)
    person.fill(person.form(action="/enroll/password"))
    person.answer(password=SHORT)
    assert person.path == "/account", person.words
    assert person.fill(removal(person, credential(house, account, "totp"))).status_code == 403


def test_what_nobody_can_use_may_go(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = highest(house)
    gone = credential(house, account, "totp")
    with house.store.write() as tx:
        assert tx.credentials.failed(gone, 1)
    person.go("/account")
    person.fill(removal(person, gone))
    assert held(house, account) == {"password"}


@pytest.mark.parametrize("alone", [True, False])
def test_other_sessions_end_if_asked(house: House, alone: bool) -> None:
    account = house.enrolled("alice", password=PASSWORD, otp="a@example.org")
    other, person = logged_in(house), logged_in(house)
    with_code(house, person)
    form = removal(person, credential(house, account, "otp"))
    assert form.fields.pop("alone") == ""
    person.fill(form, **({"alone": "on"} if alone else {}))
    assert "It is removed." in person.words
    assert person.go("/account").request.path == "/account"
    assert ("/login/" in other.go("/account").request.path) is alone


def test_after_a_change_others_can_be_ended(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    other, person = logged_in(house), logged_in(house)
    person.fill(person.form(action="/enroll/password"))
    person.answer(password=f"{PASSWORD}, another")
    assert "Done." in person.words
    person.fill(person.form(action="/account/end-others"))
    assert person.path == "/account/sessions"
    assert "/login/" in other.go("/account").request.path


@pytest.fixture
def keyholder(house: House) -> Person:
    """Alice, who has logged in with her only passkey, called `Key`."""
    device = Authenticator(house.settings.issuer)
    house.enrolled("alice", password=PASSWORD)
    add(logged_in(house), device, "Key")
    person = house.person()
    options = begin(person)
    person.answer(credential=device.get(options))
    return person


@pytest.mark.parametrize(
    ("name", "status", "label"),
    [
        ("  My \t blue   key ", 200, "My blue key"),
        ("مفتاحي", 200, "مفتاحي"),
        ("<b>bold</b>", 200, "<b>bold</b>"),
        ("", 400, "Key"),
        ("a" * 65, 400, "Key"),
        ("a\x00b", 400, "Key"),
        ("a\u202eb", 400, "Key"),
    ],
)
def test_several_of_a_kind_have_names(
    house: House, keyholder: Person, name: str, status: int, label: str
) -> None:
    form = keyholder.form(action="/account/rename")
    assert form.fields["name"] == "Key"
    assert keyholder.fill(form, name=name).status_code == status
    with house.store.read() as tx:
        alice = tx.accounts.find("alice")
        assert alice
        [key] = [held for held in tx.credentials.list(alice.id) if held.factor == "webauthn"]
    assert key.label == label


def test_an_address_and_a_single_factor_have_no_names(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    assert "/account/rename" not in person.page.text
    token = person.form(action="/logout").fields["csrf"]
    for credential_id, status in ((credential(house, account, "password"), 403), ("none", 410)):
        sent = {"csrf": token, "credential": credential_id, "name": "Mine"}
        assert person.client.post("/account/rename", data=sent).status_code == status


def test_nobody_renames_anothers(house: House, keyholder: Person) -> None:
    key = keyholder.form(action="/account/rename").fields["credential"]
    house.enrolled("mallory", password=PASSWORD)
    mallory = logged_in(house, "mallory")
    token = mallory.form(action="/logout").fields["csrf"]
    sent = {"csrf": token, "credential": key, "name": "Mine"}
    assert mallory.client.post("/account/rename", data=sent).status_code == 410


def test_every_authenticator_ever_bound_is_on_record(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    person.fill(person.form(action="/enroll/password"))
    person.answer(password=f"{PASSWORD}, another")
    with house.store.read() as tx:
        trail = [record for record in tx.audit.list(100) if record.account_id == account]
        [now] = tx.credentials.list(account)
    bound = [r.detail["credential"] for r in trail if r.event == "credential.bound"]
    gone = [r.detail["credential"] for r in trail if r.event == "credential.unbound"]
    assert bound[0] == now.id
    assert bound[1:] == gone
