"""While the pool is full: what needs it is told to come back, what does not never waits."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests import ports
from tests.gateway.conftest import House
from tests.gateway.inference.test_pool import running
from tests.gateway.operations.running import environment, gatehouse, guess, wait_for
from tests.gateway.speaking import asked_to_speak
from tests.waiting import PATIENCE, until
from verifiers.voice.audio import wav

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
START = """
from granian import Granian
Granian("tests.gateway.inference.slow_house:build", port={port}, interface="rsgi", factory=True,
        websockets=False, log_enabled=False).serve()
"""
CALLERS = 4
THREADS = 2


def asked(port: int, method: str, path: str, body: str = "", **headers: str) -> tuple[int, Any]:
    """Ask once; return the status and the fields of the answer's head."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        response.read()
        return response.status, response.headers
    finally:
        connection.close()


@pytest.fixture
def served(path: Path, tmp_path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """A gateway of few threads before a pool of one worker, which is held until there is `go`.

    Its port, and the words by which a client shows who it is.
    """
    port = ports.free()
    own = environment(
        tmp_path / "data",
        GATEHOUSE_INFERENCE_SOCKET=str(path),
        GATEHOUSE_INFERENCE_CALLERS=str(CALLERS),
        GATEHOUSE_THREADS=str(THREADS),
        GATEHOUSE_ISSUER=f"http://localhost:{port}",
        HELD=str(tmp_path),
    )
    add = gatehouse("client", "add", "bot", "--grant-type", "client_credentials", "--json", env=own)
    secret = json.loads(add.communicate(timeout=PATIENCE)[0])["client_secret"]
    words = {"Authorization": "Basic " + b64encode(f"bot:{secret}".encode()).decode()}
    command = [sys.executable, "-c", START.format(port=port)]
    with (
        running(path, queue=2, job_seconds=PATIENCE),
        subprocess.Popen(command, cwd=ROOT, env=own | {"PYTHONPATH": str(ROOT)}, text=True) as web,
    ):
        try:
            wait_for(port, web)
            yield port, words
        finally:
            web.terminate()
            web.wait(PATIENCE)


def token(port: int, words: dict[str, str]) -> int:
    """Ask for a token; return the status."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return asked(port, "POST", "/oauth/token", "grant_type=client_credentials", **words, **form)[0]


def test_tokens_and_hashing_do_not_wait_for_the_pool(
    served: tuple[int, dict[str, str]], tmp_path: Path
) -> None:
    port, words = served
    with ThreadPoolExecutor(16) as threads:
        held = [threads.submit(asked, port, "GET", "/slow") for _ in range(16)]
        wait(held, return_when=FIRST_COMPLETED)
        until((tmp_path / "begun").exists)
        assert {token(port, words) for _ in range(5)} == {200}
        assert guess(f"http://localhost:{port}") == 401, "hashed, and not the right one"
        (tmp_path / "go").touch()
        answers = [each.result() for each in held]
    statuses = Counter(status for status, _ in answers)
    assert statuses.keys() == {200, 503}, "some run or wait, and the others are turned away"
    refused = [head for status, head in answers if status == 503]
    assert all(int(head["Retry-After"]) > 0 for head in refused)


def test_whoever_speaks_to_a_full_pool_is_told_when_to_come_back_and_asked_again(
    house: House,
) -> None:
    person = asked_to_speak(house)
    for _ in range(2):
        sample = (io.BytesIO(wav.wave(bytes(32_000))), "a.wav", "audio/wav")
        person.fill(person.form(action="/enroll/answer"), sample=sample)
        assert person.page.status_code == 503
        assert int(person.page.headers["Retry-After"]) > 0
        assert "busy right now" in person.page.text
