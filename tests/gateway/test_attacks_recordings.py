"""Recordings that are meant to do harm, sent as a browser sends one: refused before the pool."""

from __future__ import annotations

import tempfile
from functools import partial

import psutil
import pytest
from werkzeug.test import TestResponse

from tests.gateway.conftest import Build, House
from tests.gateway.speaking import asked_to_speak
from tests.timing import quickest
from tests.verifiers.voice.audio.test_voice_decode import HOSTILE
from tests.walks.person import Person
from verifiers.voice.audio import wav

BOUND = 0.2
"""Seconds of the processor that a refusal may cost, page and all."""


def unreached(job: str, payload: bytes) -> bytes:
    raise AssertionError(f"{job} was asked for {len(payload)} bytes")


@pytest.fixture
def house(build: Build) -> House:
    return build(infer=unreached, limits="off")


@pytest.fixture
def vera(house: House) -> Person:
    """Somebody who is asked for a recording."""
    return asked_to_speak(house)


def send(person: Person, data: bytes) -> TestResponse:
    """Answer with a file; the page that comes back asks again. Nothing is spooled to a disk."""
    fields = person.form(action="/enroll/answer").fields
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts.append(b'name="sample"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n' + data)
    lines = [b"--limit\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts]
    body, kind = b"".join(lines) + b"--limit--\r\n", "multipart/form-data; boundary=limit"
    person.page = person.client.post("/enroll/answer", data=body, content_type=kind)
    return person.page


def test_harm_is_refused_in_the_web_worker_at_no_cost(vera: Person) -> None:
    for name, make in HOSTILE.items():
        data = make()
        asking, before = vera.page, psutil.Process().memory_info().rss
        answer, seconds = quickest(partial(send, vera, data), BOUND)
        assert 400 <= answer.status_code < 500, name
        assert seconds < BOUND, name
        assert psutil.Process().memory_info().rss - before < 32 * 2**20, name
        if answer.status_code == 413:
            vera.page = asking


def test_what_is_sent_stays_in_memory(vera: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    answer = send(vera, wav.wave(bytes(40 * 32_000)))
    assert answer.status_code == 400
    assert "longer than 15 seconds" in answer.text


def test_what_was_wrong_is_noted_by_name(house: House, vera: Person) -> None:
    send(vera, wav.wave(bytes(32_000))[:-2])
    send(vera, b"ID3" + bytes(2000))
    with house.store.read() as tx:
        account = tx.accounts.find("vera")
        assert account
        noted = tx.audit.of(account.id, ["sample.refused"], 9)
    assert [each.detail["reason"] for each in noted] == ["no_recording", "incomplete"]
