"""Whatever is the last thing that is written: nothing is accepted that is not followed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from store import Store, Transaction
from tests.gateway.voice_notes.conftest import Talk

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

WRITES = 5
"""Transactions of a segment that is accepted: counted, measured, taken, judged, kept."""


class PowerFailure(BaseException):
    """Nothing after it happens."""


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, after: int) -> Iterator[list[int]]:
    """Let so many transactions be written and none after them."""
    write, done = Store.write, [0]

    @contextmanager
    def until(store: Store) -> Iterator[Transaction]:
        with write(store) as tx:
            yield tx
            if done[0] >= after:
                raise PowerFailure
        done[0] += 1

    with monkeypatch.context() as patched:
        patched.setattr(Store, "write", until)
        yield done


def proofs(talk: Talk, call: str) -> tuple[bool, bool]:
    """Whether the browser has a proof to collect, and whether the call is followed for it."""
    with talk.house.store.read() as tx:
        [login] = tx.logins.under_way(talk.alice)
        note, kept = tx.voice.notes.of(login), tx.voice.calls.find(call, "bot")
    assert note
    assert kept
    return bool(note.state["proof"]), bool(kept.state["proof"])


def test_these_are_all_the_writes(waiting: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = waiting.segments()
    call = waiting.say("begin", first)["call"]
    with failing(monkeypatch, 100) as done:
        assert waiting.say(call, second)["result"] == "accepted"
    assert done[0] == WRITES
    assert proofs(waiting, call) == (True, True)


@pytest.mark.parametrize("after", range(WRITES))
def test_a_call_that_is_cut_off_is_accepted_and_followed_or_neither(
    waiting: Talk, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    first, second = waiting.segments()
    call = waiting.say("begin", first)["call"]
    with failing(monkeypatch, after), pytest.raises(PowerFailure):
        waiting.say(call, second)
    counts, followed = proofs(waiting, call)
    assert counts == followed
    waiting.look()
    assert waiting.arrived() == counts
