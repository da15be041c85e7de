"""The voice page records what was said, at the promised rate, and only when asked to."""

import io
import re
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from flask import Flask, Response, render_template, request
from playwright.sync_api import Page, expect

from contracts.factor import Ask
from contracts.text import Text
from web import pages

pytestmark = pytest.mark.browser

Serve = Callable[[Flask], str]
Microphone = Callable[[Path], Page]

RATE = 16000
NEXT = {"digits": "905318"}
TONE = 440.0
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; media-src 'self' blob:; worker-src 'self'"
)


class VoicePage:
    """A server of one voice ask that keeps what it is sent."""

    def __init__(self, seconds: float = 0, digits: str = "") -> None:
        phrase, asked = {"phrase": "Seven", "seconds": seconds}, {"digits": digits}
        spoken = {**asked, "language": "en", "lead_ms": 700, "seconds": 60}
        options = spoken if digits else phrase
        self.ask = Ask("sample", "voice", Text("Read"), options)
        self.handle = "handle"
        self.answered = ""
        self.often = False
        self.received: list[bytes] = []
        self.app = Flask("voice page")
        pages.install(self.app, service_name="Gatehouse", csrf=lambda: "csrf-token")
        self.app.add_url_rule("/", "ask", self.render)
        self.app.add_url_rule("/answer", "answer", self.answer, methods=["POST"])
        self.app.add_url_rule("/resend", "resend", self.resend, methods=["POST"])
        self.app.after_request(self.protect)

    def render(self) -> str:
        asked = SimpleNamespace(
            handle=self.handle, title=Text("Voice"), asks=[self.ask], step=1, steps=3, error=None
        )
        context: dict[str, Any] = {"cancel": None, "back": "/", "client_name": "Bank"}
        return render_template(
            "challenge.html",
            asked=asked,
            action="/answer",
            resend="/resend",
            enrolling=False,
            **context,
        )

    def resend(self) -> str | tuple[str, int]:
        """Ask for other digits, in a ceremony of another handle."""
        assert request.form["ceremony"] == self.handle
        if self.often:
            return "<h1>Too often</h1>", 429
        self.handle, self.ask = "renewed", replace(self.ask, options={**self.ask.options, **NEXT})
        return self.render()

    def answer(self) -> str:
        self.answered = request.form["ceremony"]
        self.received.append(request.files["sample"].read())
        return "<h1>Received</h1>"

    def protect(self, response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response


def speechlike(seconds: float, rate: int = 48000) -> np.ndarray:
    """A tone whose loudness rises and falls like syllables, in [-1, 1]."""
    time = np.arange(int(seconds * rate)) / rate
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 3 * time)
    return 0.3 * syllables * np.sin(2 * np.pi * TONE * time)


