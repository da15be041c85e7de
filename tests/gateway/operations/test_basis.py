"""What biometrics decide by: each start that changes it leaves an entry in the trail."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from contracts.clock import SystemClock
from gateway.opening import open_store
from gateway.serve import checked
from gateway.settings import Settings
from store.audit import Record
from tests import ports
from verifiers.voice.calibration import SHIPPED, Calibration

Start = Callable[[], Sequence[Record]]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Check what `serve` checks; return what the trail then says of it, the newest first."""
    monkeypatch.setattr("gateway.serve.check_models", lambda: None)
    settings = Settings(env="test", data=tmp_path, port=ports.free())

    def start() -> Sequence[Record]:
        checked(settings)
        store = open_store(settings, SystemClock())
        with store.read() as tx:
            entries = tx.audit.list(100)
        store.close()
        return [each for each in entries if each.event == "biometrics.basis_changed"]

    return start


def test_the_first_start_says_what_holds(start: Start) -> None:
    [entry] = start()
    assert entry.detail["basis"]["voice"]["calibration"] == Calibration.load().id
    assert "voice.min_snr_db" in entry.detail["changed"]
    assert entry.actor
    assert entry.actor.id.startswith("system:")


def test_the_next_start_says_nothing_where_all_is_as_it_was(start: Start) -> None:
    start()
    assert len(start()) == 1


def test_a_limit_that_was_changed_is_named(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    start()
    monkeypatch.setenv("GATEHOUSE_VOICE_MIN_SNR_DB", "1")
    newest, _ = start()
    assert newest.detail["changed"] == ["voice.min_snr_db"]
    assert newest.detail["basis"]["voice"]["min_snr_db"] == "1.0"


def test_another_calibration_is_named_and_so_is_the_way_back(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start()
    content = json.loads(SHIPPED.read_text())
    content["lines"][0]["points"][0]["threshold"] -= 1
    other = tmp_path / "other.json"
    other.write_text(json.dumps(content))
    monkeypatch.setenv("GATEHOUSE_VOICE_CALIBRATION", str(other))
    assert start()[0].detail["changed"] == ["voice.calibration"]
    monkeypatch.delenv("GATEHOUSE_VOICE_CALIBRATION")
    newest, *before = start()
    assert newest.detail["basis"]["voice"]["calibration"] == Calibration.load().id
    assert len(before) == 2


def test_a_factor_that_is_switched_off_decides_nothing(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    start()
    monkeypatch.setenv("GATEHOUSE_VOICE_ENABLED", "0")
    newest, _ = start()
    assert newest.detail["basis"] == {}
