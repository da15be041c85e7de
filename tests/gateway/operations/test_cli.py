"""The operators' commands, as scripts use them."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.clock import SystemClock
from gateway.cli import COMMANDS, main
from gateway.oidc.keys.algorithms import ALGORITHMS
from gateway.opening import open_store
from gateway.settings import load
from store import Store

PASSWORD = "correct horse battery staple"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))

    def run(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(main, arguments, input=stdin)

    return run


def printed(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def opened() -> Store:
    return open_store(load(), SystemClock())


def leaves() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        command = main.get_command(None, name)  # type: ignore[attr-defined]
        below = getattr(command, "commands", {})
        found += [(name, sub) for sub in below] or [(name,)]
    return found


@pytest.mark.parametrize("command", leaves(), ids=" ".join)
def test_every_command_explains_itself_with_an_example(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"gatehouse {' '.join(command)}" in " ".join(result.output.split())


def test_the_names_of_the_help_are_the_commands(run: Run) -> None:
    for name in COMMANDS:
        command = main.get_command(None, name)  # type: ignore[attr-defined]
        assert command.name == name
    assert set(COMMANDS) <= set(run("--help").output.split())


def test_help_is_quick() -> None:
    command = [sys.executable, "-m", "gateway.cli", "--help"]
    assert min(_processor_time(command) for _ in range(3)) < 0.5


def _processor_time(command: list[str]) -> float:
    """Run a command and return what it cost, in seconds, whatever else the machine does."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_a_user_is_added_with_a_password_from_standard_input(run: Run) -> None:
    added = printed(
        run("user", "add", "Alice", "--email", "alice@example.org", "--password-stdin", "--json",
            stdin=PASSWORD + "\n")
    )  # fmt: skip
    listed = printed(run("user", "list", "--json"))
    assert [(user["id"], user["username"]) for user in listed] == [(added["id"], "alice")]
    store = opened()
    with store.read() as tx:
        factors = {credential.factor for credential in tx.credentials.list(added["id"])}
    store.close()
    assert factors == {"password", "otp"}


def test_a_taken_name_is_refused_in_one_line(run: Run) -> None:
    run("user", "add", "alice")
    result = run("user", "add", "ALICE")
    assert result.exit_code == 1
    assert result.stderr == "Error: There is an account of this name already.\n"


def test_a_weak_password_is_refused_and_nothing_is_added(run: Run) -> None:
    result = run("user", "add", "alice", "--password-stdin", stdin="short\n")
    assert result.exit_code == 1
    assert "short" not in result.stderr.lower().replace("too short", "")
    assert printed(run("user", "list", "--json")) == []


def test_a_user_is_kept_out_and_let_in_again(run: Run) -> None:
    run("user", "add", "alice")
    assert run("user", "disable", "alice").exit_code == 0
    assert printed(run("user", "list", "--json"))[0]["disabled_at"]
    assert run("user", "disable", "alice", "--undo").exit_code == 0
    assert printed(run("user", "list", "--json"))[0]["disabled_at"] is None
    assert run("user", "disable", "nobody").exit_code == 1


def test_people_are_imported(run: Run, tmp_path: Path) -> None:
    lines = [
        {"username": "ann", "password": PASSWORD, "totp_secret": "JBSWY3DPEHPK3PXP" * 2},
        {"username": "ben", "email": "ben@example.org"},
    ]
    file = tmp_path / "people.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    assert printed(run("user", "import", str(file), "--json")) == {"imported": 2, "skipped": 0}
    assert {user["username"] for user in printed(run("user", "list", "--json"))} == {"ann", "ben"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("not json", "no JSON"),
        ('{"email": "x@example.org"}', "username"),
        ('{"username": "b", "password": 7}', "password"),
        ('{"username": "b", "shoe_size": 43}', "shoe_size"),
        ('{"username": "b", "email": "no address"}', ""),
        ('{"username": "b", "totp_secret": "!!"}', ""),
        ('{"username": "b", "password": "x"}', ""),
        ('{"username": "ann"}', "already"),
        ("[]", ""),
    ],
)
def test_one_wrong_line_refuses_the_whole_import(run: Run, line: str, why: str) -> None:
    first = json.dumps({"username": "ann", "password": PASSWORD})
    result = run("user", "import", "-", "--all-or-nothing", stdin=f"{first}\n{line}\n")
    assert result.exit_code == 1
    assert "Line 2" in result.stderr
    assert why in result.stderr
    assert PASSWORD not in result.output
    assert printed(run("user", "list", "--json")) == []


