"""Every event is one line of JSON, whatever strangers put into it."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

import pytest

from gateway import logs
from tests.gateway.conftest import PASSWORD, SEED, House

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


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_secret_of_a_walk_is_in_the_log(house: House, written: Written) -> None:
    """Wrong and right proofs, tokens, an error: neither events nor the trail hold what opens."""
    house.enrolled("alice", password=PASSWORD, totp=SEED, otp="alice@example.org")
    bot, person, secrets = house.chatbot("bot", acr="mfa"), house.person(), [PASSWORD, SEED]

    def walk(_log: logging.Logger) -> None:
        person.authorize(bot, scope="openid offline_access")
        person.log_in("alice", PASSWORD[::-1])
        person.log_in("alice", PASSWORD)
        person.choose("a•••@example.org")
        secrets.append(person.form(action="/answer").fields["ceremony"])
        code = re.search(r"\b\d{6}\b", house.sent()[0]["text"])
        assert code
        person.answer(code=f"{(int(code.group()) + 1) % 10**6:06}")
        person.answer(code=code.group())
        secrets.extend([code.group(), person.arrived["code"], bot.verifier])
        tokens = person.client.post("/oauth/token", data=bot.redemption(person.arrived["code"]))
        secrets.extend(tokens.json[name] for name in ("access_token", "refresh_token", "id_token"))
        person.client.post("/oauth/token", data=bot.redemption(person.arrived["code"]))
        person.client.post("/oauth/introspect", data={"token": secrets[-2]})
        person.go("/nowhere")

    lines = written(walk)
    with house.store.read() as tx:
        trail = tx.audit.list(100)
    told = json.dumps(lines) + repr(trail)
    assert "refused" in told
    for cookie in person.client._cookies.values():  # type: ignore[union-attr]
        secrets.append(cookie.value)
    assert [secret for secret in secrets if secret in told] == []
    assert all(entry.at.tzinfo is UTC for entry in trail)
    assert {"factor.rejected", "factor.accepted", "login.finished"} <= {one.event for one in trail}
