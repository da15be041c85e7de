"""`gatehouse privacy` and `gatehouse retention`, as scripts use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.clock import SystemClock
from contracts.factor import Template
from gateway.cli import main
from gateway.opening import open_store
from gateway.retention.job import RETENTION
from gateway.settings import load
from store.keystore import pseudonym
from store.signer import Signer

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))
    return lambda *arguments: CliRunner().invoke(main, arguments)


@pytest.fixture
def vera(run: Run) -> str:
    assert run("user", "add", "vera").exit_code == 0
    store = open_store(load(), SystemClock())
    with store.write() as tx:
        account = tx.accounts.find("vera")
        assert account
        tx.biometric_consents.give(account.id, "voice", 1, "browser")
        tx.credentials.add(account.id, "voice", Template(b"voice", "voice/1"))
    store.close()
    return account.id


def printed(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_consent_is_shown_and_withdrawn(run: Run, vera: str) -> None:
    [given] = printed(run("privacy", "consents", "vera", "--json"))
    assert (given["factor"], given["withdrawn_at"]) == ("voice", None)
    assert run("privacy", "withdraw", "vera", "voice").exit_code == 0
    [ended] = printed(run("privacy", "consents", "vera", "--json"))
    assert ended["withdrawn_at"]
    assert run("privacy", "withdraw", "vera", "voice").exit_code == 1


def test_a_proof_is_printed_again_and_checked(run: Run, vera: str, tmp_path: Path) -> None:
    told = run("user", "erase", "vera", "--now").output.split()[-1]
    store = open_store(load(), SystemClock())
    whose, public = pseudonym(store.vault, vera), Signer(store.vault).public
    store.close()
    again = run("privacy", "proof", whose).output.strip()
    assert again == told
    file, key = tmp_path / "proof.jws", tmp_path / "key.json"
    file.write_text(again + "\n")
    key.write_text(json.dumps(public))
    said = printed(run("privacy", "verify-proof", str(file), "--json"))
    assert (said["sub"], said["rows"]["credentials"]) == (whose, 1)
    assert printed(run("privacy", "verify-proof", str(file), "--key", str(key), "--json")) == said
    assert "biometric_consents=1" in run("privacy", "verify-proof", str(file)).output


@pytest.mark.parametrize("forged", ["", "nonsense", "a.b.c", "e30.e30.", "\u00e9.x.y"])
def test_what_is_no_proof_is_refused_in_one_line(run: Run, tmp_path: Path, forged: str) -> None:
    file = tmp_path / "proof.jws"
    file.write_text(forged)
    refused = run("privacy", "verify-proof", str(file))
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)


@pytest.mark.parametrize("key", ["", "[]", "{}", '{"kty":"OKP","crv":"Ed25519"}', "\x00"])
def test_what_is_no_key_is_refused_in_one_line(run: Run, tmp_path: Path, key: str) -> None:
    file, public = tmp_path / "proof.jws", tmp_path / "key.json"
    file.write_text("a.b.c")
    public.write_text(key)
    refused = run("privacy", "verify-proof", str(file), "--key", str(public))
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)


def test_the_record_is_a_page_or_json(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_CONTROLLER", "The House Ltd")
    page = run("privacy", "report").output
    assert page.startswith("# Record of processing")
    assert "- Controller: The House Ltd" in page
    assert printed(run("privacy", "report", "--json"))["controller"] == "The House Ltd"


def test_a_dry_run_says_what_is_due_and_a_run_is_queued(run: Run) -> None:
    due = printed(run("retention", "run", "--dry-run", "--json"))
    assert [each["name"] for each in due] == ["templates", "accounts", "history"]
    store = open_store(load(), SystemClock())
    with store.read() as tx:
        assert not tx.outbox.waits(RETENTION)
    assert printed(run("retention", "run", "--json")) == {"queued": True}
    assert printed(run("retention", "run", "--json")) == {"queued": False}
    assert "under way" in run("retention", "run").output
    with store.read() as tx:
        assert tx.outbox.waits(RETENTION)
    store.close()
