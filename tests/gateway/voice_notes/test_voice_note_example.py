"""The example hands on what it is given, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from tests import loading
from tests.gateway.voice_notes.conftest import SECRET, Talk
from tests.serving import answering

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


@pytest.fixture(scope="module")
def example() -> Iterator[ModuleType]:
    with loading.example("voice-note", "voice_note") as module:
        yield module


def test_a_message_and_a_call_are_handed_on(talk: Talk, example: ModuleType) -> None:
    with answering(make_server("127.0.0.1", 0, talk.house.app, handler_class=Quiet)) as server:
        issuer = f"http://127.0.0.1:{server.server_port}"
        gatehouse = example.Gatehouse(issuer, "bot", SECRET)
        with pytest.raises(example.Refused) as early:
            gatehouse.voice_note("one", b"alice")
        assert early.value.status == 403
        talk.ask()
        talk.take()
        assert gatehouse.voice_note("one", b"alice " + talk.words().encode()) == "accepted"
        talk.look()
        assert talk.arrived()

        talk.house.clock.advance(talk.house.settings.span("fresh"))
        talk.ask(state="two")
        talk.take()
        first, second = talk.segments()
        call = gatehouse.call("two", first)
        assert call.result == "again"
        assert call.segment(second) == "accepted"
        assert call.segment(b"eve") == "refused"
        with pytest.raises(example.Refused):
            call.end()
