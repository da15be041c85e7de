"""The account page: adding and removing factors, sessions, invitations."""

from __future__ import annotations

import re
from datetime import timedelta

from enrollment.tickets import Tickets
from tests.gateway.conftest import PASSWORD, SEED, House
from tests.walks.forms import read
from tests.walks.person import Chatbot, Person

HOUR = timedelta(hours=1)


def logged_in(house: House, username: str = "alice") -> Person:
    person = house.person()
    person.go("/account")
    person.log_in(username, PASSWORD)
    return person


def add_totp(person: Person, house: House) -> None:
    import pyotp

    person.fill(person.form(action="/enroll/totp"))
    secret = re.search(r"secret=([A-Z2-7]+)", person.page.text)
    assert secret
    person.answer(code=pyotp.TOTP(secret.group(1)).at(house.clock.now()))


def test_login_leads_to_the_account(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    assert person.path == "/account"
    assert "alice" in person.words


def test_an_authenticator_app_is_added_and_used(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    add_totp(logged_in(house), house)
    house.clock.advance(timedelta(minutes=1))
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.log_in("alice", PASSWORD)
    assert "Authenticator app" in person.words


def test_a_wrong_code_enrols_nothing(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    person.fill(person.form(action="/enroll/totp"))
    assert person.answer(code="000000").status_code == 422
    with house.store.read() as tx:
        assert [c.factor for c in tx.credentials.list(account)] == ["password"]


def test_a_wrong_code_to_a_new_address_is_an_error_on_the_page(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    person.fill(person.form(action="/enroll/otp"))
    person.answer(address="new@example.org")
    assert person.answer(code="not a code").status_code == 422
    right = re.search(r"\d{6}", house.sent()[-1]["text"])
    assert right
    wrong = f"{(int(right.group()) + 1) % 10**6:06d}"
    assert person.answer(code=wrong).status_code == 422
    assert 'role="alert"' in person.page.text
    assert "That is not the code we sent." in person.words
    assert person.answer(code=right.group()).status_code == 200


def test_what_was_typed_can_be_mended(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    person.fill(person.form(action="/enroll/otp"))
    assert person.answer(address='new"@example').status_code == 422
    assert 'value="new&#34;@example"' in person.page.text


def test_the_password_is_changed(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    person.fill(person.form(action="/enroll/password"))
    person.answer(password="an entirely different phrase")
    other = house.person()
    other.go("/account")
    assert other.log_in("alice", PASSWORD).status_code == 401
    other.log_in("alice", "an entirely different phrase")
    assert other.path == "/account"


def test_adding_a_factor_needs_a_login_as_high_as_the_account_has(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = logged_in(house)
    person.fill(person.form(action="/enroll/otp"))
    assert "Authenticator app" in person.words
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    assert person.path == "/account"
    person.fill(person.form(action="/enroll/otp"))
    assert "Code by e-mail or phone" in person.words


def test_adding_a_factor_needs_a_fresh_login(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    house.clock.advance(timedelta(minutes=16))
    person.go("/account")
    person.fill(person.form(action="/enroll/totp"))
    assert "/login/" in person.path


def test_the_last_factor_stays(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    assert person.fill(person.form(action="/account/remove")).status_code == 403
    with house.store.read() as tx:
        assert len(tx.credentials.list(account)) == 1


def test_nobody_removes_anothers_factor(house: House) -> None:
    alice = house.enrolled("alice", password=PASSWORD, otp="alice@example.org")
    house.enrolled("mallory", password=PASSWORD, otp="mallory@example.org")
    with house.store.read() as tx:
        target = tx.credentials.list(alice)[0].id
    person = house.person()
    person.go("/account")
    person.log_in("mallory", PASSWORD)
    token = person.form(action="/account/remove").fields["csrf"]
    person.client.post("/account/remove", data={"csrf": token, "credential": target})
    with house.store.read() as tx:
        assert len(tx.credentials.list(alice)) == 2


def test_logging_out_ends_the_session_on_the_server(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    cookie = person.client.get_cookie("gatehouse_session")
    person.fill(person.form(action="/logout"))
    assert cookie
    person.client.set_cookie("gatehouse_session", cookie.value)
    assert "/login/" in person.go("/account").request.path


def test_a_disabled_account_is_logged_out_everywhere(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    with house.store.write() as tx:
        tx.accounts.set_disabled(account, True)
    assert "/login/" in person.go("/account").request.path


def test_a_ticket_invites_a_person_without_factors(house: House) -> None:
    house.enrolled("newcomer")
    ticket = Tickets(house.store).issue("newcomer", HOUR)
    person = house.person()
    person.go("/enroll/ticket")
    person.fill(person.form(action="/enroll/ticket"), ticket=ticket)
    person.fill(person.form(action="/enroll/password"))
    person.answer(password=PASSWORD)
    assert "Your account is ready" in person.words
    person.go("/account")
    person.log_in("newcomer", PASSWORD)
    assert person.path == "/account"


def test_an_invitation_ends_with_the_first_factor(house: House) -> None:
    house.enrolled("newcomer")
    ticket = Tickets(house.store).issue("newcomer", HOUR)
    person = house.person()
    person.go("/enroll/ticket")
    person.fill(person.form(action="/enroll/ticket"), ticket=ticket)
    invitation = person.client.get_cookie("gatehouse_enrolment")
    person.fill(person.form(action="/enroll/password"))
    person.answer(password=PASSWORD)
    assert invitation
    person.client.set_cookie("gatehouse_enrolment", invitation.value)
    assert person.go("/enroll/").status_code == 410


def test_a_ticket_is_no_way_around_the_factors_somebody_has(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    ticket = Tickets(house.store).issue("alice", HOUR)
    person = house.person()
    person.go("/enroll/ticket")
    person.fill(person.form(action="/enroll/ticket"), ticket=ticket)
    assert person.page.status_code == 403
    assert "kiosk" in person.words


def test_a_ticket_works_once(house: House) -> None:
    house.enrolled("newcomer")
    ticket = Tickets(house.store).issue("newcomer", HOUR)
    for status in (200, 410):
        person = house.person()
        person.go("/enroll/ticket")
        person.fill(person.form(action="/enroll/ticket"), ticket=ticket)
        assert person.page.status_code == status


def allowed(house: House) -> Person:
    """Alice, who has allowed `Asks` to know her, and was let in to `Own` without being asked."""
    house.enrolled("alice", password=PASSWORD)
    person, asks = house.person(), house.chatbot("asks", acr="aal1", consent=True)
    person.authorize(asks, scope="openid profile")
    person.log_in("alice", PASSWORD)
    person.consent()
    person.authorize(house.chatbot("own", acr="aal1"))
    return person


def test_consents_are_shown_and_taken_back(house: House) -> None:
    person = allowed(house)
    person.go("/account/applications")
    assert "See your user name" in person.words
    person.fill(person.form(action="/account/withdraw"))
    assert "See your user name" not in person.words
    with house.store.read() as tx:
        alice = tx.accounts.find("alice")
        assert alice
        assert tx.consents.find(alice.id, "asks") == set()
        [record, *_] = tx.audit.list(1)
    assert (record.event, record.client_id) == ("consent.withdrawn", "asks")


def test_a_consent_taken_back_takes_its_tokens_back(house: House) -> None:
    person = allowed(house)
    bot = Chatbot("asks")
    person.authorize(bot, scope="openid profile")
    answer = person.client.post("/oauth/token", data=bot.redemption(person.arrived["code"]))
    bearer = {"Authorization": f"Bearer {answer.get_json()['access_token']}"}
    assert person.client.get("/oauth/userinfo", headers=bearer).status_code == 200
    person.go("/account/applications")
    person.fill(person.form(action="/account/withdraw"))
    assert person.client.get("/oauth/userinfo", headers=bearer).status_code == 401
    person.authorize(bot, scope="openid profile")
    assert "Allow Asks?" in person.words


def test_nobody_takes_back_what_another_has_given(house: House) -> None:
    allowed(house)
    house.enrolled("mallory", password=PASSWORD)
    mallory = logged_in(house, "mallory")
    token = mallory.form(action="/logout").fields["csrf"]
    mallory.client.post("/account/withdraw", data={"csrf": token, "client": "asks"})
    with house.store.read() as tx:
        alice = tx.accounts.find("alice")
        assert alice
        assert tx.consents.find(alice.id, "asks")


def test_sessions_are_shown_with_what_they_opened_and_end_one_by_one(house: House) -> None:
    person = allowed(house)
    person.go("/account/sessions")
    assert "Opened: Asks and Own" in person.words
    other = logged_in(house)
    assert other.go("/account/sessions")
    assert other.words.count("last used") > person.words.count("last used")
    person.go("/account/sessions")
    forms = [f for f in read(person.page.text) if f.action == "/account/end-session"]
    with house.store.read() as tx:
        alice = tx.accounts.find("alice")
        assert alice
        sids = {session.sid for session in tx.sessions.list(alice.id)}
        [here] = {s for s in sids if tx.endings.let_in(s)}
    [elsewhere] = sids - {here}
    assert [form.fields["session"] for form in forms] == [elsewhere]
    person.fill(next(form for form in forms if form.fields["session"] == elsewhere))
    assert person.path == "/account/sessions"
    assert "/login/" in other.go("/account").request.path


def test_nobody_ends_the_session_of_another(house: House) -> None:
    allowed(house)
    house.enrolled("mallory", password=PASSWORD)
    mallory = logged_in(house, "mallory")
    with house.store.read() as tx:
        alice = tx.accounts.find("alice")
        assert alice
        [session] = tx.sessions.list(alice.id)
    token = mallory.form(action="/logout").fields["csrf"]
    sent = {"csrf": token, "session": session.sid}
    assert mallory.client.post("/account/end-session", data=sent).status_code == 410
    with house.store.read() as tx:
        assert len(tx.sessions.list(alice.id)) == 1
