"""A consent counts for the session that was shown it."""

from __future__ import annotations

from tests.gateway.conftest import PASSWORD, House


def test_consent_of_one_person_is_not_given_by_another(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    bob = house.enrolled("bob", password=PASSWORD)
    bot, person = house.chatbot("bot", acr="aal1", consent=True), house.person()
    person.authorize(bot)
    person.log_in("alice", PASSWORD)
    shown = person.form(action="/oauth/authorize/")
    person.go("/account")
    person.fill(person.form(action="/logout"))
    person.go("/account")
    person.log_in("bob", PASSWORD)
    person.fill(shown, decision="allow")
    assert not person.arrived
    with house.store.read() as tx:
        assert not tx.consents.find(bob, "bot")
    person.consent()
    assert person.arrived["code"]
    with house.store.read() as tx:
        assert tx.consents.find(bob, "bot")
