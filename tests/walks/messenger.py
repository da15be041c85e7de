"""A chatbot that hands voice messages on, and people who send them: real speech, as Ogg Opus."""

from __future__ import annotations

import json
import re
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import httpx
import numpy as np
import soundfile
from joserfc import jws
from scipy.signal import resample_poly

from tests.fakes.codes import AuthenticatorApp
from tests.foreign import coded
from tests.gateway.conftest import PASSWORD
from tests.recordings import Waveform, part
from tests.waiting import PATIENCE
from tests.walks.surfer import Surfer
from verifiers.voice.audio import wav

CALLBACK = "http://localhost:1/callback"
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CIBA = "urn:openid:params:grant-type:ciba"
TAKES = 15
PAUSE = np.zeros(int(0.3 * wav.RATE))
ALL = "3158024697"
DIGITS = re.compile(r'<p class="phrase"[^>]*>([\d ]+)</p>')


def samples(speaker: str, digits: str, take: int) -> Waveform:
    """Record a speaker who says digits one after the other, the n-th as in take `take` + n."""
    folder = part(f"digits/{speaker}")
    parts = [PAUSE]
    for number, digit in enumerate(digits):
        said, _ = soundfile.read(folder / f"{digit}_{speaker}_{(take + number) % TAKES}.wav")
        parts += [resample_poly(said, 2, 1) * 0.4 / np.abs(said).max(), PAUSE]
    whole = np.concatenate(parts)
    return whole + np.random.default_rng(take).standard_normal(len(whole)) * 1e-4


def note(waveform: Waveform) -> bytes:
    """Encode it as WhatsApp and Telegram do."""
    whole = (np.clip(waveform, -1, 1) * 32767).astype("<i2")
    return coded(whole, "ogg", "libopus", 48_000, bit_rate=24_000)


@dataclass
class Bot:
    """The client's side: it sends people to log in, and hands on what they say."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)

    @property
    def _who(self) -> tuple[str, str]:
        return self.client_id, self.secret

    def link(self, state: str) -> dict[str, str]:
        """Return what it asks its person to open."""
        return {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "acr_values": "mfa+voice",
            "prompt": "login",
            "state": state,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }

    def hand_on(self, audio: bytes, **named: str) -> httpx.Response:
        """Hand a message on, or a segment of a call."""
        files = {"audio": ("message.ogg", audio, "audio/ogg")}
        url = f"{self.issuer}/voice/verify"
        return httpx.post(url, data=named, files=files, auth=self._who, timeout=PATIENCE)

    def post(self, path: str, **form: str) -> dict[str, Any]:
        """Call an endpoint of OAuth."""
        answer = httpx.post(f"{self.issuer}{path}", data=form, auth=self._who, timeout=PATIENCE)
        found: dict[str, Any] = answer.json()
        return found

    def token(self, code: str) -> dict[str, Any]:
        """Redeem a code; return what the access token says."""
        form = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        return claims(self.post("/oauth/token", grant_type="authorization_code", **form))

    def listen(self, event: str) -> Callable[[], list[dict[str, Any]]]:
        """Ask to hear of what happens; return what reads it once something has (RFC 8936)."""
        token = self.post("/oauth/token", grant_type="client_credentials", scope="ssf.manage")
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        wanted = {"events_requested": [event]}
        made = httpx.post(
            f"{self.issuer}/ssf/stream", json=wanted, headers=bearer, timeout=PATIENCE
        ).json()
        url, patience = made["delivery"]["endpoint_url"], {"returnImmediately": False}

        def read() -> list[dict[str, Any]]:
            sets = httpx.post(url, json=patience, headers=bearer, timeout=PATIENCE).json()["sets"]
            return [_payload(each)["events"][event] for each in sets.values()]

        return read


def claims(tokens: dict[str, Any]) -> dict[str, Any]:
    """Return what an access token says."""
    return _payload(tokens["access_token"])


def _payload(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(jws.extract_compact(token.encode()).payload)
    return found


@dataclass
class Talker:
    """Somebody with a voice, a password and an authenticator app."""

    name: str
    voice: str
    app: AuthenticatorApp
    browser: Surfer
    take: int = 0

    def enrol(self) -> None:
        """Enrol the voice on the page of the account."""
        self.browser.go("/account")
        self.password()
        self.browser.fill("/enroll/voice")
        self.authenticator()
        self.browser.fill("/enroll/voice")
        self.browser.fill("/enroll/answer", consent="1")
        for take in range(6):
            said = samples(self.voice, ALL[take:] + ALL[:take], 5 * take)
            pcm = (np.clip(said, -1, 1) * 32767).astype("<i2").tobytes()
            sample = ("sample.wav", wav.wave(pcm), "audio/wav")
            self.browser.fill("/enroll/answer", files={"sample": sample})
            if not self.browser.forms("/enroll/answer"):
                return
        raise AssertionError(self.browser.words)

    def password(self) -> None:
        """Say who one is."""
        self.browser.fill("/login/", username=self.name, password=PASSWORD)

    def authenticator(self) -> None:
        """Show what one possesses."""
        self.browser.fill("/factor", "Authenticator app")
        self.browser.fill("/answer", code=self.app.code())

    def open(self, bot: Bot, state: str) -> None:
        """Open the chatbot's link, and show all but the voice."""
        self.browser.go("/oauth/authorize", **bot.link(state))
        self.password()
        self.authenticator()

    def choose_the_chat(self) -> None:
        """Choose to answer there, agreeing to that where it is asked."""
        self.browser.fill("/note")
        if "I have read this" in self.browser.words:
            self.browser.fill("/note", consent="1")

    def anew(self, result: str) -> None:
        """Read on the page that it was not right, where it was refused, and take other digits."""
        self.browser.reload()
        if result == "refused":
            assert "That was not right" in self.browser.words, self.browser.words
        self.browser.fill("/note")

    @property
    def digits(self) -> str:
        """Read what is to be said."""
        [shown] = DIGITS.findall(self.browser.page.text)
        return str(shown).replace(" ", "")

    def say(self, digits: str = "", voice: str = "") -> bytes:
        """Say digits, which takes its time: those of the page, unless others are given."""
        self.take += 1
        said = samples(voice or self.voice, digits or self.digits, self.take)
        time.sleep(len(said) / wav.RATE)
        return note(said)


def state() -> str:
    """Name a request as a chatbot does."""
    return secrets.token_urlsafe(24)