def test_a_client_is_told_its_secret_once(run: Run) -> None:
    uris = ["https://chat.example.org/callback", "http://localhost:8081/callback"]
    options = [part for uri in uris for part in ("--redirect-uri", uri)]
    added = printed(
        run("client", "add", "support", *options, "--require-acr", "aal1", "--no-consent", "--json")
    )
    assert len(added["client_secret"]) >= 43
    listed = run("client", "list", "--json")
    assert added["client_secret"] not in listed.output
    client = printed(listed)[0]
    assert client["redirect_uris"] == uris
    assert (client["require_acr"], client["consent"]) == ("aal1", False)
    assert run("client", "remove", "support").exit_code == 0
    assert printed(run("client", "list", "--json")) == []
    assert run("client", "remove", "support").exit_code == 1


def test_an_initial_access_token_is_told_once(run: Run) -> None:
    issued = printed(run("client", "token", "--uses", "3", "--days", "1", "--json"))
    assert len(issued.pop("initial_access_token")) == 43
    assert issued == {"uses": 3, "days": 1}
    assert run("client", "token", "--uses", "0").exit_code == 2


def test_a_public_client_has_no_secret(run: Run) -> None:
    uri = "http://127.0.0.1/callback"
    added = printed(run("client", "add", "script", "--public", "--redirect-uri", uri, "--json"))
    assert (added["public"], added["client_secret"]) == (True, None)


def test_a_client_whose_tokens_are_bound_to_a_key(run: Run) -> None:
    uri = ("--redirect-uri", "https://chat.example/callback")
    added = printed(run("client", "add", "support", *uri, "--dpop", "--json"))
    assert added["dpop_bound_access_tokens"] is True


def test_logout_addresses_of_a_client(run: Run) -> None:
    callback, base = "https://chat.example.org/callback", "https://chat.example.org"
    options = ["--redirect-uri", callback, "--native", "--post-logout-redirect-uri", f"{base}/bye"]
    channels = ["--backchannel-logout-uri", "https://10.0.0.7/logout"]
    framed = ["--frontchannel-logout-uri", f"{base}/front"]
    added = printed(run("client", "add", "support", *options, *channels, *framed, "--json"))
    assert added["application_type"] == "native"
    assert added["post_logout_redirect_uris"] == [f"{base}/bye"]
    assert added["backchannel_logout_uri"] == "https://10.0.0.7/logout"
    assert added["frontchannel_logout_uri"] == f"{base}/front"


@pytest.mark.parametrize(
    ("option", "uri"),
    [
        ("--post-logout-redirect-uri", "http://chat.example.org/"),
        ("--post-logout-redirect-uri", "https://chat.example.org/#"),
        ("--post-logout-redirect-uri", "javascript:alert(1)"),
        ("--backchannel-logout-uri", "http://chat.example.org/logout"),
        ("--backchannel-logout-uri", "com.example.app:/logout"),
        ("--backchannel-logout-uri", "https://chat.example.org:22/logout"),
        ("--backchannel-logout-uri", "https://0x7f.1/logout"),
        ("--backchannel-logout-uri", "https://user@chat.example.org/logout"),
        ("--frontchannel-logout-uri", "https://other.example.org/logout"),
        ("--frontchannel-logout-uri", "https://chat.example.org:8443/logout"),
    ],
)
def test_a_logout_address_must_be_safe(run: Run, option: str, uri: str) -> None:
    redirect = ("--redirect-uri", "https://chat.example.org/callback")
    assert run("client", "add", "support", *redirect, option, uri).exit_code == 1


