"""One person per factor, who answers its challenges as people do, rightly or wrongly.

A new factor gets its person here; without one the conformance suite checks only the port.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Protocol

import pyotp

from contracts.factor import Answer, Challenge
from contracts.sample import Modality, Sample
from tests.fakes.authenticator import Authenticator
from tests.fakes.browser import RememberedBrowser
from tests.fakes.clock import FakeClock
from tests.verifiers.conftest import ORIGIN
from verifiers.recovery.codes import make
from verifiers.voice.audio.wav import pcm, wave
from verifiers.voice.engines import DEFAULT, described
from verifiers.voice.utterance import ALONE, LISTEN, RECOGNISE, Utterance

ENGINE = described(DEFAULT)


class Person(Protocol):
    """Answers challenges."""

    def right(self, challenge: Challenge) -> Answer:
        """Answer as the person does."""
        ...

    def wrong(self, challenge: Challenge) -> Answer:
        """Answer as someone else would, well formed."""
        ...


class Rememberer:
    """Knows a password."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def right(self, challenge: Challenge) -> Answer:
        return Answer({"password": "correct horse battery staple"})

    def wrong(self, challenge: Challenge) -> Answer:
        return Answer({"password": "incorrect horse battery staple"})


class Reader:
    """Reads codes in a mailbox."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def right(self, challenge: Challenge) -> Answer:
        if challenge.asks[0].name == "address":
            return Answer({"address": "alice@example.org"})
        texts = [str(message.text) for message in challenge.messages]
        return Answer({"code": "".join(re.findall(r"\b\d{6}\b", " ".join(texts))) or "000000"})

    def wrong(self, challenge: Challenge) -> Answer:
        code = int(self.right(challenge).fields["code"])
        return Answer({"code": f"{(code + 1) % 10**6:06d}"})


class AppOwner:
    """Owns a phone with an authenticator app, and waits for a new code each time."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._app = pyotp.TOTP(pyotp.random_base32())

    def right(self, challenge: Challenge) -> Answer:
        for ask in challenge.asks:
            if ask.type == "qr":
                self._app = pyotp.TOTP(ask.options["secret"])
        self._clock.advance(timedelta(seconds=self._app.interval))
        return Answer({"code": self._app.at(self._clock.now())})

    def wrong(self, challenge: Challenge) -> Answer:
        code = int(self.right(challenge).fields["code"])
        return Answer({"code": f"{(code + 500_000) % 10**6:06d}"})


class CodeKeeper:
    """Keeps the codes that were shown on a slip of paper, and crosses out those that were used."""

    def __init__(self, clock: FakeClock) -> None:
        self._codes = list(map(str, make(10)))

    def right(self, challenge: Challenge) -> Answer:
        for ask in challenge.asks:
            if ask.type == "codes":
                self._codes = list(ask.options["codes"])
                return Answer({"codes": "kept"})
        return Answer({"code": self._codes[0]})

    def wrong(self, challenge: Challenge) -> Answer:
        return Answer({"code": str(make(1)[0])})


class DeviceOwner:
    """Holds an authenticator."""

    def __init__(self, clock: FakeClock) -> None:
        self._device = Authenticator(ORIGIN)

    def right(self, challenge: Challenge) -> Answer:
        ask = challenge.asks[0]
        if ask.type == "passkey-create":
            return Answer({"credential": self._device.create(ask.options)})
        if not self._device.credentials:
            return self._stranger(challenge)
        return Answer({"credential": self._device.get(ask.options)})

    def wrong(self, challenge: Challenge) -> Answer:
        self._device.client = {"origin": "https://evil.example"}
        answer = self.right(challenge)
        self._device.client = {}
        return answer

    def _stranger(self, challenge: Challenge) -> Answer:
        """Answer with a passkey of another account."""
        made = {"rp": {"id": "login.example.org"}, "user": {"id": "Ym9i"}, "challenge": "AA"}
        stranger = Authenticator(ORIGIN)
        stranger.create(made)
        options = {**challenge.asks[0].options, "allowCredentials": []}
        return Answer({"credential": stranger.get(options)})


class BrowserOwner:
    """Sits at a browser that was remembered."""

    def __init__(self, clock: FakeClock) -> None:
        self._browser = RememberedBrowser(ORIGIN)

    def right(self, challenge: Challenge) -> Answer:
        ask = challenge.asks[0]
        given = ask.options["challenge"]
        if ask.type == "device-create":
            return Answer({"device": self._browser.create(given)})
        return Answer({"device": self._browser.prove(given)})

    def wrong(self, challenge: Challenge) -> Answer:
        return Answer({"device": self._browser.prove("another challenge")})


class Speaker:
    """Speaks; the voice is told apart by `listen`, which stands in for the inference pool."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._spoken = 0

    def right(self, challenge: Challenge) -> Answer:
        return self._speak(challenge, voice=1)

    def wrong(self, challenge: Challenge) -> Answer:
        return self._speak(challenge, voice=2)

    def _speak(self, challenge: Challenge, voice: int) -> Answer:
        """Say what is asked for, each time a little differently, and take some seconds to."""
        self._spoken += 1
        self._clock.advance(timedelta(seconds=8))
        digits = map(int, challenge.asks[0].options.get("digits", ""))
        data = wave(struct.pack("<2h", voice, self._spoken) + struct.pack("<20h", *padded(digits)))
        sample = Sample(Modality.VOICE, "audio/wav", data, self._clock.now(), "test")
        return Answer(samples=[sample])


def padded(digits: Iterable[int]) -> list[int]:
    """Return twenty numbers, of which those below zero are nothing said."""
    return [*digits, *[-1] * 20][:20]


def listen(job: str, recording: bytes) -> bytes:
    """Do what the pool does: the first number is the voice, those from the third on are digits."""
    if job == ALONE:
        return b""
    if job == RECOGNISE:
        said = struct.unpack_from("<20h", pcm(recording.partition(b"\n")[2]), 4)
        return " ".join(str(digit) for digit in said if digit >= 0).encode()
    assert job == LISTEN
    (voice,) = struct.unpack_from("<h", pcm(recording))
    embedding = [1.0 if axis == voice else 0.0 for axis in range(ENGINE.dimension)]
    packed = struct.pack(f"<{ENGINE.dimension}f", *embedding)
    signal = hashlib.shake_128(pcm(recording)).digest(120)
    return Utterance(packed, ENGINE.format, quality=QUALITY, fingerprint=signal).dump()


QUALITY = {"speech_ms": 2400.0, "onset_ms": 800.0, "level_dbfs": -20.0}


PEOPLE: dict[str, Callable[[FakeClock], Person]] = {
    "password": Rememberer,
    "webauthn": DeviceOwner,
    "device": BrowserOwner,
    "totp": AppOwner,
    "otp": Reader,
    "voice": Speaker,
    "recovery": CodeKeeper,
}
