"""From what a person does to those who hear of it: a worker, receivers, and some seconds."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from gateway import oidc, worker
from gateway.delivery import Deliveries
from gateway.oidc.ssf.events import (
    ASSURANCE_LEVEL_CHANGE,
    CREDENTIAL_CHANGE,
    SESSION_REVOKED,
    SUPPORTED,
)
from gateway.senders.signed import new_secret
from store.clients import secret_digest
from store.streams import PUSH
from tests import waiting
from tests.fakes.authenticator import Authenticator
from tests.gateway.conftest import PASSWORD, SEED, House
from tests.gateway.oidc.hostile import Hostile
from tests.gateway.oidc.relying_party import RelyingParty
from tests.gateway.passkeys.test_passkey_walks import GET, add, asked
from tests.walks.forms import read
from tests.walks.person import Chatbot, Person

SECONDS = 5
"""T08: revocation reaches backends within so many; what a busy machine takes is not counted."""
HELD = "the secret of the bot"
TAKEN = [b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"]


class Idle(threading.Event):
    """Ends a worker, and knows how long it has waited of its own accord."""

    seconds: ClassVar[float] = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        """Wait as any other."""
        Idle.seconds += timeout or 0.0
        return super().wait(timeout)


@pytest.fixture
def working(house: House, deliveries: Deliveries) -> Iterator[None]:
    """The worker as it runs, in a thread."""
    stopped = Idle()
    arguments = (house.store, deliveries, house.clock, house.settings, stopped)
    thread = threading.Thread(target=worker.run, args=arguments)
    thread.start()
    yield
    stopped.set()
    thread.join()


@pytest.fixture
def bot(house: House) -> Chatbot:
    """A chatbot that has a secret and may manage a stream."""
    house.chatbot("bot", acr="aal1")
    with house.store.write() as tx:
        client = tx.clients.get("bot")
        assert client
        held = replace(client.metadata, token_endpoint_auth_method="")
        more = {"secret_hash": secret_digest(HELD), "scope": f"{client.scope} ssf.manage"}
        tx.clients.put(replace(client, metadata=held, **more))
    return Chatbot("bot", HELD)


@pytest.fixture
def stream(house: House, bot: Chatbot, service: Hostile) -> str:
    """The stream that the chatbot asked for over HTTP; returns its id."""
    service.play("/events", TAKEN)
    rp = RelyingParty(house.app.test_client(), "bot", secret=HELD)
    answer = rp.token(grant_type="client_credentials", scope="ssf.manage").get_json()
    bearer = {"Authorization": f"Bearer {answer['access_token']}"}
    wanted = {
        "events_requested": list(SUPPORTED),
        "delivery": {"method": PUSH, "endpoint_url": f"{service.origin}/events"},
    }
    made = rp.browser.post("/ssf/stream", json=wanted, headers=bearer)
    assert made.status_code == 201, made.text
    found: str = made.get_json()["stream_id"]
    return found


def heard(house: House, service: Hostile) -> list[dict[str, Any]]:
    """What the chatbot was told so far, verified with the published keys."""
    keys = KeySet.import_key_set(oidc.jwks(house.store))
    bodies = [
        raw.partition(b"\r\n\r\n")[2].decode() for raw in [*service.seen] if b"/events" in raw
    ]
    return [jwt.decode(body, keys, algorithms=["RS256"]).claims for body in bodies]


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that a worker does before it has waited longer than is promised."""
    before = Idle.seconds
    waiting.until(condition)
    assert Idle.seconds - before < SECONDS, "not within the time that is promised"


def let_in(house: House, bot: Chatbot, **more: str) -> tuple[Person, dict[str, Any]]:
    """Log somebody in to the chatbot; return what its ID token says too."""
    house.enrolled("alice", password=PASSWORD, **more)
    person = house.familiar("alice")
    person.authorize(bot)
    person.log_in("alice", PASSWORD)
    tokens = house.app.test_client().post(
        "/oauth/token", data=bot.redemption(person.arrived["code"])
    )
    keys = KeySet.import_key_set(oidc.jwks(house.store))
    told = jwt.decode(tokens.get_json()["id_token"], keys, algorithms=["ES256"])
    return person, told.claims


def remove(person: Person, credential_id: str) -> None:
    """Press the button that removes a factor."""
    forms = [form for form in read(person.page.text) if form.action == "/account/remove"]
    person.fill(next(form for form in forms if form.fields["credential"] == credential_id))


def types(told: list[dict[str, Any]]) -> list[str]:
    return [uri for each in told for uri in each["events"]]


