"""Two at once, on each database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from contracts.assurance import Requirement
from gateway.login.elsewhere import Elsewhere
from gateway.login.guide import Guide
from store import Transaction
from tests.gateway.voice_notes.conftest import Talk


def test_of_two_at_once_one_counts(waiting: Talk) -> None:
    right = b"alice " + waiting.words().encode()
    with ThreadPoolExecutor(2) as both:
        came = sorted(answer.status_code for answer in both.map(waiting.send, [right, right]))
    assert came == [200, 403]


def test_of_two_segments_at_once_one_is_heard(calling: tuple[Talk, str]) -> None:
    talk, call = calling
    follow = talk.voice.follow

    def meanwhile(*given: object) -> object:
        talk.voice.follow = follow  # type: ignore[method-assign]
        assert talk.say(call, b"alice")["result"] == "accepted"
        return follow(*given)  # type: ignore[arg-type]

    talk.voice.follow = meanwhile  # type: ignore[assignment, method-assign]
    assert talk.say(call, b"alice") == {"status": 409, "error": "conflict"}


def afterwards(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, act: Callable[[], object]
) -> None:
    """Let something happen, once, right after a step of a login and before the next one."""
    step = getattr(owner, name)

    def both(*given: Any) -> Any:
        monkeypatch.setattr(owner, name, step)
        came = step(*given)
        act()
        return came

    monkeypatch.setattr(owner, name, both)


def proven(tx: Transaction, talk: Talk) -> list[str]:
    """Return the factors that count for alice, in whatever is hers."""
    logins, sessions = tx.logins.under_way(talk.alice), tx.sessions.list(talk.alice)
    held = [*(each.events for each in logins), *(each.events for each in sessions)]
    return [event.factor for events in held for event in events]


@pytest.mark.parametrize(("owner", "step"), [(Elsewhere, "answered"), (Guide, "plan")])
def test_a_change_of_speaker_while_the_login_goes_on_leaves_no_proof(
    waiting: Talk, monkeypatch: pytest.MonkeyPatch, owner: type, step: str
) -> None:
    """Before the proof is written into the login, and before the login becomes a session."""
    call = waiting.say("begin", b" ".join(waiting.segments()))["call"]

    def change() -> None:
        assert waiting.say(call, b"eve")["result"] == "refused"

    afterwards(monkeypatch, owner, step, change)
    assert waiting.look().status_code == 410
    assert not waiting.arrived()
    with waiting.house.store.read() as tx:
        assert "voice" not in proven(tx, waiting)
    waiting.look()
    assert not waiting.arrived()


def test_a_proof_is_taken_back_from_another_login_that_its_session_began(
    calling: tuple[Talk, str],
) -> None:
    talk, call = calling
    with talk.house.store.write() as tx:
        [session] = tx.sessions.list(talk.alice)
        handle = tx.logins.open(
            "browser", Requirement("mfa"), "/", "/", talk.house.settings.span("login")
        )
        login = tx.logins.find(handle, "browser")
        assert login
        tx.logins.advance(login, account_id=talk.alice, events=session.events)
        assert proven(tx, talk).count("voice") == 2
    assert talk.say(call, b"eve")["result"] == "refused"
    with talk.house.store.read() as tx:
        assert proven(tx, talk).count("voice") == 0
        assert proven(tx, talk).count("totp") == 2


def test_a_change_of_speaker_takes_back_no_proof_of_another_answer(waiting: Talk) -> None:
    call = waiting.say("begin", b" ".join(waiting.segments()))["call"]
    waiting.house.clock.advance(timedelta(seconds=5))
    waiting.take()
    assert waiting.send().get_json() == {"result": "accepted"}
    assert waiting.say(call, b"eve")["result"] == "refused"
    waiting.look()
    assert waiting.arrived()
