"""The record of processing is made of what is there, and leaves no table out."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from gateway.privacy.data import KINDS, days, span
from gateway.privacy.markdown import markdown
from gateway.privacy.report import Reports
from gateway.settings import Settings
from store import Client, Store
from store.models import keystore_metadata, metadata
from tests.enrollment.conftest import Loudness
from tests.fakes.clock import FakeClock
from tests.gateway.conftest import House

USER = "user:hidden"


def made(store: Store, clock: FakeClock, tmp_path: Path, **said: object) -> dict[str, Any]:
    settings = Settings(env="test", data=tmp_path, **said)  # type: ignore[arg-type]
    return asdict(Reports(store, clock, settings, {"voice": Loudness()}).make())


@pytest.fixture
def chatbot(house: House) -> Client:
    """A registered client."""
    with house.store.read() as tx:
        client = tx.clients.get(house.chatbot("bot").client_id)
    assert client
    return client


def test_every_table_belongs_to_a_kind_of_data() -> None:
    there = {*metadata.tables, *keystore_metadata.tables}
    accounted = {table for kind in KINDS for table in kind.tables}
    assert there - accounted == set(), "say in gateway/privacy/data.py what they hold"
    assert accounted - there == set()


def test_every_kind_says_how_it_is_protected_and_for_how_long(tmp_path: Path) -> None:
    settings = Settings(env="test", data=tmp_path)
    for kind in KINDS:
        assert kind.what, kind.name
        assert kind.protected, kind.name
        assert kind.kept(settings), kind.name


def test_how_long_follows_the_settings(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    def kept(**said: object) -> dict[str, str]:
        return {each["name"]: each["kept"] for each in made(store, clock, tmp_path, **said)["data"]}

    usual = kept()
    assert "365 days without use" in usual["biometric templates"]
    assert usual["the audit trail"].startswith("for ever")
    other = kept(template_idle_days=30, history_days=90, account_idle_days=1, session_seconds=7200)
    assert "30 days without use" in other["biometric templates"]
    assert other["the audit trail"] == "90 days"
    assert "1 day without use" in other["people"]
    assert other["sessions"].startswith("2 hours")
    assert "without use" not in kept(template_idle_days=0)["biometric templates"]


def test_it_names_who_gets_data_and_no_secret(
    store: Store, clock: FakeClock, tmp_path: Path, chatbot: Client
) -> None:
    with store.write() as tx:
        tx.webhooks.add("https://siem.example/in?key=hidden", ["factor.enrolled"], "s" * 32, "x")
    report = made(
        *(store, clock, tmp_path),
        smtp_url=f"smtp://{USER}@mail.example:587",
        controller="The House Ltd",
        privacy_contact="privacy@house.example",
    )
    told = json.dumps(report, default=str)
    assert "hidden" not in told
    assert {each["name"] for each in report["recipients"]} >= {
        *("mail.example", "siem.example", chatbot.name)
    }
    assert report["controller"] == "The House Ltd"
    assert report["measured"] == [
        {
            "factor": "voice",
            "version": 1,
            "words": [
                "Your loudness is kept.",
                "It is also deleted once you have not used it for 365 days.",
            ],
        }
    ]


def test_as_a_page_it_says_what_is_missing_and_nobody_writes_into_it(
    store: Store, clock: FakeClock, tmp_path: Path, chatbot: Client
) -> None:
    with store.write() as tx:
        tx.clients.put(replace(chatbot, name="Evil | x\n# Heading <script>"))
    page = markdown(made(store, clock, tmp_path))
    assert page.startswith("# Record of processing: Gatehouse\n")
    assert "GATEHOUSE_CONTROLLER" in page
    assert "Evil \\| x # Heading &lt;script>" in page
    assert "\n# Heading" not in page
    for kind in KINDS:
        assert f"| {kind.name}" in page


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 seconds"), (60, "1 minute"), (7200, "2 hours"), (86400, "1 day"), (90, "90 seconds")],
)
def test_time_is_said_in_the_largest_unit_that_fits(seconds: int, words: str) -> None:
    assert span(seconds) == words
    assert (days(1), days(2)) == ("1 day", "2 days")