@pytest.mark.usefixtures("working")
def test_logging_out_reaches_the_chatbot(
    house: House, bot: Chatbot, stream: str, service: Hostile
) -> None:
    person, told = let_in(house, bot)
    person.go("/account")
    person.fill(person.form(action="/logout", text="here"))
    until(lambda: SESSION_REVOKED in types(heard(house, service)))
    [event] = heard(house, service)
    assert event["sub_id"]["user"] == {"format": "iss_sub", "iss": told["iss"], "sub": told["sub"]}
    assert event["sub_id"]["session"]["id"] == told["sid"]
    assert event["events"][SESSION_REVOKED]["initiating_entity"] == "user"


@pytest.mark.usefixtures("working")
def test_being_switched_off_reaches_it_as_an_admin_s_doing(
    house: House, bot: Chatbot, stream: str, service: Hostile
) -> None:
    from gateway.admin.actor import user_of_the_system
    from gateway.admin.opened import open_desk

    _, told = let_in(house, bot)
    with house.store.read() as tx:
        alice = tx.accounts.find("alice")
    assert alice
    desk = open_desk(house.settings, house.store, house.clock)
    desk.call(user_of_the_system(), "people.disable", {"person": alice.id})
    until(lambda: SESSION_REVOKED in types(heard(house, service)))
    [event] = heard(house, service)
    assert event["sub_id"]["session"]["id"] == told["sid"]
    assert event["events"][SESSION_REVOKED]["initiating_entity"] == "admin"


@pytest.mark.usefixtures("working")
def test_a_passkey_that_comes_and_goes_reaches_it(
    house: House, bot: Chatbot, stream: str, service: Hostile
) -> None:
    person, _ = let_in(house, bot)
    person.go("/account")
    device = Authenticator(house.settings.issuer)
    add(person, device, "Mine")
    until(lambda: CREDENTIAL_CHANGE in types(heard(house, service)))
    with house.store.read() as tx:
        alice = tx.accounts.find("alice")
        assert alice
        [key] = [each.id for each in tx.credentials.list(alice.id) if each.factor == "webauthn"]
    person.go("/account")
    remove(person, key)
    person.choose("Passkey")
    person.answer(credential=device.get(asked(person, GET)))
    person.go("/account")
    remove(person, key)
    assert "It is removed." in person.words
    until(lambda: types(heard(house, service)).count(CREDENTIAL_CHANGE) == 2)
    changes = [
        each["events"][CREDENTIAL_CHANGE]
        for each in heard(house, service)
        if CREDENTIAL_CHANGE in each["events"]
    ]
    assert [(each["credential_type"], each["change_type"]) for each in changes] == [
        ("fido2", "create"),
        ("fido2", "delete"),
    ]


@pytest.mark.usefixtures("working")
def test_proving_more_reaches_it(house: House, bot: Chatbot, stream: str, service: Hostile) -> None:
    person, told = let_in(house, bot, totp=SEED)
    person.authorize(bot, acr_values="aal2")
    if person.path.startswith("/login/"):
        person.choose("Authenticator app")
        person.answer(code=house.totp())
    until(lambda: ASSURANCE_LEVEL_CHANGE in types(heard(house, service)))
    [event] = heard(house, service)
    assert event["sub_id"]["session"]["id"] == told["sid"]
    said = event["events"][ASSURANCE_LEVEL_CHANGE]
    assert (said["previous_level"], said["current_level"]) == ("aal1", "aal2")
    assert said["change_direction"] == "increase"


@pytest.mark.usefixtures("working")
def test_taking_a_consent_back_reaches_it(
    house: House, bot: Chatbot, stream: str, service: Hostile
) -> None:
    person, told = let_in(house, bot)
    person.go("/account/applications")
    person.fill(person.form(action="/account/withdraw"))
    until(lambda: SESSION_REVOKED in types(heard(house, service)))
    [event] = heard(house, service)
    assert event["sub_id"]["sub"] == told["sub"]


@pytest.mark.usefixtures("working")
def test_a_webhook_hears_of_it_too(house: House, bot: Chatbot, service: Hostile) -> None:
    with house.store.write() as tx:
        tx.webhooks.add(f"{service.origin}/in", ["session.ended"], new_secret(), "system:0")
    person, _ = let_in(house, bot)
    person.go("/account")
    person.fill(person.form(action="/logout", text="here"))
    until(lambda: any(b"POST /in" in raw for raw in service.seen))
    [raw] = [raw for raw in service.seen if b"POST /in" in raw]
    told = json.loads(raw.partition(b"\r\n\r\n")[2])
    assert told["type"] == "session.ended"
    assert told["data"].keys() == {"subject", "by", "session"}
    assert b"alice" not in raw
