"""A live call: segments of one answer, and who speaks from then on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.outbox import OutboxRow
from tests.gateway.voice_notes.conftest import Talk
from tests.gateway.voice_notes.conftest import confidential as registered

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

DENIED = {"status": 403, "error": "access_denied"}


@pytest.fixture
def waiting(talk: Talk) -> Talk:
    talk.ask()
    talk.take()
    return talk


@pytest.fixture
def calling(waiting: Talk) -> tuple[Talk, str]:
    """A call in which alice was heard, and her browser that has gone on."""
    first, second = waiting.segments()
    begun = waiting.say("begin", first)
    assert waiting.say(begun["call"], second)["result"] == "accepted"
    waiting.look()
    assert waiting.arrived()
    return waiting, begun["call"]


def events(talk: Talk) -> list[dict[str, object]]:
    with talk.house.store.write() as tx:
        rows: list[OutboxRow] = list(
            tx.outbox.claim(talk.house.clock.now(), timedelta(hours=1), "event")
        )
    return [row.payload for row in rows if row.payload["type"] == "assurance.changed"]


def test_it_is_decided_as_soon_as_enough_was_said(waiting: Talk) -> None:
    first, second = waiting.segments()
    begun = waiting.say("begin", b"silence")
    assert (begun["status"], begun["result"]) == (200, "again")
    call = begun["call"]
    assert waiting.say(call, first) == {"status": 200, "result": "again"}
    assert waiting.say(call, b"silence") == {"status": 200, "result": "again"}
    waiting.look()
    assert not waiting.arrived()
    assert waiting.say(call, second) == {"status": 200, "result": "accepted"}
    waiting.look()
    assert waiting.arrived()


def test_the_words_must_be_said_within_the_minute(waiting: Talk) -> None:
    first, second = waiting.segments()
    call = waiting.say("begin", first)["call"]
    waiting.house.clock.advance(timedelta(seconds=61))
    assert waiting.say(call, second) == DENIED


def test_a_wrong_answer_ends_the_call(waiting: Talk) -> None:
    begun = waiting.say("begin", b"eve 9 9 9")
    assert begun["result"] == "refused"
    assert waiting.say(begun["call"], b"alice") == DENIED


def test_whoever_goes_on_speaking_is_followed(calling: tuple[Talk, str]) -> None:
    talk, call = calling
    assert talk.say(call, b"alice again") == {"status": 200, "result": "accepted"}
    assert talk.say(call, b"silence") == {"status": 200, "result": "accepted"}
    assert not events(talk)


def test_another_speaker_takes_the_proof_back_and_whoever_relies_on_it_is_told(
    calling: tuple[Talk, str],
) -> None:
    talk, call = calling
    assert talk.say(call, b"eve") == {"status": 200, "result": "refused"}
    [event] = events(talk)
    data = event["data"]
    assert isinstance(data, dict)
    assert (data["previous"], data["current"], data["direction"]) == (
        *("aal2+voice", "aal2"),
        "decrease",
    )
    assert (event["clients"], event["by"]) == (["bot"], "policy")
    [noted] = talk.trail("voice_notes.speaker_changed")
    assert noted["client"] == "bot"
    assert talk.say(call, b"alice") == DENIED
    talk.person.authorize(talk.bot, state="two", acr_values="mfa+voice")
    assert "Voice" in talk.person.words
    talk.person.authorize(talk.bot, state="three")
    assert talk.arrived()


def test_another_speaker_before_the_browser_went_on_leaves_nothing(waiting: Talk) -> None:
    call = waiting.say("begin", b" ".join(waiting.segments()))["call"]
    assert waiting.say(call, b"eve")["result"] == "refused"
    waiting.look()
    assert not waiting.arrived()
    assert "New words" in waiting.person.words


def test_the_end_of_the_call_ends_it(calling: tuple[Talk, str]) -> None:
    talk, call = calling
    assert talk.say(call, b"", ended="true") == {"status": 200}
    assert talk.say(call, b"eve") == DENIED
    assert not events(talk)


def test_a_call_of_which_nothing_is_heard_is_over(calling: tuple[Talk, str]) -> None:
    talk, call = calling
    talk.house.clock.advance(timedelta(minutes=3))
    assert talk.say(call, b"eve") == DENIED


def test_a_call_is_its_clients_alone_and_cannot_be_guessed(calling: tuple[Talk, str]) -> None:
    talk, call = calling
    registered(talk.house, "eve")
    assert talk.say(call, b"eve", client_id="eve") == DENIED
    assert talk.say(call, b"", client_id="eve", ended="true") == DENIED
    assert talk.say("x" * 43, b"alice") == DENIED
    assert len(call) >= 43
    assert talk.say(call, b"alice")["result"] == "accepted"


def test_consent_that_is_withdrawn_ends_the_call(calling: tuple[Talk, str]) -> None:
    talk, call = calling
    talk.person.go("/account/voice-notes")
    talk.person.fill(talk.person.form(action="/withdraw"))
    decoded = len(talk.pool.decoded)
    assert talk.say(call, b"alice") == DENIED
    assert len(talk.pool.decoded) == decoded


def test_segments_come_no_faster_than_people_speak(calling: tuple[Talk, str]) -> None:
    talk, call = calling
    came = [talk.say(call, b"alice")["status"] for _ in range(31)]
    assert came[0] == 200
    assert came[-1] == 429


def test_nothing_that_was_said_is_kept(waiting: Talk) -> None:
    waiting.say("begin", waiting.segments()[0])
    with waiting.house.store.database.read() as connection:
        [row] = connection.exec_driver_sql("SELECT state FROM voice_calls").all()
    assert b"alice" not in bytes(row.state)
