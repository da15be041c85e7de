"""The newest policy holds in every process; one that cannot be followed changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from werkzeug.test import Client

from contracts.errors import Misconfigured
from gateway.governing import Governed, Watch, governed
from gateway.opening import in_use
from gateway.settings import Policy, Settings
from store import Store
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


def change(store: Store, **settings: Any) -> None:
    with store.write() as tx:
        assert tx.policies.change(settings, "system:0", tx.policies.version())


def test_what_admins_set_overrules_the_environment(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_SESSION_SECONDS", "7000")
    settings = Settings(env="test", port=99)
    assert governed(settings, store) is settings
    change(store, session_seconds=8000, factors_off=["voice"])
    holds = governed(settings, store)
    assert (holds.session_seconds, holds.factors_off) == (8000, ("voice",))
    assert (holds.env, holds.port) == ("test", 99)
    assert holds.environment is settings
    change(store)
    assert governed(holds, store).session_seconds == 7000


def test_nothing_of_the_machine_is_for_admins() -> None:
    machines = {"env", "issuer", "database_url", "key_file", "limits", "simulators", "history_days"}
    assert not machines & Policy.model_fields.keys()
    assert not [name for name in Policy.model_fields if "pkcs11" in name or "file" in name]


def test_a_policy_that_somebody_wrote_by_hand_changes_nothing_of_the_machine(store: Store) -> None:
    """Whoever has the database has neither the mail nor what the trail is kept for."""
    settings = Settings(env="test", smtp_url="smtp://mail.example")
    change(store, smtp_url="smtp://evil.example", simulators=True, history_days=1, code_seconds=30)
    holds = governed(settings, store)
    assert (holds.smtp_url, holds.simulators, holds.history_days) == (settings.smtp_url, False, 0)
    assert holds.code_seconds == 30


def test_factors_that_are_off_are_read_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_FACTORS_OFF", "voice, totp")
    assert Settings().factors_off == ("voice", "totp")


def test_a_stored_policy_that_does_not_fit_is_told_with_the_way_out(store: Store) -> None:
    change(store, session_seconds=0)
    with pytest.raises(Misconfigured, match=r"session_seconds: .* Run: gatehouse policy unset"):
        governed(Settings(env="test"), store)
    with pytest.raises(ValidationError):
        Settings(env="test").overruled({"session_seconds": 0})


def says(word: str) -> WSGIApplication:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [word.encode()]

    return application


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.governing.LOOK_SECONDS", 0.01)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.governing.LOOK_SECONDS", 3600.0)


@pytest.mark.usefixtures("still")
def test_another_application_answers_under_the_next_policy(store: Store) -> None:
    house = Governed(Settings(env="test"), store, lambda s: says(str(s.session_seconds)))
    client = Client(house)
    assert client.get("/").text == "86400"
    change(store, session_seconds=900)
    assert client.get("/").text == "86400"
    house.watch.look()
    assert client.get("/").text == "900"
    house.watch.stop()


@pytest.mark.usefixtures("still")
def test_a_policy_that_cannot_be_built_with_leaves_the_one_before(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def build(settings: Settings) -> WSGIApplication:
        if settings.session_seconds == 666:
            raise RuntimeError("it does not build")
        return says(str(settings.session_seconds))

    house = Governed(Settings(env="test"), store, build)
    client = Client(house)
    change(store, session_seconds=666)
    house.watch.look()
    assert client.get("/").text == "86400"
    assert "not followed" in caplog.text
    caplog.clear()
    house.watch.look()
    assert not caplog.text, "it is told once"
    change(store, session_seconds=900)
    house.watch.look()
    assert client.get("/").text == "900"
    house.watch.stop()


@pytest.mark.usefixtures("quick")
def test_a_thread_looks_by_itself(store: Store) -> None:
    told, heard = [], threading.Event()

    def tell(settings: Settings) -> None:
        told.append(settings.session_seconds)
        heard.set()

    watch = Watch(Settings(env="test"), store, tell)
    watch.start()
    change(store, session_seconds=900)
    assert heard.wait(PATIENCE)
    watch.stop()
    assert told == [900]


@pytest.mark.usefixtures("still")
def test_no_request_is_lost_while_applications_change(store: Store) -> None:
    """A request that began under the old policy ends there, however long it takes."""
    began, may_end = threading.Event(), threading.Event()

    def slow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        began.set()
        assert may_end.wait(PATIENCE)
        yield b"old"

    house = Governed(
        Settings(env="test"), store, lambda s: says("new") if s.session_seconds == 900 else slow
    )
    answers: list[str] = []
    thread = threading.Thread(target=lambda: answers.append(Client(house).get("/").text))
    thread.start()
    assert began.wait(PATIENCE)
    change(store, session_seconds=900)
    house.watch.look()
    assert Client(house).get("/").text == "new"
    may_end.set()
    thread.join(PATIENCE)
    house.watch.stop()
    assert answers == ["old"]


def test_a_factor_of_no_name_is_refused(tmp_path: Path, store: Store) -> None:
    with pytest.raises(Misconfigured, match="voise"):
        in_use(Settings(env="test", data=tmp_path, factors_off="voise"), {})
