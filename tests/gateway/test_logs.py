"""Every event is one line of JSON, whatever strangers put into it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway import logs

HELD = "held in a variable"


Written = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Written]:
    """Let a process with our logs do something; return the lines it wrote, parsed."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level

    def lines(act: Callable[[logging.Logger], object]) -> list[dict[str, Any]]:
        logs.configure()
        act(logging.getLogger("gatehouse.test"))
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield lines
    root.handlers[:] = before
    root.setLevel(level)


def test_an_event_carries_its_values(written: Written) -> None:
    [event] = written(lambda log: log.warning("refused", extra={"status": 403}))
    assert event["timestamp"].endswith("+00:00")
    assert (event["level"], event["logger"]) == ("WARNING", "gatehouse.test")
    assert (event["event"], event["status"]) == ("refused", 403)


@pytest.mark.parametrize("sent", ["a\nb", "a\r\n{}", "\x1b[31mred", '"}{"event": "forged'])
def test_nobody_forges_a_line(written: Written, sent: str) -> None:
    [event] = written(lambda log: log.info("refused", extra={"detail": sent}))
    assert event["detail"] == sent
    assert event["event"] == "refused"


def fail(log: logging.Logger) -> None:
    held = HELD + "!"
    try:
        raise ValueError(len(held))
    except ValueError:
        log.exception("failed")


def test_a_traceback_tells_no_variables(written: Written) -> None:
    [event] = written(fail)
    assert "ValueError" in event["exc_info"]
    assert HELD + "!" not in json.dumps(event)


def test_no_level_lets_tokens_be_written(written: Written) -> None:
    """Authlib writes each token response at the level of debugging."""

    def issue(_log: logging.Logger) -> None:
        logs.configure(logging.DEBUG)
        logging.getLogger("authlib.oauth2.rfc6749.grants").debug("Issue token %r", HELD)

    assert written(issue) == []
