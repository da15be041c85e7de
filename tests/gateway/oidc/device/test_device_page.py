"""The page on which a person enters the code of a device (RFC 8628, sections 3.3 and 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from store import Store
from store.accounts import Account
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.device.terminal import Helper, Terminal
from tests.gateway.oidc.relying_party import RelyingParty, Visitor, refused
from tests.timing import AT_ONCE, quickest
from tests.walks.forms import read

ENTRIES = ("\0", "\u202e", "\uff22" * 8, "B" * 2_000_000, "';--", "<script>", "%00")


class TestEntering:
    def test_the_complete_address_fills_the_code_in_and_asks(
        self, terminal: Terminal, person: Helper
    ) -> None:
        """Section 3.3.1: the person still compares and confirms."""
        code = terminal.start()["user_code"]
        [form] = read(person.browser.get("/device", query_string={"user_code": code}).text)
        assert (form.action, form.fields["user_code"]) == ("/device", code)
        refused(terminal.poll(), "authorization_pending")

    @pytest.mark.parametrize(
        "shape", [str.lower, lambda c: c.replace("-", ""), lambda c: f" {c}. "]
    )
    def test_case_and_punctuation_do_not_matter(
        self, terminal: Terminal, person: Helper, shape: object
    ) -> None:
        code = terminal.start()["user_code"]
        assert callable(shape)
        page = person.browser.get(person.open(shape(code)))
        assert code in page.text

    def test_one_answer_for_unknown_expired_decided_and_empty(
        self, terminal: Terminal, app: Flask, clock: FakeClock
    ) -> None:
        expired = terminal.start()["user_code"]
        clock.advance(timedelta(minutes=10))
        decided = terminal.start()["user_code"]
        Helper(app.test_client()).decide(decided, "deny")
        answers = [
            Helper(app.test_client(), {"X-Browser": code}).enter(code)
            for code in (expired, decided, "BBBB-BBBB", "")
        ]
        assert {answer.status_code for answer in answers} == {400}
        assert len({_without_input(answer.text) for answer in answers}) == 1

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("entry", ENTRIES, ids=range(len(ENTRIES)))
    def test_what_no_device_shows_is_wrong_at_once(self, person: Helper, entry: str) -> None:
        answer, seconds = quickest(lambda: person.enter(entry))
        assert answer.status_code == 400
        assert seconds < AT_ONCE
        assert "<script>" not in answer.text

    def test_the_page_shows_client_code_wishes_and_a_warning(
        self, terminal: Terminal, person: Helper
    ) -> None:
        code = terminal.start(scope="openid email")["user_code"]
        page = person.browser.get(person.open(code))
        said = ("Speaker", code, "See your e-mail address", "only if you started it yourself")
        for words in said:
            assert words in page.text
        assert page.headers["Cache-Control"] == "no-store"

    def test_five_wrong_entries_and_no_more(
        self, terminal: Terminal, person: Helper, clock: FakeClock
    ) -> None:
        code = terminal.start()["user_code"]
        answers = [person.enter("BBBB-BBBB").status_code for _ in range(5)]
        assert answers == [400] * 5
        assert person.enter(code).status_code == 429
        clock.advance(timedelta(minutes=9))
        assert person.enter(code).status_code == 429
        clock.advance(timedelta(minutes=1))
        assert person.enter(terminal.start()["user_code"]).status_code == 303

    def test_right_entries_do_not_count(self, terminal: Terminal, person: Helper) -> None:
        for _ in range(7):
            person.decide(terminal.start()["user_code"])
        assert [person.enter("BBBB-BBBB").status_code for _ in range(6)] == [*[400] * 5, 429]

    def test_a_source_with_many_browsers_is_stopped(self, app: Flask, terminal: Terminal) -> None:
        code = terminal.start()["user_code"]
        browser = app.test_client()
        tried = [
            Helper(browser, {"X-Browser": f"{number}"}).enter("BBBB-BBBB").status_code
            for number in range(100)
        ]
        assert set(tried) == {400}
        assert Helper(browser, {"X-Browser": "new"}).enter(code).status_code == 429

    def test_many_sources_together_are_stopped(self, app: Flask, store: Store) -> None:
        with store.write() as tx:
            for _ in range(999):
                tx.limits.hit("device", 1000, timedelta(hours=1))
        person = Helper(app.test_client())
        assert person.enter("BBBB-BBBB").status_code == 400
        assert person.enter("BBBB-BBBB").status_code == 429


class TestLogin:
    def test_nobody_is_logged_in_first(
        self, terminal: Terminal, person: Helper, visitor: Visitor
    ) -> None:
        here, visitor.assurance = visitor.assurance, None
        page = person.open(terminal.start()["user_code"])
        assert person.browser.get(page).location == "/login/begun"
        [(wanted, back, cancel)] = visitor.begun
        assert (wanted.required_acr, wanted.client_name) == ("aal1", "Speaker")
        assert (back, cancel) == (f"{page}/continue", "/device")
        assert person.browser.get(f"{page}/continue").location == "/login/begun"
        visitor.assurance = here
        assert person.browser.get(f"{page}/continue").status_code == 200

    def test_the_acr_that_the_client_needs_is_asked_for(
        self, vault: Terminal, person: Helper, visitor: Visitor
    ) -> None:
        page = person.open(vault.start()["user_code"])
        assert person.browser.get(page).location == "/login/begun"
        assert visitor.begun[0][0].required_acr == "aal2"
        refusal = person.browser.get(f"{page}/continue")
        assert "Not allowed" in refusal.text
        refused(vault.poll(), "access_denied")

    def test_whoever_only_looks_decides_nothing(self, vault: Terminal, person: Helper) -> None:
        """A link that is scanned, as mail programs do, is not followed by a person."""
        page = person.open(vault.start()["user_code"])
        assert person.browser.head(f"{page}/continue").status_code == 405
        refused(vault.poll(), "authorization_pending")

    def test_a_wish_is_asked_for_once(
        self, terminal: Terminal, person: Helper, visitor: Visitor
    ) -> None:
        page = person.open(terminal.start(acr_values="aal2")["user_code"])
        assert person.browser.get(page).location == "/login/begun"
        assert visitor.begun[0][0].acr_values == ("aal2",)
        assert person.browser.get(f"{page}/continue").status_code == 200


class TestDeciding:
    def test_allowed_and_said_so(self, terminal: Terminal, person: Helper) -> None:
        answer = person.decide(terminal.start()["user_code"])
        assert "Speaker" in answer.text
        assert "Allowed" in answer.text

    def test_anything_else_is_no_decision(self, terminal: Terminal, person: Helper) -> None:
        code = terminal.start()["user_code"]
        assert person.decide(code, "maybe").status_code == 400
        refused(terminal.poll(), "authorization_pending")

    def test_a_page_of_another_browser_is_none(self, terminal: Terminal, app: Flask) -> None:
        page = Helper(app.test_client(), {"X-Browser": "mine"}).open(terminal.start()["user_code"])
        thief = Helper(app.test_client(), {"X-Browser": "theirs"})
        assert thief.browser.get(page, headers=thief.headers).status_code == 410
        answer = thief.browser.post(page, data={"decision": "allow"}, headers=thief.headers)
        assert answer.status_code == 410
        refused(terminal.poll(), "authorization_pending")

    def test_another_session_than_the_one_that_was_asked_is_asked_again(
        self, terminal: Terminal, person: Helper, visitor: Visitor, store: Store
    ) -> None:
        page = person.open(terminal.start()["user_code"])
        action = person.action(page)
        with store.write() as tx:
            other = tx.accounts.add("bob")
        assert visitor.assurance is not None
        visitor.assurance = replace(visitor.assurance, subject=other.id, sid="t" * 32)
        answer = person.browser.post(action, data={"decision": "allow"})
        assert (answer.status_code, answer.location) == (303, page)
        refused(terminal.poll(), "authorization_pending")

    def test_nothing_is_allowed_without_a_session(
        self, terminal: Terminal, person: Helper, visitor: Visitor
    ) -> None:
        page = person.open(terminal.start()["user_code"])
        action = person.action(page)
        visitor.assurance = None
        assert person.browser.post(action, data={"decision": "allow"}).location == page

    def test_a_decided_page_is_over(self, terminal: Terminal, person: Helper) -> None:
        action = person.action(person.open(terminal.start()["user_code"]))
        assert person.browser.post(action, data={"decision": "deny"}).status_code == 200
        assert person.browser.post(action, data={"decision": "allow"}).status_code == 410
        refused(terminal.poll(), "access_denied")

    def test_of_two_people_the_first_decides(self, terminal: Terminal, app: Flask) -> None:
        code = terminal.start()["user_code"]
        actions = [
            (helper, helper.action(helper.open(code)))
            for helper in (Helper(app.test_client(), {"X-Browser": name}) for name in "ab")
        ]
        answers = [
            helper.browser.post(action, data={"decision": decision}, headers=helper.headers)
            for (helper, action), decision in zip(actions, ("deny", "allow"), strict=True)
        ]
        assert [answer.status_code for answer in answers] == [200, 410]
        refused(terminal.poll(), "access_denied")

    def test_a_page_of_the_authorization_endpoint_is_none_of_these(
        self, terminal: Terminal, rp: RelyingParty, person: Helper
    ) -> None:
        kept = rp.browser.get("/oauth/authorize", query_string=rp.parameters(client_id="asks"))
        handle = kept.location.rpartition("/")[2]
        assert person.browser.get(f"/device/{handle}").status_code == 410
        mine = person.open(terminal.start()["user_code"]).rpartition("/")[2]
        assert rp.browser.get(f"/oauth/authorize/{mine}").status_code == 410

    def test_the_trail_tells_who_let_what_in(
        self, terminal: Terminal, person: Helper, store: Store, account: Account
    ) -> None:
        person.enter("BBBB-BBBB")
        person.decide(terminal.start()["user_code"])
        with store.read() as tx:
            [allowed, wrong] = tx.audit.list(2)
        assert (wrong.event, wrong.source) == ("device.wrong_code", "127.0.0.1")
        assert (allowed.event, allowed.account_id) == ("device.allowed", account.id)


def _without_input(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "<input" not in line)
