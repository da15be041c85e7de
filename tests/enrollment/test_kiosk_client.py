"""The kiosk's calls, made to a whole gateway."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from flask import Flask

from contracts.errors import Misconfigured, Unavailable
from contracts.sample import Modality, Sample
from enrollment.kiosk import client
from enrollment.kiosk.client import Gateway, Refused
from enrollment.kiosk.identity import Identity, new_key
from enrollment.station_proof import HEADER
from enrollment.stations import Stations
from hardware import audio
from store import Store
from tests.enrollment.conftest import AN_HOUR, ISSUER, PHRASES, Loudness
from tests.fakes.clock import FakeClock


@pytest.fixture
def station(identity: Identity, wire: httpx.Client, clock: FakeClock) -> Gateway:
    return Gateway(identity, wire, clock)


def sample(clock: FakeClock, volume: int = 100, *, virtual: bool = False) -> Sample:
    data = audio.wav(bytes([0, volume]) * 16_000, 16_000)
    return Sample(Modality.VOICE, audio.MEDIA_TYPE, data, clock.now(), "microphone:1", virtual)


def test_enrols_a_voice(
    station: Gateway, ticket: str, clock: FakeClock, store: Store, loudness: Loudness
) -> None:
    enrolment = station.open(ticket)
    asked = station.begin(enrolment, "voice")
    assert (asked.step, asked.steps, str(asked.title)) == (1, 3, "Your voice")
    read = []
    while asked is not None:
        read.append(asked.asks[0].options["phrase"])
        asked = station.answer(enrolment, asked, sample(clock))
    assert tuple(read) == PHRASES
    assert loudness.heard[0] == sample(clock).data
    with store.read() as tx:
        alice = tx.accounts.find("alice")
        assert alice is not None
        (credential,) = tx.credentials.list(alice.id)
    assert (credential.factor, credential.virtual) == ("voice", False)


def test_a_simulated_voice_is_marked(
    station: Gateway, ticket: str, clock: FakeClock, store: Store
) -> None:
    enrolment = station.open(ticket)
    asked = station.begin(enrolment, "voice")
    while asked is not None:
        asked = station.answer(enrolment, asked, sample(clock, virtual=True))
    with store.read() as tx:
        added = next(r for r in tx.audit.list(10) if r.event == "credential.added")
    assert added.detail["virtual"] is True


def test_no_recording_touches_the_disk(
    station: Gateway, ticket: str, clock: FakeClock, tmp_path: Path
) -> None:
    enrolment = station.open(ticket)
    asked = station.begin(enrolment, "voice")
    recording = sample(clock)
    while asked is not None:
        asked = station.answer(enrolment, asked, recording)
    canary = recording.data[100:132]
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not [file.name for file in files if canary in file.read_bytes()]


def test_the_person_is_asked_again(station: Gateway, ticket: str, clock: FakeClock) -> None:
    enrolment = station.open(ticket)
    asked = station.begin(enrolment, "voice")
    again = station.answer(enrolment, asked, sample(clock, volume=1))
    assert again is not None
    assert str(again.error) == "That was too quiet. Speak up."
    assert (again.step, again.asks[0].options) == (1, asked.asks[0].options)
    assert station.answer(enrolment, again, sample(clock)) is not None


def test_a_used_ticket_is_refused(station: Gateway, ticket: str) -> None:
    station.open(ticket)
    with pytest.raises(Refused) as refused:
        station.open(ticket)
    assert str(refused.value.public)


def test_a_station_enrols_what_it_captures_and_nothing_else(station: Gateway, ticket: str) -> None:
    with pytest.raises(Refused):
        station.begin(station.open(ticket), "password")


def test_another_station_cannot_go_on(
    station: Gateway,
    ticket: str,
    wire: httpx.Client,
    clock: FakeClock,
    store: Store,
    loudness: Loudness,
) -> None:
    enrolment = station.open(ticket)
    asked = station.begin(enrolment, "voice")
    code = Stations(store, clock, ISSUER).add("Back office", AN_HOUR)
    other = Gateway(client.pair(ISSUER, code, wire), wire, clock)
    with pytest.raises(Refused):
        other.answer(enrolment, asked, sample(clock))
    assert loudness.heard == []


def test_a_capture_without_the_stations_key_is_not_even_decoded(
    station: Gateway, ticket: str, gateway: Flask, clock: FakeClock, loudness: Loudness
) -> None:
    enrolment = station.open(ticket)
    asked = station.begin(enrolment, "voice")
    call = {
        "data": b"\xff not a form",
        "content_type": "multipart/form-data; boundary=none",
        "headers": {"Accept": "application/json"},
    }
    for proof in ("", "a.b.c"):
        call["headers"][HEADER] = proof
        answer = gateway.test_client().post("/enroll/answer", **call)
        assert (answer.status_code, answer.json["error"]) == (401, "not_authenticated")
    assert loudness.heard == []
    assert station.answer(enrolment, asked, sample(clock)) is not None


def test_a_stranger_is_told_to_pair_again(
    identity: Identity, wire: httpx.Client, clock: FakeClock, ticket: str
) -> None:
    stranger = Gateway(replace(identity, key=new_key()), wire, clock)
    with pytest.raises(Refused) as refused:
        stranger.open(ticket)
    assert "pair it again" in str(refused.value.public)


def test_a_wrong_clock_is_refused(identity: Identity, wire: httpx.Client, ticket: str) -> None:
    late = FakeClock()
    late.advance(timedelta(minutes=2))
    with pytest.raises(Refused, match="401"):
        Gateway(identity, wire, late).open(ticket)


def test_pairing_needs_the_issuers_own_address(
    store: Store, clock: FakeClock, wire: httpx.Client
) -> None:
    code = Stations(store, clock, ISSUER).add("Front desk", AN_HOUR)
    with pytest.raises(Misconfigured) as error:
        client.pair("http://127.0.0.1:8080", code, wire)
    assert ISSUER in str(error.value.public)


def test_a_used_pairing_code_is_refused(identity: Identity, wire: httpx.Client) -> None:
    with pytest.raises(Refused) as refused:
        client.pair(ISSUER, "2222-2222-2222-2222", wire)
    assert "pairing code" in str(refused.value.public)


def _answers(status: int, body: bytes) -> httpx.Client:
    return httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(status, content=body))
    )


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"ceremony": 1, "asks": [7]}'),
        (502, b"\xff"),
        (500, b'{"error_description": 7}'),
    ],
)
def test_an_answer_that_is_none_is_no_crash(
    identity: Identity, clock: FakeClock, status: int, body: bytes
) -> None:
    with _answers(status, body) as http, pytest.raises(Refused):
        Gateway(identity, http, clock).begin("enrolment", "voice")


def test_an_absent_gateway_is_unavailable(identity: Identity, clock: FakeClock) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with httpx.Client(transport=httpx.MockTransport(refuse)) as http, pytest.raises(Unavailable):
        Gateway(identity, http, clock).open("ticket")


def test_a_full_pool_tells_a_kiosk_when_to_come_back(
    station: Gateway,
    ticket: str,
    clock: FakeClock,
    loudness: Loudness,
    wire: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise Unavailable(detail="the queue is full", retry_after=7)

    enrolment = station.open(ticket)
    asked = station.begin(enrolment, "voice")
    heard: list[httpx.Response] = []
    wire.event_hooks = {"response": [heard.append]}
    monkeypatch.setattr(loudness, "continue_enroll", full)
    again = station.answer(enrolment, asked, sample(clock))
    assert (heard[-1].status_code, heard[-1].headers["Retry-After"]) == (503, "7")
    monkeypatch.undo()
    assert again is not None
    assert again.step == 1
    assert station.answer(enrolment, again, sample(clock)) is not None