def write(path: Path, samples: np.ndarray, rate: int = 48000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def read(recording: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(recording)) as file:
        form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        assert form == (1, 2, RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


def pitch(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * RATE / len(samples)


def test_a_recording_arrives_as_16_khz_mono_pcm(
    tmp_path: Path, microphone: Microphone, serve: Serve
) -> None:
    voice = VoicePage(seconds=2)
    page = microphone(write(tmp_path / "tone.wav", speechlike(5)))
    page.goto(serve(voice.app))
    page.get_by_role("button", name="Start recording").click()
    page.get_by_role("heading", name="Received").wait_for()
    samples = read(voice.received[0])
    assert len(samples) == pytest.approx(2 * RATE, rel=0.02)
    assert pitch(samples) == pytest.approx(TONE, abs=5)
    assert 0.1 < np.sqrt(np.mean(samples**2)) < 0.3
    assert np.abs(samples).max() < 0.5


def test_the_person_may_stop_early(tmp_path: Path, microphone: Microphone, serve: Serve) -> None:
    voice = VoicePage(seconds=120)
    page = microphone(write(tmp_path / "tone.wav", speechlike(60)))
    page.goto(serve(voice.app))
    page.get_by_role("button", name="Start recording").click()
    page.get_by_text(re.compile(r"^[1-9]\d* / 120 s$")).wait_for()
    page.wait_for_function("() => document.querySelector('meter').value > 0.3")
    page.get_by_role("button", name="Stop and send").click()
    page.get_by_role("heading", name="Received").wait_for()
    assert 1 <= len(read(voice.received[0])) / RATE < 60


def test_nothing_is_recorded_before_the_press(
    tmp_path: Path, microphone: Microphone, serve: Serve
) -> None:
    voice = VoicePage(seconds=120)
    page = microphone(write(tmp_path / "tone.wav", speechlike(5)))
    page.add_init_script(
        """const { mediaDevices } = navigator, real = mediaDevices.getUserMedia;
        globalThis.opened = 0;
        mediaDevices.getUserMedia = (...wish) => (opened++, real.apply(mediaDevices, wish));"""
    )
    page.goto(serve(voice.app))
    start = page.get_by_role("button", name="Start recording")
    start.wait_for()
    assert page.evaluate("opened") == 0
    start.click()
    page.get_by_role("status").filter(has_text="Recording. Read the phrase").wait_for()
    assert page.evaluate("opened") == 1


def test_a_dead_microphone_is_told_and_nothing_is_sent(
    tmp_path: Path, microphone: Microphone, serve: Serve
) -> None:
    voice = VoicePage(seconds=1)
    page = microphone(write(tmp_path / "silence.wav", np.zeros(48000 * 3)))
    page.goto(serve(voice.app))
    page.get_by_role("button", name="Start recording").click()
    page.get_by_role("alert").filter(has_text="We heard nothing at all").wait_for()
    assert voice.received == []
    expect(page.get_by_role("button", name="Record again")).to_be_focused()


def test_without_a_microphone_the_page_says_so(page: Page, serve: Serve) -> None:
    page.goto(serve(VoicePage(seconds=1).app))
    page.get_by_role("button", name="Start recording").click()
    page.get_by_role("alert").filter(has_text="icrophone").wait_for()
    expect(page.get_by_role("link", name="Choose another way")).to_be_visible()


def test_without_javascript_the_page_says_so(plain_page: Page, serve: Serve) -> None:
    plain_page.goto(serve(VoicePage(digits="428170").app))
    expect(plain_page.get_by_role("checkbox")).to_have_count(0)
    assert "needs JavaScript" in plain_page.locator("noscript p").inner_text()
    expect(plain_page.get_by_role("button")).to_have_count(0)


WATCH = """
addEventListener("DOMContentLoaded", () => {
  const [digit, word, place] = ["digit", "word", "place"].map((name) =>
    document.querySelector(`[data-part="${name}"]`));
  const note = () => digit.textContent && shown(
    [digit, word, place].map((part) => part.textContent).join("; "));
  if (digit) new MutationObserver(note).observe(digit, { childList: true });
});
"""


def watched(page: Page) -> list[str]:
    """Return a list that will hold what the page has shown, also when another page has come."""
    shown: list[str] = []
    page.expose_binding("shown", lambda _, words: shown.append(words))
    page.add_init_script(WATCH)
    return shown


def test_digits_are_shown_one_at_a_time_while_it_records(
    tmp_path: Path, microphone: Microphone, serve: Serve
) -> None:
    voice = VoicePage(digits="4281")
    page = microphone(write(tmp_path / "tone.wav", speechlike(10)))
    shown = watched(page)
    page.goto(serve(voice.app))
    start = page.get_by_role("button", name="Start recording")
    start.wait_for()
    expect(page.locator("main")).not_to_contain_text(re.compile("4.*2.*8.*1"))
    start.click()
    page.get_by_role("heading", name="Received").wait_for()
    said = "4; four", "2; two", "8; eight", "1; one"
    assert shown == [f"{each}; Digit {n} of 4" for n, each in enumerate(said, 1)]
    assert len(read(voice.received[0])) / RATE == pytest.approx(0.7 + 4 * 0.9 + 1.2, abs=0.3)
    assert voice.answered == "handle"


def test_who_wants_more_time_for_each_digit_has_it(
    tmp_path: Path, microphone: Microphone, serve: Serve
) -> None:
    voice = VoicePage(digits="42")
    page = microphone(write(tmp_path / "tone.wav", speechlike(10)))
    page.goto(serve(voice.app))
    page.get_by_label("Show the digits more slowly").check()
    page.get_by_role("button", name="Start recording").click()
    page.get_by_role("heading", name="Received").wait_for()
    assert len(read(voice.received[0])) / RATE == pytest.approx(0.7 + 2 * 1.5 + 1.2, abs=0.3)


STILL = "const now = Date.now(); globalThis.ahead = 0; Date.now = () => now + 1000 * ahead;"


def later(page: Page, seconds: int) -> None:
    """Let it be so long after the digits came, by the page's clock, which stands still."""
    page.evaluate("seconds => { ahead = seconds; }", seconds)


def record_after(page: Page, origin: str, seconds: int) -> None:
    """Open the page, and begin to record so long after the digits came."""
    page.add_init_script(STILL)
    page.goto(origin)
    start = page.get_by_role("button", name="Start recording")
    start.wait_for()
    later(page, seconds)
    start.click()


def test_digits_that_are_over_are_changed_for_others_first(
    tmp_path: Path, microphone: Microphone, serve: Serve
) -> None:
    voice = VoicePage(digits="428170")
    page = microphone(write(tmp_path / "tone.wav", speechlike(10)))
    shown = watched(page)
    record_after(page, serve(voice.app), seconds=61)
    page.get_by_role("heading", name="Received").wait_for()
    assert [each[0] for each in shown] == list(NEXT["digits"])
    assert voice.answered == "renewed"


def test_digits_that_run_out_too_soon_are_waited_for(
    tmp_path: Path, microphone: Microphone, serve: Serve
) -> None:
    voice = VoicePage(digits="428170")
    page = microphone(write(tmp_path / "tone.wav", speechlike(10)))
    shown = watched(page)
    record_after(page, serve(voice.app), seconds=54)
    page.get_by_text("New digits in 6 seconds").wait_for()
    assert shown == []
    later(page, seconds=60)
    page.get_by_role("heading", name="Received").wait_for()
    assert [each[0] for each in shown] == list(NEXT["digits"])


def test_whoever_asks_for_digits_too_often_is_told_so(
    tmp_path: Path, microphone: Microphone, serve: Serve
) -> None:
    voice = VoicePage(digits="428170")
    voice.often = True
    page = microphone(write(tmp_path / "tone.wav", speechlike(1)))
    record_after(page, serve(voice.app), seconds=61)
    page.get_by_role("alert").filter(has_text="asked for too often").wait_for()
    expect(page.locator("[data-part='place']")).to_contain_text("one at a time")
