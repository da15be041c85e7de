"""Whom a request reaches, on which device, and how often."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from store import Store
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.backchannel.backend import Backend, Phone
from tests.gateway.oidc.backchannel.requests_page.conftest import MINUTE
from tests.gateway.oidc.relying_party import Visitor, refused


class TestReach:
    def test_nothing_arrives_unless_the_person_has_chosen_a_device(
        self, app: Flask, bank: Backend
    ) -> None:
        phone = Phone(app.test_client())
        bank.ask()
        assert phone.numbers == []
        assert phone.waits is None
        phone.switch_on()
        assert phone.numbers == []

    def test_it_arrives_on_the_chosen_device_alone(
        self, bank: Backend, phone: Phone, laptop: Phone
    ) -> None:
        bank.ask()
        assert len(phone.numbers) == 3
        assert phone.waits
        assert laptop.numbers == []
        assert laptop.waits is None

    def test_a_device_is_chosen_by_somebody_who_has_just_proven_themselves(
        self, app: Flask, visitor: Visitor, clock: FakeClock
    ) -> None:
        phone = Phone(app.test_client())
        clock.advance(16 * MINUTE)
        assert phone.post("/requests/device").location == "/login/begun"
        wanted, back, cancel = visitor.begun[0]
        assert wanted.required_acr == "mfa"
        assert wanted.not_before == clock.now() - 15 * MINUTE
        assert (back, cancel) == ("/requests", "/requests")
        assert visitor.assurance is not None
        visitor.assurance = replace(visitor.assurance, auth_time=clock.now(), acr="aal1")
        assert phone.post("/requests/device").location == "/login/begun"
        assert not visitor.kept
        visitor.assurance = replace(visitor.assurance, acr="mfa")
        phone.switch_on()
        assert visitor.kept

    def test_devices_are_listed_and_removed(
        self, bank: Backend, phone: Phone, laptop: Phone
    ) -> None:
        laptop.switch_on()
        page = phone.get("/requests").text
        assert page.count("Another device") == page.count("This device") == 1
        form = phone.form("/device/remove")
        assert form is not None
        assert phone.post(form.action, **form.fields).location == "/requests"
        bank.ask()
        assert phone.numbers == []
        assert len(laptop.numbers) == 3

    def test_nobody_removes_the_device_of_another(
        self, bank: Backend, phone: Phone, visitor: Visitor, store: Store
    ) -> None:
        form = phone.form("/device/remove")
        assert form is not None
        with store.write() as tx:
            bob = tx.accounts.add("bob")
        mine = visitor.assurance
        assert mine is not None
        visitor.assurance = replace(mine, subject=bob.id, sid="t" * 32)
        phone.post(form.action, **form.fields)
        visitor.assurance = mine
        bank.ask()
        assert len(phone.numbers) == 3

    def test_a_stranger_is_sent_to_log_in_and_sees_nothing(
        self, bank: Backend, phone: Phone, visitor: Visitor
    ) -> None:
        bank.ask(binding_message="a secret message")
        visitor.assurance = None
        answer = phone.get("/requests")
        assert (answer.status_code, answer.location) == (303, "/login/begun")
        assert phone.waits
        assert phone.post("/requests/device/remove", device="x").status_code == 303

    def test_another_person_in_the_same_browser_sees_nothing(
        self, bank: Backend, phone: Phone, visitor: Visitor, store: Store
    ) -> None:
        bank.ask()
        with store.write() as tx:
            bob = tx.accounts.add("bob")
        assert visitor.assurance is not None
        visitor.assurance = replace(visitor.assurance, subject=bob.id, sid="t" * 32)
        assert phone.numbers == []
        for path in ("", "/number", "/continue"):
            address = f"/requests/{phone.waits}{path}"
            answer = (
                phone.get(address) if path == "/continue" else phone.post(address, decision="allow")
            )
            assert answer.status_code == 410

    def test_one_request_at_a_time(self, bank: Backend, shop: Backend, phone: Phone) -> None:
        first = bank.ask()["binding_number"]
        shop.ask(client_notification_token="token")
        assert first in phone.numbers
        phone.decide(first)
        assert phone.numbers == []
        refused(shop.poll(), "authorization_pending")

    def test_ten_an_hour(self, bank: Backend, phone: Phone, clock: FakeClock) -> None:
        for _ in range(10):
            assert bank.ask()["binding_number"] in phone.numbers
            clock.advance(2 * MINUTE)
        bank.ask()
        assert phone.numbers == []
        refused(bank.poll(), "authorization_pending")
        clock.advance(41 * MINUTE)
        assert bank.ask()["binding_number"] in phone.numbers

    def test_what_was_allowed_does_not_count(self, bank: Backend, phone: Phone) -> None:
        for _ in range(12):
            assert "Allowed" in phone.decide(bank.ask()["binding_number"]).text

    def test_what_is_asked_for_others_counts_for_nobody(self, bank: Backend, phone: Phone) -> None:
        for number in range(20):
            bank.ask(login_hint=f"nobody{number}")
        assert bank.ask()["binding_number"] in phone.numbers
