"""What chatbots, and people who are not the person, try at the endpoint."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from gateway.oidc.authorize.transaction import by_auth_req_id
from store.client_metadata import ClientMetadata
from store.clients import DYNAMIC
from tests.gateway.voice_notes.conftest import SCORE, SECRET, VERIFY, Talk, change_client
from tests.gateway.voice_notes.conftest import confidential as registered

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

NONE = (403, {"error": "access_denied"})


def told(answer: object) -> tuple[int, object]:
    return answer.status_code, answer.get_json()  # type: ignore[attr-defined]


@pytest.fixture
def waiting(talk: Talk) -> Talk:
    """Somebody whose login waits for a message."""
    talk.ask()
    talk.take()
    return talk


def test_another_client_cannot_answer(waiting: Talk) -> None:
    registered(waiting.house, "eve")
    assert told(waiting.send(client_id="eve")) == NONE
    assert not waiting.pool.decoded
    assert told(waiting.send()) == (200, {"result": "accepted"})


def test_a_client_learns_nothing_of_who_is_there(talk: Talk) -> None:
    nobody = talk.send(b"audio", state="unheard of")
    talk.ask()
    before_the_challenge = talk.send(b"audio")
    talk.take()
    another = talk.send(b"audio", state="two")
    assert told(nobody) == told(before_the_challenge) == told(another) == NONE
    assert not talk.pool.decoded


@pytest.mark.parametrize("secret", [None, "", "guessed"])
def test_whoever_is_not_the_client_is_not_heard(waiting: Talk, secret: str | None) -> None:
    refused = waiting.send(client_secret=secret)
    assert told(refused) == (401, {"error": "invalid_client"})
    assert not waiting.pool.decoded


def test_a_public_client_is_not_heard(waiting: Talk) -> None:
    waiting.house.chatbot("public")
    change_client(waiting.house, "public", ClientMetadata(voice_notes=True), secret_hash=None)
    refused = waiting.send(client_id="public", client_secret=None)
    assert told(refused) == (401, {"error": "invalid_client"})
    assert not waiting.pool.decoded


def test_a_client_that_registered_itself_is_not_heard(waiting: Talk) -> None:
    change_client(waiting.house, "bot", ClientMetadata(voice_notes=True), source=DYNAMIC)
    assert told(waiting.send()) == NONE


def test_a_client_that_was_switched_off_meanwhile_is_not_heard(waiting: Talk) -> None:
    change_client(waiting.house, "bot", ClientMetadata())
    assert told(waiting.send()) == NONE
    assert not waiting.pool.decoded


def test_a_message_counts_once(waiting: Talk) -> None:
    right = b"alice " + waiting.words().encode()
    assert told(waiting.send(right)) == (200, {"result": "accepted"})
    assert told(waiting.send(right)) == NONE
    waiting.look()
    assert waiting.arrived()
    assert told(waiting.send(right)) == NONE
    assert len(waiting.pool.decoded) == 1


def test_a_challenge_is_good_for_a_minute(waiting: Talk) -> None:
    waiting.house.clock.advance(timedelta(seconds=60))
    assert told(waiting.send()) == NONE
    assert not waiting.pool.decoded
    waiting.look()
    assert "No answer came in time" in waiting.person.words


def test_an_older_challenge_is_over_with_the_next(waiting: Talk) -> None:
    older = b"alice " + waiting.words().encode()
    waiting.press()
    assert told(waiting.send(older)) == (200, {"result": "refused"})


def test_consent_that_was_withdrawn_meanwhile_ends_it(waiting: Talk) -> None:
    words = waiting.words()
    with waiting.house.store.write() as tx:
        tx.voice.withdraw(waiting.alice, "bot")
    assert told(waiting.send(b"alice " + words.encode())) == NONE
    assert not waiting.pool.decoded


def test_consent_that_is_withdrawn_while_it_is_judged_ends_it(waiting: Talk) -> None:
    judge = waiting.voice.finish_verify

    def withdrawing(*given: object) -> object:
        with waiting.house.store.write() as tx:
            tx.voice.withdraw(waiting.alice, "bot")
        return judge(*given)  # type: ignore[arg-type]

    waiting.voice.finish_verify = withdrawing  # type: ignore[assignment, method-assign]
    assert told(waiting.send()) == NONE
    waiting.look()
    assert not waiting.arrived()


def test_a_person_without_a_voiceprint_is_not_offered_it(talk: Talk) -> None:
    with talk.house.store.write() as tx:
        tx.credentials.remove_factor(talk.alice, "voice")
    talk.ask()
    assert not talk.offered()
    assert told(talk.send(b"audio")) == NONE


def test_a_message_alone_gives_nothing(waiting: Talk) -> None:
    answer = waiting.send()
    assert answer.get_json() == {"result": "accepted"}
    assert "Set-Cookie" not in answer.headers
    stranger = waiting.house.person()
    stranger.go(waiting.person.path)
    assert stranger.page.status_code == 410


def test_no_score_is_ever_told(waiting: Talk) -> None:
    wrong = waiting.send(b"eve")
    assert wrong.get_json() == {"result": "refused"}
    assert str(SCORE) not in wrong.text + str(wrong.headers)
    [noted] = waiting.trail("factor.rejected")
    assert (noted["score"], noted["forwarded"], noted["client"]) == (SCORE, True, "bot")


def test_wrong_answers_make_the_person_wait_and_end_the_login(waiting: Talk) -> None:
    wrong = waits = 0
    while waiting.person.page.status_code == 200:
        came = waiting.send(b"eve")
        wrong, waits = wrong + (came.status_code == 200), waits + (came.status_code == 429)
        waiting.house.clock.advance(timedelta(seconds=int(came.headers.get("Retry-After", 0))))
        waiting.look()
        if waiting.person.page.status_code == 200:
            waiting.press()
    assert wrong == 5
    assert waits > 0
    assert told(waiting.send()) == NONE


@pytest.mark.parametrize(
    "form",
    [
        {"state": None},
        {"auth_req_id": "both"},
        {"state": "x" * 3000},
    ],
)
def test_a_malformed_request_is_told_so(waiting: Talk, form: dict[str, str]) -> None:
    status, body = told(waiting.send(b"audio", **form))
    assert status == 400
    assert body["error"] == "invalid_request"  # type: ignore[index]


def test_no_recording_two_and_none_at_all(waiting: Talk) -> None:
    client = waiting.house.app.test_client()
    who = {"client_id": "bot", "client_secret": SECRET, "state": "one"}
    assert client.post(VERIFY, data=who).status_code == 400
    two = [(io.BytesIO(b"a"), "a.ogg"), (io.BytesIO(b"b"), "b.ogg")]
    assert client.post(VERIFY, data={**who, "audio": two}).status_code == 400
    assert waiting.send(b"").status_code == 400
    assert client.get(VERIFY).status_code == 405


def test_a_huge_message_is_not_decoded(waiting: Talk) -> None:
    fields = {"client_id": "bot", "client_secret": SECRET, "state": "one"}
    texts = [(f'name="{name}"', value) for name, value in fields.items()]
    parts = [*texts, ('name="audio"; filename="note.ogg"', "x" * 1_000_001)]
    form = [f"--b\r\nContent-Disposition: form-data; {of}\r\n\r\n{part}\r\n" for of, part in parts]
    kind = "multipart/form-data; boundary=b"
    client = waiting.house.app.test_client()
    sent = client.post(VERIFY, data="".join([*form, "--b--\r\n"]), content_type=kind)
    status, body = told(sent)
    assert status == 413
    assert body["error"] == "too_large"  # type: ignore[index]
    assert not waiting.pool.decoded


def test_what_is_no_recording_is_told_so_and_the_challenge_stays(waiting: Talk) -> None:
    status, body = told(waiting.send(b"rubbish"))
    assert (status, body["error"]) == (400, "invalid_request")  # type: ignore[index]
    assert told(waiting.send()) == (200, {"result": "accepted"})


def test_a_busy_pool_says_when_to_come_back(waiting: Talk) -> None:
    busy = waiting.send(b"busy")
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "3")
    assert busy.get_json() == {"error": "temporarily_unavailable"}
    assert told(waiting.send()) == (200, {"result": "accepted"})


def test_tries_of_one_person_have_an_end(waiting: Talk) -> None:
    came = [waiting.send(b"rubbish") for _ in range(12)]
    assert came[0].status_code == 400
    assert came[-1].status_code == 429
    assert int(came[-1].headers["Retry-After"]) > 0


def test_a_backchannel_request_is_named_as_it_is_kept(waiting: Talk) -> None:
    with waiting.house.store.write() as tx:
        tx.backchannel_requests.put(
            "asked", "bot", waiting.alice, {}, interval=5, lifetime=timedelta(minutes=2)
        )
        named = tx.backchannel_requests.named("asked")
    assert by_auth_req_id(named) != by_auth_req_id("asked")
    assert told(waiting.send(b"audio", state=None, auth_req_id="asked")) == NONE
    assert not waiting.pool.decoded


def test_what_a_busy_house_did_not_hear_is_no_try(waiting: Talk) -> None:
    for _ in range(12):
        assert waiting.send(b"busy").status_code == 503
    assert told(waiting.send()) == (200, {"result": "accepted"})
