"""`gatehouse webhook` and `gatehouse stream`, as they are typed."""

from __future__ import annotations

from tests.gateway.operations.test_cli import Run, opened, printed, run

__all__ = ["run"]
URL = "https://siem.example/in"


def test_a_webhook_from_its_first_day_to_its_last(run: Run) -> None:
    made = printed(run("webhook", "add", URL, "-e", "session.ended", "--json"))
    assert made["secret"].startswith("whsec_")
    assert made["created_by"].startswith("system:")
    [shown] = printed(run("webhook", "list", "--json"))
    assert (shown["url"], shown["active"]) == (URL, True)
    changed = printed(
        run("webhook", "change", made["id"], "-e", "account.suspicious", "--off", "--json")
    )
    assert (changed["events"], changed["active"]) == (["account.suspicious"], False)
    assert run("webhook", "test", made["id"]).exit_code == 1
    run("webhook", "change", made["id"], "--on")
    assert printed(run("webhook", "test", made["id"], "--json"))["event"]
    assert printed(run("webhook", "deliveries", made["id"], "--json")) == []
    renewed = printed(run("webhook", "renew", made["id"], "--json"))
    assert renewed["secret"] != made["secret"]
    assert "secret" not in printed(run("webhook", "show", made["id"], "--json"))
    assert run("webhook", "remove", made["id"]).exit_code == 0
    assert run("webhook", "show", made["id"]).exit_code == 1


def test_what_is_malformed_is_refused_in_one_line(run: Run) -> None:
    for words, told in (
        (("http://siem.example/in", "-e", "session.ended"), "url: not https"),
        ((URL, "-e", "session.end"), "events.0: "),
        ((URL, "-e", "session.ended", "-e", "*"), "events.1: "),
    ):
        refused = run("webhook", "add", *words)
        assert refused.exit_code == 1
        assert told in refused.output
    assert printed(run("webhook", "list", "--json")) == []


def test_somebody_else_s_change_is_not_undone(run: Run) -> None:
    made = printed(run("webhook", "add", URL, "-e", "session.ended", "--json"))
    run("webhook", "change", made["id"], "--off")
    late = run("webhook", "change", made["id"], "--on", "--version", "1")
    assert late.exit_code == 1
    assert "Somebody changed this" in late.output


def test_the_trail_names_who_typed_it(run: Run) -> None:
    run("webhook", "add", URL, "-e", "session.ended")
    store = opened()
    with store.read() as tx:
        assert tx.audit.list(1)[0].event == "webhook.added"
    store.close()


def test_streams_are_listed_and_a_wrong_one_is_named(run: Run) -> None:
    assert printed(run("stream", "list", "--json")) == []
    refused = run("stream", "status", "f" * 32, "paused")
    assert refused.exit_code == 1
    assert "no such stream" in refused.output
