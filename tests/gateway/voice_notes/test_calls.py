"""A live call: segments of one answer, and who speaks from then on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.errors import Expired
from enrollment.consent import end
from gateway.limits import strain
from gateway.login import limits
from store.outbox import OutboxRow
from tests.gateway.voice_notes.conftest import Talk
from tests.gateway.voice_notes.conftest import confidential as registered

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

BUSY = {"status": 503, "error": "temporarily_unavailable"}
DENIED = {"status": 403, "error": "access_denied"}


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


def test_each_poor_segment_counts_as_a_failure_to_acquire(waiting: Talk) -> None:
    first, second = waiting.segments()
    call = waiting.say("begin", first)["call"]
    assert waiting.say(call, b"silence")["result"] == "again"
    assert waiting.say(call, second)["result"] == "accepted"
    assert waiting.say(call, b"silence")["result"] == "again"
    noted = {"factor": "voice", "purpose": "verify", "reason": "too_short", "forwarded": True}
    assert [noted.items() <= each.items() for each in waiting.trail("sample.refused")] == [True] * 2


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
    assert talk.say(call, b"silence") == {"status": 200, "result": "again"}
    assert talk.say(call, b"alice again") == {"status": 200, "result": "accepted"}
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
    assert "try again with new" in waiting.person.words


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


def test_a_name_that_is_given_to_two_people_is_neithers_in_a_call(waiting: Talk) -> None:
    first, second = waiting.segments()
    call = waiting.say("begin", first)["call"]
    other = waiting.house.enrolled("bob", password="another phrase of words")
    with waiting.house.store.write() as tx:
        [login] = tx.logins.under_way(waiting.alice)
        note = tx.voice.notes.of(login)
        assert note
        tx.voice.notes.put(replace(login, account_id=other), note.state, timedelta(minutes=1))
    assert waiting.say(call, second) == DENIED


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


def test_a_first_segment_that_a_busy_house_did_not_hear_is_no_try(waiting: Talk) -> None:
    first, second = waiting.segments()
    for _ in range(12):
        assert waiting.say("begin", b"busy")["status"] == 503
    waiting.voice.busy = True
    for _ in range(12):
        assert waiting.say("begin", first)["status"] == 503
    waiting.voice.busy = False
    call = waiting.say("begin", first)["call"]
    assert waiting.say(call, second)["result"] == "accepted"


def test_a_later_segment_that_a_busy_house_did_not_hear_is_not_counted(waiting: Talk) -> None:
    first, second = waiting.segments()
    call = waiting.say("begin", first)["call"]
    for _ in range(20):
        assert waiting.say(call, b"busy") == BUSY
    waiting.voice.busy = True
    for _ in range(20):
        assert waiting.say(call, second) == BUSY
    waiting.voice.busy = False
    assert waiting.say(call, second)["result"] == "accepted"
    for _ in range(40):
        assert waiting.say(call, b"busy") == BUSY
    assert waiting.say(call, b"alice")["result"] == "accepted"


def test_nothing_is_kept_of_a_call_that_nobody_was_told_to_have_begun(waiting: Talk) -> None:
    for audio in (b"busy", b"rubbish"):
        assert waiting.say("begin", audio)["status"] in {400, 503}
    waiting.voice.busy = True
    assert waiting.say("begin", waiting.segments()[0])["status"] == 503
    assert kept(waiting) == []


def test_a_house_that_is_always_busy_is_asked_no_more_at_last(
    waiting: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNJUDGED", 3)
    call = waiting.say("begin", waiting.segments()[0])["call"]
    came = [waiting.send(b"busy").status_code for _ in range(10)]
    assert came == [*[503] * 5, *[429] * 5]
    segments = [waiting.say(call, b"busy")["status"] for _ in range(40)]
    assert segments == [*[503] * 32, *[429] * 8]


def test_nothing_that_was_said_is_kept(waiting: Talk) -> None:
    waiting.say("begin", waiting.segments()[0])
    assert b"alice" not in kept(waiting)[0]


def kept(talk: Talk) -> list[bytes]:
    with talk.house.store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT state FROM voice_calls").all()
    return [bytes(row.state) for row in rows]


def test_what_is_kept_is_lost_with_the_persons_key(waiting: Talk) -> None:
    call = waiting.say("begin", waiting.segments()[0])["call"]
    waiting.house.store.keystore.erase(waiting.alice)
    with pytest.raises(Expired), waiting.house.store.read() as tx:
        tx.voice.calls.find(call, "bot")


def test_consent_to_voice_that_is_withdrawn_leaves_nothing_of_a_call(waiting: Talk) -> None:
    call = waiting.say("begin", b" ".join(waiting.segments()))["call"]
    with waiting.house.store.write() as tx:
        end(tx, waiting.alice, "voice", "")
    assert kept(waiting) == []
    assert waiting.say(call, b"alice") == DENIED
    waiting.look()
    with waiting.house.store.read() as tx:
        [session] = tx.sessions.list(waiting.alice)
    assert "voice" not in {event.factor for event in session.events}


def test_refusals_of_others_keep_no_client_from_anybody(waiting: Talk) -> None:
    with waiting.house.store.write() as tx:
        for _ in range(waiting.house.settings.failures_per_source):
            tx.limits.count(strain.wrong("client bot"), timedelta(hours=1))
    assert waiting.send(b"eve").get_json() == {"result": "refused"}