@pytest.mark.parametrize(
    "uri",
    [
        "http://chat.example.org/callback",
        "https://chat.example.org/callback#here",
        "https:///callback",
        "javascript:alert(1)",
        "/callback",
        "https://chät.example.org/",
    ],
)
def test_a_redirect_uri_must_be_safe(run: Run, uri: str) -> None:
    assert run("client", "add", "support", "--redirect-uri", uri).exit_code == 1
    assert printed(run("client", "list", "--json")) == []


def test_the_next_key_is_published_before_it_signs(run: Run) -> None:
    listed = printed(run("keys", "rotate", "--json"))
    waiting = [key["alg"] for key in listed if key["state"] == "waiting"]
    assert sorted(waiting) == sorted(ALGORITHMS)
    assert len([key for key in listed if key["state"] == "published"]) == len(ALGORITHMS)
    assert len(printed(run("keys", "rotate", "--json"))) == 2 * len(ALGORITHMS)


def test_tickets_and_pairing_codes(run: Run) -> None:
    run("user", "add", "alice")
    assert printed(run("ticket", "add", "alice", "--json"))["ticket"]
    assert run("ticket", "add", "nobody").exit_code == 1
    assert printed(run("station", "add", "Front desk", "--json"))["pairing_code"]
    assert run("station", "add", "Front desk").exit_code == 1


def test_simulated_sensors_are_listed_where_they_are_allowed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [each for each in printed(run("devices", "list", "--json")) if each["virtual"]]
    monkeypatch.setenv("GATEHOUSE_SIMULATORS", "1")
    assert run("devices", "list").exit_code == 2


def test_a_wrong_setting_is_one_line_and_code_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_ISSUER", "http://login.example.org")
    result = run("user", "list")
    assert result.exit_code == 2
    assert "GATEHOUSE_ISSUER" in result.stderr
    assert result.stderr.count("\n") == 1


def test_migrating_twice_changes_nothing(run: Run) -> None:
    run("user", "add", "alice")
    assert run("migrate").exit_code == 0
    assert run("migrate").exit_code == 0
    assert len(printed(run("user", "list", "--json"))) == 1


def test_a_key_that_strangers_hold_is_revoked(run: Run) -> None:
    run("keys", "rotate")
    listed = printed(run("keys", "list", "--json"))
    [kid] = [key["kid"] for key in listed if (key["alg"], key["state"]) == ("ES256", "published")]
    left = printed(run("keys", "revoke", kid, "--json"))
    assert kid not in {key["kid"] for key in left}
    assert [key["alg"] for key in left if key["state"] == "published"].count("ES256") == 1
    assert run("keys", "revoke", kid).exit_code == 1


def test_a_person_is_exported_kept_and_erased(run: Run) -> None:
    run("user", "add", "alice", "--email", "alice@example.org", "--password-stdin", stdin=PASSWORD)
    exported = printed(run("user", "export", "alice"))
    assert exported["account"]["username"] == "alice"
    assert "will be erased on 2" in run("user", "erase", "alice").output
    assert printed(run("user", "list", "--json"))[0]["erase_at"]
    assert run("user", "erase", "alice", "--undo").output == "alice stays.\n"
    assert run("user", "erase", "alice", "--undo").exit_code == 1
    erased = run("user", "erase", "alice", "--now").output
    assert erased.startswith("Erased alice. The proof:\neyJ")
    assert printed(run("user", "list", "--json")) == []
    assert run("user", "export", "alice").exit_code == 1
    assert printed(run("user", "erase-again", "--json")) == {"erased": 0}
    store = opened()
    with store.read() as tx:
        events = [record.event for record in tx.audit.list(20)]
    store.close()
    assert events[0] == "account.erased"
    run("user", "add", "alice")
    assert [row["username"] for row in printed(run("user", "list", "--json"))] == ["alice"]
