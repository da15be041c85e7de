"""Two at once, on each database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.gateway.voice_notes.conftest import Talk


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
