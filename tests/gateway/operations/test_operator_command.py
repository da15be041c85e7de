"""The commands that give roles, and in whose name commands are noted."""

from __future__ import annotations

import json

from gateway.admin.actor import user_of_the_system
from tests.gateway.account.test_guard import passkey
from tests.gateway.operations.test_cli import PASSWORD, Run, opened, printed, run

__all__ = ["run"]


def give_passkey(username: str) -> None:
    store = opened()
    with store.write() as tx:
        account = tx.accounts.find(username)
        assert account
        tx.credentials.add(account.id, "webauthn", passkey(1))
    store.close()


def test_a_role_is_given_changed_and_taken_away(run: Run) -> None:
    run("user", "add", "alice", "--password-stdin", stdin=PASSWORD)
    refused = run("operator", "grant", "alice", "viewer")
    assert (refused.exit_code, "has a passkey" in refused.stderr) == (1, True)
    give_passkey("alice")
    granted = printed(run("operator", "grant", "alice", "helpdesk", "--json"))
    assert (granted["username"], granted["role"], granted["passkey"]) == ("alice", "helpdesk", True)
    assert printed(run("operator", "change", "alice", "admin", "--json"))["role"] == "admin"
    [listed] = printed(run("operator", "list", "--json"))
    assert listed["granted_by"] == granted["granted_by"]
    last = run("operator", "withdraw", "alice")
    assert (last.exit_code, "Nobody else could look after" in last.stderr) == (1, True)
    assert "Nobody else" in run("user", "erase", "alice", "--now").stderr
    assert "Nobody else" in run("user", "disable", "alice").stderr
    assert printed(run("user", "list", "--json"))[0]["disabled_at"] is None
    nobody = run("operator", "change", "bob", "viewer")
    assert nobody.stderr == "Error: There is no account bob.\n"
    run("user", "add", "bob")
    assert run("operator", "withdraw", "bob").stderr == "Error: bob has no role.\n"
    assert run("operator", "grant", "bob", "owner").exit_code == 2


def test_whoever_runs_a_command_is_in_the_trail(run: Run) -> None:
    lines = json.dumps({"username": "ann"}) + "\n"
    assert printed(run("user", "import", "-", "--json", stdin=lines))["imported"] == 1
    run("user", "disable", "ann")
    store = opened()
    with store.read() as tx:
        actors = {record.event: record.actor for record in tx.audit.list(9)}
    store.close()
    myself = user_of_the_system()
    for event in ("account.added", "account.disabled"):
        actor = actors[event]
        assert actor
        assert (actor.id, actor.name) == (myself.id, myself.name)
