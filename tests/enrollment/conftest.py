"""A gateway whose voice factor listens to the level alone, and a kiosk paired with it."""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from flask import Flask

from contracts.abilities import Consent
from contracts.errors import Retry
from contracts.factor import Answer, Ask, Challenge, Enrolled, Kind, Subject, Template, Verdict
from contracts.text import Text
from enrollment.kiosk import client
from enrollment.kiosk.identity import Identity
from enrollment.stations import Stations
from gateway.app import create_app
from gateway.opening import make_factors
from gateway.settings import Settings
from hardware import audio
from store import Store
from tests.fakes.clock import FakeClock

ISSUER = "http://localhost:8080"
AN_HOUR = timedelta(hours=1)
PHRASES = ("one", "two", "three")


class Loudness:
    """Takes three recordings that are loud enough; knows nobody by them."""

    name, title, kind, amr, many, pick = (
        "voice",
        Text("Your voice"),
        Kind.INHERENCE,
        ("vbm",),
        False,
        False,
    )
    usernameless, on_the_way, silent = False, True, False
    consent = Consent(1, (Text("Your loudness is kept."),))

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def begin_enroll(self, subject: Subject, enrolled: Sequence[Enrolled]) -> Challenge:
        return self._ask(0)

    def continue_enroll(
        self, subject: Subject, secret: bytes, answer: Answer
    ) -> Challenge | Template:
        (sample,) = answer.samples
        self.heard.append(sample.data)
        with wave.open(io.BytesIO(sample.data)) as reader:
            if audio.level(reader.readframes(reader.getnframes())) < 0.1:
                raise Retry(Text("That was too quiet. Speak up."))
        done = secret[0] + 1
        return self._ask(done) if done < len(PHRASES) else Template(b"loud", "loudness-1")

    def _ask(self, done: int) -> Challenge:
        options = {"phrase": PHRASES[done], "seconds": 2}
        asks = [Ask("sample", "voice", Text("Read aloud"), options)]
        return Challenge(asks, bytes([done]), step=done + 1, steps=len(PHRASES))

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        return self._ask(0)

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        return Verdict(False)

    def claimed(self, answer: Answer) -> str | None:
        return None

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        return Verdict(True, kinds=frozenset({Kind.INHERENCE}))


@pytest.fixture
def loudness() -> Loudness:
    return Loudness()


@pytest.fixture
def gateway(store: Store, clock: FakeClock, loudness: Loudness, tmp_path: Path) -> Flask:
    """The whole gateway, but for its voice factor."""
    settings = Settings(env="test", issuer=ISSUER, data=tmp_path / "gateway", simulators=True)
    factors = {**make_factors(settings, store, clock), "voice": loudness}
    return create_app(settings, store=store, clock=clock, factors=factors)


@pytest.fixture
def wire(gateway: Flask) -> Iterator[httpx.Client]:
    """The kiosk's line to the gateway."""
    with httpx.Client(transport=httpx.WSGITransport(gateway)) as http:
        yield http


@pytest.fixture
def identity(store: Store, clock: FakeClock, wire: httpx.Client) -> Identity:
    """A paired kiosk."""
    code = Stations(store, clock, ISSUER).add("Front desk", AN_HOUR)
    return client.pair(ISSUER, code, wire)


@pytest.fixture
def ticket(store: Store) -> str:
    """A ticket of alice, who has agreed before."""
    with store.write() as tx:
        alice = tx.accounts.add("alice")
        tx.biometric_consents.give(alice.id, "voice", 1, "browser")
        return tx.tickets.issue(alice.id, AN_HOUR)


@pytest.fixture
def newcomer(store: Store) -> str:
    """A ticket of nora, whom nobody has asked yet."""
    with store.write() as tx:
        return tx.tickets.issue(tx.accounts.add("nora").id, AN_HOUR)


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., Path]:
    """Write a script beside `loud.wav` and `quiet.wav`; each call replaces the file."""
    for name, volume in (("loud", 16_000), ("quiet", 100)):
        wave = (volume * math.sin(t / 5) for t in range(16_000))
        pcm = array("h", map(int, wave)).tobytes()
        (tmp_path / f"{name}.wav").write_bytes(audio.wav(pcm, 16_000))

    def write(*lines: str) -> Path:
        new = tmp_path / "script.new"
        new.write_text("\n".join(lines))
        return new.rename(tmp_path / "script")

    return write
