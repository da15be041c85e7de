"""The kiosk's page, from the ticket to the finished voice, with a microphone played by script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from enrollment.kiosk.app import create_app
from enrollment.kiosk.client import Gateway
from enrollment.kiosk.identity import Identity
from enrollment.kiosk.visit import Kiosk
from hardware.drivers.simulated_microphone import SimulatedMicrophone, SimulatedMicrophoneSettings
from hardware.manager import DeviceManager
from store import Store
from tests.enrollment.conftest import PHRASES, Loudness
from tests.fakes.clock import FakeClock

HIDDEN = re.compile(r'name="(csrf|ceremony)" value="([^"]*)"')

Script = Callable[..., Path]


class Operator:
    """Somebody at the kiosk who reads the page and presses its buttons."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser

    def look(self) -> str:
        return self.browser.get("/").text

    def press(self, **typed: str) -> TestResponse:
        form = dict(HIDDEN.findall(self.look())) | typed
        return self.browser.post("/", data=form, follow_redirects=True)


@pytest.fixture
def operator(identity: Identity, wire: httpx.Client, clock: FakeClock, script: Script) -> Operator:
    settings = SimulatedMicrophoneSettings(script=script("SCAN loud.wav"))
    microphone = SimulatedMicrophone(settings, clock)
    devices = DeviceManager({microphone.name: microphone})
    kiosk = Kiosk(Gateway(identity, wire, clock), devices, microphone="")
    app = create_app(kiosk, service_name="Gatehouse", station=identity.name)
    return Operator(app.test_client())


def test_a_person_enrols_at_the_kiosk(
    operator: Operator, ticket: str, script: Script, store: Store, loudness: Loudness
) -> None:
    script("RETRY lean in", "SCAN quiet.wav", "SCAN loud.wav", "ERROR in use", "SCAN loud.wav")
    assert 'name="ticket"' in operator.look()
    assert PHRASES[0] in operator.press(ticket=ticket).text

    operator.press()
    assert "lean in" in operator.look()
    operator.press()
    assert "That was too quiet. Speak up." in operator.look()
    operator.press()
    page = operator.look()
    assert PHRASES[1] in page
    assert "Speak up" not in page
    assert "<meter" in page

    broken = operator.press()
    assert (broken.status_code, "in use" in broken.text) == (503, True)
    assert PHRASES[1] in operator.look()
    operator.press()
    assert PHRASES[2] in operator.look()

    script("SCAN loud.wav")
    done = operator.press()
    assert (done.status_code, "The voice is enrolled" in done.text) == (200, True)
    assert 'name="ticket"' in operator.look()
    assert len(loudness.heard) == 4
    with store.read() as tx:
        alice = tx.accounts.find("alice")
        assert alice is not None
        assert [(c.factor, c.virtual) for c in tx.credentials.list(alice.id)] == [("voice", True)]


def test_nothing_is_captured_before_the_button_is_pressed(
    operator: Operator, ticket: str, loudness: Loudness
) -> None:
    operator.press(ticket=ticket)
    for _ in range(3):
        operator.look()
    assert loudness.heard == []


def test_a_second_press_of_the_same_button_captures_nothing(
    operator: Operator, ticket: str, loudness: Loudness
) -> None:
    operator.press(ticket=ticket)
    form = dict(HIDDEN.findall(operator.look()))
    for _ in range(2):
        assert operator.browser.post("/", data=form).status_code == 303
    assert len(loudness.heard) == 1


def test_a_wrong_ticket_is_told_to_the_operator(operator: Operator) -> None:
    answer = operator.press(ticket="wrong")
    assert answer.status_code >= 400
    assert 'role="alert"' in answer.text
    assert 'name="ticket"' in answer.text


def test_an_unplugged_microphone_is_the_operators_matter(
    operator: Operator, ticket: str, script: Script
) -> None:
    script("UNPLUG")
    operator.press(ticket=ticket)
    assert "Check its cable" in operator.press().text
    assert "There is no microphone" in operator.press().text
    script("SCAN loud.wav")
    operator.press()
    assert PHRASES[1] in operator.look()


def test_the_operator_sends_a_person_away(operator: Operator, ticket: str) -> None:
    operator.press(ticket=ticket)
    form = dict(HIDDEN.findall(operator.look()))
    assert operator.browser.post("/cancel", data=form).status_code == 303
    assert 'name="ticket"' in operator.look()


def test_an_expired_step_begins_anew_within_the_same_visit(
    operator: Operator, ticket: str, clock: FakeClock
) -> None:
    operator.press(ticket=ticket)
    operator.press()
    assert PHRASES[1] in operator.look()
    clock.advance(timedelta(minutes=6))
    operator.press()
    page = operator.look()
    assert PHRASES[0] in page
    assert "no longer valid" in page


def test_an_expired_visit_ends(operator: Operator, ticket: str, clock: FakeClock) -> None:
    operator.press(ticket=ticket)
    clock.advance(timedelta(hours=1))
    assert operator.press().status_code == 502
    assert 'name="ticket"' in operator.look()


def test_another_browser_sees_nothing_of_the_visit(operator: Operator, ticket: str) -> None:
    operator.press(ticket=ticket)
    stranger = Operator(operator.browser.application.test_client())
    assert 'name="ticket"' in stranger.look()


@pytest.mark.parametrize(
    ("headers", "csrf"),
    [
        ({}, ""),
        ({}, "0" * 64),
        ({"Origin": "http://evil.example"}, None),
        ({"Origin": "null"}, None),
        ({"Host": "evil.example:8090"}, None),
    ],
)
def test_a_foreign_page_changes_nothing(
    operator: Operator, ticket: str, headers: dict[str, str], csrf: str | None, loudness: Loudness
) -> None:
    operator.press(ticket=ticket)
    form = dict(HIDDEN.findall(operator.look()))
    if csrf is not None:
        form["csrf"] = csrf
    answer = operator.browser.post("/", data=form, headers=headers)
    assert answer.status_code == 403
    assert loudness.heard == []


def test_the_page_answers_to_its_own_names_only(operator: Operator) -> None:
    assert operator.browser.get("/", headers={"Host": "evil.example"}).status_code == 403
    assert operator.browser.get("/", headers={"Host": "127.0.0.1:8090"}).status_code == 200


def test_headers_and_static_files(operator: Operator) -> None:
    answer = operator.browser.get("/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    with operator.browser.get("/static/style.css") as style:
        assert style.status_code == 200


def test_a_huge_form_is_refused(operator: Operator) -> None:
    assert operator.browser.post("/", data={"ticket": "x" * 100_000}).status_code == 413
