"""The kiosk's page in a real Chromium: it says when to speak while the microphone listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event

import httpx
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from contracts.clock import SystemClock
from contracts.device import CaptureSpec, Device, DeviceInfo, Report
from contracts.sample import Modality, Sample
from enrollment.kiosk.app import create_app
from enrollment.kiosk.client import Gateway
from enrollment.kiosk.identity import Identity, new_key
from enrollment.kiosk.visit import Kiosk
from hardware.manager import DeviceManager
from tests.waiting import PATIENCE

pytestmark = pytest.mark.browser

INFO = DeviceInfo("slow:0", "slow", Modality.VOICE, "Slow microphone", virtual=True)
ASK = {"name": "sample", "type": "voice", "prompt": "Read aloud", "options": {"phrase": "one two"}}
ASKED = {"ceremony": "c", "factor": "voice", "title": "Voice", "asks": [ASK]}


class SlowMicrophone:
    """Waits for the test at each point where a real one takes its time."""

    name, modality, virtual, info = "slow", Modality.VOICE, True, INFO

    def __init__(self) -> None:
        self.opened, self.finished = Event(), Event()

    def discover(self) -> Sequence[DeviceInfo]:
        return [INFO]

    @contextmanager
    def open(self, id: str) -> Iterator[Device]:
        yield self

    def capture(self, spec: CaptureSpec, report: Report) -> Sample:
        assert self.opened.wait(PATIENCE)
        report(0.5)
        assert self.finished.wait(PATIENCE)
        return Sample(Modality.VOICE, "audio/wav", b"RIFF", SystemClock().now(), INFO.id, True)


@pytest.fixture
def microphone() -> SlowMicrophone:
    return SlowMicrophone()


@pytest.fixture
def sent() -> Event:
    """Set by the test when the gateway may answer an upload."""
    return Event()


@pytest.fixture
def kiosk(microphone: SlowMicrophone, sent: Event) -> Iterator[Flask]:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/enroll/ticket":
            return httpx.Response(200, json={"enrolment": "e"})
        if request.url.path == "/enroll/answer":
            assert sent.wait(PATIENCE)
            return httpx.Response(200, json={"enrolled": {"credential": "1", "factor": "voice"}})
        return httpx.Response(200, json=ASKED | {"step": 1, "steps": 1, "error": None})

    identity = Identity("http://localhost:8080", "s", "Front desk", new_key())
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        gateway = Gateway(identity, http, SystemClock())
        visits = Kiosk(gateway, DeviceManager({"slow": microphone}), microphone="")
        yield create_app(visits, service_name="Gatehouse", station="Front desk")


def test_the_page_says_when_to_speak(
    serve: Callable[[Flask], str],
    kiosk: Flask,
    page: Page,
    microphone: SlowMicrophone,
    sent: Event,
) -> None:
    page.goto(serve(kiosk))
    page.get_by_label("Ticket").fill("2222")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("one two")).to_be_visible()
    status = page.get_by_role("status")

    page.get_by_role("button", name="Start recording").click()
    expect(status).to_have_text("Wait, the microphone is being opened.")
    microphone.opened.set()
    expect(status).to_have_text("Speak now.")
    expect(page.get_by_label("Microphone level")).to_have_js_property("value", 0.5)
    microphone.finished.set()
    expect(status).to_have_text("Sending the recording.")
    sent.set()
    expect(page.get_by_text("The voice is enrolled.")).to_be_visible()
