"""A voice enrolled at a kiosk logs its person in: real speech, real gateway, simulated sensor."""

from __future__ import annotations

import io
import json
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
import soundfile
from joserfc import jws

from contracts.clock import SystemClock
from enrollment.kiosk import client
from enrollment.kiosk.visit import Kiosk, Visit
from hardware import registry
from hardware.manager import DeviceManager
from tests.fakes import codes
from tests.gateway.conftest import PASSWORD
from tests.recordings import pasted
from tests.waiting import PATIENCE
from tests.walks.forms import read
from tests.walks.tree import OFTEN, TRIES, Tree, serving

pytestmark = pytest.mark.recordings

SEED = pyotp.random_base32(32)
SPEAKER, OTHER = "george", "theo"
SAID = "3158024697"
"""What the speaker says to enrol, beginning with another digit each time."""
RATE = 16_000
VERIFIER = "v" * 43
REDIRECT = "http://localhost:1/callback"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    """A gateway that allows simulators, with vera and a bank's chatbot."""
    data = tmp_path_factory.mktemp("gateway")
    people = data / "people"
    people.write_text(json.dumps({"username": "vera", "password": PASSWORD, "totp_secret": SEED}))
    with serving(data, GATEHOUSE_SIMULATORS="true", **OFTEN) as tree:
        tree.run("user", "import", str(people))
        tree.run("client", "add", "bank", "--public", "--no-consent", "--redirect-uri", REDIRECT)
        yield tree


@pytest.fixture
def kiosk(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    """A paired kiosk whose microphone plays the person, with a slip in between."""
    script = tmp_path / "script"
    lines = [f"SCAN {said(tmp_path, number)}" for number in range(6)]
    script.write_text("\n".join([lines[0], "RETRY too quiet", *lines[1:]]))
    monkeypatch.setenv("GATEHOUSE_SIMULATED_MICROPHONE_SCRIPT", str(script))
    devices = DeviceManager(registry.load(simulators=True, production=False))
    with httpx.Client(timeout=PATIENCE) as http:
        code = tree.run("station", "add", tmp_path.name)["pairing_code"]
        identity = client.pair(tree.issuer, code, http)
        yield Kiosk(client.Gateway(identity, http, SystemClock()), devices, "")


def said(folder: Path, number: int) -> Path:
    """Record the person reading a phrase."""
    path = folder / f"{number}.wav"
    path.write_bytes(wave(SPEAKER, SAID[number:] + SAID[:number], 5 * number))
    return path


def wave(speaker: str, digits: str, take: int) -> bytes:
    """Return digits that somebody says as a WAV file."""
    file = io.BytesIO()
    soundfile.write(file, pasted(speaker, digits, take, RATE), RATE, "PCM_16", format="WAV")
    return file.getvalue()


class Browser:
    """Logs vera in over plain HTTP and uploads what the page's recorder would."""

    def __init__(self, tree: Tree, http: httpx.Client) -> None:
        self._http = http
        digest = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": "bank",
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "scope": "openid",
            "acr_values": "mfa+voice",
            "code_challenge": digest,
            "code_challenge_method": "S256",
        }
        self.page = self._follow(http.get(f"{tree.issuer}/oauth/authorize", params=query))
        self.code = ""

    def fill(self, action: str, button: str = "", /, **values: str) -> None:
        self._send(action, button, values, {})

    def speak(self, speaker: str, take: int) -> None:
        """Say the digits that are asked for, which takes its time."""
        self.fill("/factor", "Voice")
        [options] = re.findall(r"data-ask=\"voice\" data-options='([^']*)'", self.page.text)
        audio = wave(speaker, json.loads(options)["digits"], take)
        time.sleep(len(audio) / (2 * RATE))
        self._send("/answer", "", {}, {"sample": ("voice.wav", audio, "audio/wav")})

    def speak_until_heard(self) -> str:
        """Say digits until they are understood."""
        for take in range(4, 4 + TRIES):
            self.speak(SPEAKER, take)
            if self.code:
                return self.code
        raise AssertionError("true answers were refused")

    def _send(
        self,
        action: str,
        button: str,
        values: dict[str, str],
        files: dict[str, tuple[str, bytes, str]],
    ) -> None:
        forms = [f for f in read(self.page.text) if action in f.action and button in f.text]
        assert forms, self.page.text
        fields = {n: v for n, v in forms[0].fields.items() if n not in files} | values
        url = self.page.url.join(forms[0].action)
        self.page = self._follow(self._http.post(url, data=fields, files=files or None))

    def _follow(self, answer: httpx.Response) -> httpx.Response:
        while answer.status_code == 303:
            location = str(answer.url.join(answer.headers["Location"]))
            if location.startswith(REDIRECT):
                self.code = parse_qs(urlsplit(location).query)["code"][0]
                return answer
            answer = self._http.get(location)
        return answer


def test_a_voice_from_the_kiosk_logs_in_and_another_does_not(tree: Tree, kiosk: Kiosk) -> None:
    visit = agreed(kiosk, tree)
    errors = []
    while visit is not None:
        visit = kiosk.capture(visit)
        errors.append(bool(visit and visit.asked.error))
    assert errors[:2] == [False, True]
    assert len(errors) >= 4
    with httpx.Client(timeout=PATIENCE) as http:
        browser = Browser(tree, http)
        browser.fill("/login/", username="vera", password=PASSWORD)
        browser.fill("/factor", "Authenticator app")
        browser.fill("/answer", code=codes.app(SEED).code())
        browser.speak(OTHER, 0)
        assert not browser.code
        claims = redeemed(tree, http, browser.speak_until_heard())
    assert claims["acr"] == "mfa+voice"
    assert claims["amr"] == ["mfa", "otp", "pwd", "vbm"]


@pytest.mark.rule(5)
def test_nothing_of_a_recording_is_left(tree: Tree, kiosk: Kiosk, tmp_path: Path) -> None:
    visit = agreed(kiosk, tree)
    while visit is not None:
        visit = kiosk.capture(visit)
    left = b"".join(path.read_bytes() for path in tree.data.rglob("*") if path.is_file())
    assert b"vera" in left
    for number in (0, 1, 2):
        samples, _ = soundfile.read(said(tmp_path, number), dtype="int16")
        middle = samples[len(samples) // 2 :][:32].tobytes()
        assert len(set(middle)) > 8
        assert middle not in left


def agreed(kiosk: Kiosk, tree: Tree) -> Visit | None:
    """Bring vera to the kiosk, where she is asked for her consent the first time she comes."""
    visit = kiosk.open(tree.run("ticket", "add", "vera")["ticket"])
    if not visit.agreeing:
        return visit
    return kiosk.agree(visit, visit.asked.asks[0].options["version"])


def redeemed(tree: Tree, http: httpx.Client, code: str) -> dict[str, object]:
    """Exchange the code; return what the access token says."""
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "client_id": "bank",
        "code_verifier": VERIFIER,
    }
    token = http.post(f"{tree.issuer}/oauth/token", data=given).json()["access_token"]
    claims: dict[str, object] = json.loads(jws.extract_compact(token.encode()).payload)
    return claims
