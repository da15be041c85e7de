"""How a person decides on a request: the number, the proof, yes or no."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store import Store
from store.accounts import Account
from store.backchannel_requests import PING
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.backchannel.backend import Backend, Phone
from tests.gateway.oidc.backchannel.requests_page.conftest import MINUTE
from tests.gateway.oidc.relying_party import Visitor, refused


def wrong(backend: Backend, phone: Phone) -> str:
    """Return a number that is offered and is not the one."""
    return next(number for number in phone.numbers if number != backend.taken["binding_number"])


class TestTheNumber:
    def test_the_page_says_who_asks_and_what_for(self, bank: Backend, phone: Phone) -> None:
        bank.ask(binding_message="Transfer 12 <b>")
        page = phone.get("/requests")
        assert "Bank" in page.text
        assert "Transfer 12 &lt;b&gt;" in page.text
        assert page.headers["Cache-Control"] == "no-store"

    def test_three_are_offered_and_stay_the_same(self, bank: Backend, phone: Phone) -> None:
        """Numbers that were drawn anew would give the right one away."""
        taken = bank.ask()
        offered = phone.numbers
        assert len(set(offered)) == 3
        assert taken["binding_number"] in offered
        assert all(phone.numbers == offered for _ in range(5))

    def test_a_wrong_one_ends_it(self, bank: Backend, phone: Phone) -> None:
        bank.ask()
        answer = phone.match(wrong(bank, phone))
        assert "Not allowed" in answer.text
        assert phone.numbers == []
        refused(bank.poll(), "access_denied")

    @pytest.mark.parametrize("number", ["", "100", "x", "ü"])
    def test_anything_else_ends_it_too(self, bank: Backend, phone: Phone, number: str) -> None:
        bank.ask()
        phone.match(number)
        refused(bank.poll(), "access_denied")

    def test_nothing_is_decided_without_it(self, bank: Backend, phone: Phone) -> None:
        bank.ask()
        path = f"/requests/{phone.waits}"
        assert phone.get(path).location == "/requests"
        assert phone.get(f"{path}/continue").location == "/requests"
        sid = "s" * 32
        assert phone.post(f"{path}?sid={sid}", decision="allow").status_code == 410
        refused(bank.poll(), "authorization_pending")

    def test_another_device_does_not_go_on_with_it(
        self, bank: Backend, phone: Phone, laptop: Phone
    ) -> None:
        laptop.switch_on()
        page = phone.page(bank.ask()["binding_number"])
        assert laptop.numbers == []
        assert laptop.get(page).status_code == 410
        assert laptop.post(f"{page}?sid={'s' * 32}", decision="allow").status_code == 410
        assert phone.get(page).status_code == 200


class TestProof:
    def test_it_must_be_from_after_the_request(
        self, bank: Backend, phone: Phone, visitor: Visitor, clock: FakeClock
    ) -> None:
        clock.advance(MINUTE)
        page = phone.page(bank.ask()["binding_number"])
        assert phone.get(page).location == "/login/begun"
        wanted, back, cancel = visitor.begun[0]
        assert (wanted.not_before, wanted.required_acr) == (clock.now(), "aal1")
        assert (wanted.client_name, back, cancel) == ("Bank", f"{page}/continue", "/requests")
        sid = "s" * 32
        assert phone.post(f"{page}?sid={sid}", decision="allow").location == "/requests"
        refused(bank.poll(), "authorization_pending")
        assert visitor.assurance is not None
        visitor.assurance = replace(visitor.assurance, auth_time=clock.now())
        assert phone.get(f"{page}/continue").status_code == 200

    def test_whoever_cancels_the_login_is_not_sent_there_again(
        self, bank: Backend, phone: Phone, clock: FakeClock
    ) -> None:
        clock.advance(MINUTE)
        page = phone.page(bank.ask()["binding_number"])
        assert phone.get(page).location == "/login/begun"
        overview = phone.get("/requests")
        assert overview.status_code == 200
        assert page in overview.text

    def test_it_must_be_as_good_as_the_client_needs(
        self, vault: Backend, phone: Phone, visitor: Visitor
    ) -> None:
        page = phone.page(vault.ask()["binding_number"])
        assert phone.get(page).location == "/login/begun"
        assert visitor.begun[0][0].required_acr == "aal2"
        assert "Not allowed" in phone.get(f"{page}/continue").text
        refused(vault.poll(), "access_denied")

    def test_a_wish_is_asked_for_once(self, bank: Backend, phone: Phone, visitor: Visitor) -> None:
        page = phone.page(bank.ask(acr_values="aal2")["binding_number"])
        assert phone.get(page).location == "/login/begun"
        assert visitor.begun[0][0].acr_values == ("aal2",)
        assert phone.get(f"{page}/continue").status_code == 200


class TestDeciding:
    def test_allowed(self, bank: Backend, phone: Phone, store: Store, account: Account) -> None:
        answer = phone.decide(bank.ask(scope="openid email")["binding_number"])
        assert "Allowed" in answer.text
        assert phone.waits is None
        with store.read() as tx:
            assert tx.audit.list(1)[0].event == "backchannel.allowed"
            assert tx.audit.list(1)[0].account_id == account.id

    def test_the_page_says_what_is_asked_for(self, bank: Backend, phone: Phone) -> None:
        number = bank.ask(scope="openid email", binding_message="Order 7")["binding_number"]
        page = phone.get(phone.page(number)).text
        for words in ("Bank", "Order 7", "See your e-mail address"):
            assert words in page

    def test_denied_at_the_end_or_at_once(
        self, bank: Backend, phone: Phone, clock: FakeClock
    ) -> None:
        phone.decide(bank.ask()["binding_number"], "deny")
        refused(bank.poll(), "access_denied")
        clock.advance(10 * MINUTE)
        bank.ask()
        assert phone.post(f"/requests/{phone.waits}", decision="deny").status_code == 200
        refused(bank.poll(), "access_denied")

    def test_a_refusal_silences_that_client_for_a_while(
        self, bank: Backend, shop: Backend, phone: Phone, clock: FakeClock
    ) -> None:
        bank.ask()
        phone.match(wrong(bank, phone))
        bank.ask()
        assert phone.numbers == []
        refused(bank.poll(), "authorization_pending")
        assert shop.ask(client_notification_token="token")["binding_number"] in phone.numbers
        clock.advance(9 * MINUTE)
        bank.ask()
        assert phone.numbers == []
        clock.advance(MINUTE)
        assert bank.ask()["binding_number"] in phone.numbers

    def test_anything_else_is_no_decision(self, bank: Backend, phone: Phone) -> None:
        page = phone.page(bank.ask()["binding_number"])
        assert phone.post(page, decision="maybe").status_code == 400
        refused(bank.poll(), "authorization_pending")

    def test_another_session_than_the_one_that_was_asked_is_asked_again(
        self, bank: Backend, phone: Phone, visitor: Visitor
    ) -> None:
        page = phone.page(bank.ask()["binding_number"])
        assert visitor.assurance is not None
        asked = visitor.assurance.sid
        visitor.assurance = replace(visitor.assurance, sid="t" * 32)
        answer = phone.post(f"{page}?sid={asked}", decision="allow")
        assert (answer.status_code, answer.location) == (303, "/requests")
        refused(bank.poll(), "authorization_pending")

    def test_a_decided_request_is_over(self, bank: Backend, phone: Phone) -> None:
        page = phone.page(bank.ask()["binding_number"])
        assert phone.post(page, decision="deny").status_code == 200
        assert phone.post(f"{page}?sid={'s' * 32}", decision="allow").status_code == 410
        refused(bank.poll(), "access_denied")

    def test_a_request_that_expired_meanwhile_is_over(
        self, bank: Backend, phone: Phone, clock: FakeClock
    ) -> None:
        page = phone.page(bank.ask()["binding_number"])
        clock.advance(2 * MINUTE)
        assert phone.post(f"{page}?sid={'s' * 32}", decision="allow").status_code == 410
        refused(bank.poll(), "expired_token")


class TestPing:
    def test_whoever_registered_it_is_told_of_either_decision(
        self, shop: Backend, phone: Phone, store: Store, clock: FakeClock
    ) -> None:
        for decision in ("allow", "deny"):
            number = shop.ask(client_notification_token="a-bearer")["binding_number"]
            assert pings(store, clock) == []
            phone.decide(number, decision)
            [told] = pings(store, clock)
            assert told == {
                "client_id": "shop",
                "auth_req_id": shop.taken["auth_req_id"],
                "client_notification_token": "a-bearer",
            }

    def test_whoever_polls_is_not(
        self, bank: Backend, phone: Phone, store: Store, clock: FakeClock
    ) -> None:
        phone.decide(bank.ask(client_notification_token="a-bearer")["binding_number"])
        assert pings(store, clock) == []

    def test_nor_is_whoever_reached_nobody(
        self, shop: Backend, store: Store, clock: FakeClock
    ) -> None:
        shop.ask(client_notification_token="a-bearer", login_hint="nobody")
        clock.advance(2 * MINUTE)
        assert pings(store, clock) == []


def pings(store: Store, clock: FakeClock) -> list[dict[str, object]]:
    """Return what the worker would send."""
    with store.write() as tx:
        return [row.payload for row in tx.outbox.claim(clock.now(), MINUTE, PING)]
