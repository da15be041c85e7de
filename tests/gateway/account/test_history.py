"""My history and my data: what happened, in words; all that is kept, for a program."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.account.history import LIMITS, PAGE, UNTOLD, WORDS
from gateway.admin.opened import CALLS
from store.events import Event
from tests.gateway.account.test_account import allowed, logged_in
from tests.gateway.conftest import PASSWORD, SEED, House

ROOT = Path(__file__).parents[3]
NAME = re.compile(r"[a-z_]+\.[a-z_.]+")
PRIVATE = ("seed", "template", "hash", "secret", "score", "reason", "nonce")
NOBODYS = {
    "audit.exported",
    "authorization.refused",
    "biometrics.basis_changed",
    "branding.changed",
    "branding.removed",
    "client.added",
    "client.changed",
    "client.exchange",
    "client.grants_revoked",
    "client.learnt",
    "client.registered",
    "client.removed",
    "client.secret_rotated",
    "client.token.issued",
    "code.replayed",
    "device.wrong_code",
    "keys.revoked",
    "keys.rewrapped",
    "keys.rotated",
    "policy.changed",
    "refresh_token.reused",
    "resource.added",
    "resource.changed",
    "resource.learnt",
    "resource.removed",
    "retention.asked",
    "retention.done",
    "station.added",
    "station.paired",
    "station.revoked",
    "store.restored",
    "token.revoked",
    "webhook.added",
    "webhook.changed",
    "webhook.removed",
    "webhook.renewed",
    "webhook.switched_off",
    "webhook.tested",
}
"""Events that happen to no person."""


def trees() -> Iterator[ast.AST]:
    for room in ("gateway", "enrollment", "store"):
        for path in (ROOT / room).rglob("*.py"):
            if path.name != "history.py":
                yield ast.parse(path.read_text())


def written() -> set[str]:
    """Name the events of the code: what `audit.add` is given, and all that is named alike."""
    nodes = [node for tree in trees() for node in ast.walk(tree)]
    given = {
        call.args[0].value
        for call in nodes
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "add"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and "audit" in ast.unparse(call.func)
    }
    kinds = {name.split(".")[0] for name in given | WORDS.keys() | UNTOLD}
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    alike = {text for text in texts if isinstance(text, str) and NAME.fullmatch(text)}
    others = {n for n in alike if n.split(".")[0] in kinds} - asked() - elsewhere()
    return {str(name) for name in given} | others


def asked() -> set[str]:
    """Name the operations of admins, which are called much like what comes of them."""
    return {f"{kind.__name__.lower()}.{name.rstrip('_')}" for kind in CALLS for name in vars(kind)}


def elsewhere() -> set[str]:
    """Name what webhooks hear of by names that the trail has no entry of."""
    return {str(event) for event in Event} - WORDS.keys() - UNTOLD


def test_every_event_has_words_or_is_not_for_its_person() -> None:
    told = WORDS.keys() | UNTOLD | NOBODYS
    files = {
        name
        for name in written()
        if name.endswith((".html", ".db", ".sock", ".json", ".jsonl", ".js"))
    }
    assert written() - files - told == set()
    assert told - written() == set()
    assert not WORDS.keys() & UNTOLD


def test_a_limit_is_told_in_words_of_its_own(house: House) -> None:
    person = allowed(house)
    with house.store.write() as tx:
        [alice] = [each.id for each in tx.accounts.list() if each.username == "alice"]
        for limit in ("account", *LIMITS):
            detail = {"limit": limit, "factor": "voice"}
            tx.audit.add("limit.reached", account_id=alice, detail=detail)
    person.go("/account/history")
    for words in (WORDS["limit.reached"], *LIMITS.values()):
        assert str(words) in person.words


def test_what_happened_is_told_in_words_and_without_details(house: House) -> None:
    allowed(house)
    other = house.person()
    other.client.environ_base |= {
        "HTTP_USER_AGENT": "Firefox/1 Linux",
        "REMOTE_ADDR": "2001:db8::7",
    }
    other.go("/account")
    other.log_in("alice", PASSWORD)
    other.go("/account/history")
    assert "You logged in Mar 1, 2026" in other.words
    assert "Firefox on Linux · from 2001:db8::7" in other.words
    assert "You logged in to an application" in other.words
    assert "Asks" in other.words
    for secret in ("grant", "accepted", "detail", *PRIVATE):
        assert secret not in other.words.casefold()


def test_a_wrong_answer_is_told(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    stranger = house.person()
    stranger.go("/account")
    stranger.log_in("alice", "a wrong one of some length")
    person = logged_in(house)
    person.go("/account/history")
    assert "A wrong answer was given when somebody logged in · Password" in person.words


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_long_history_is_read_page_by_page(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    with house.store.write() as tx:
        for number in range(2 * PAGE):
            tx.audit.add("session.ended", account_id=account, source=f"n{number}.")
            tx.audit.add("session.ended", account_id="somebody else", source="not mine")
    person = logged_in(house)
    person.go("/account/history")
    seen = []
    for _ in range(3):
        seen += re.findall(r"<bdi>(n\d+)\.", person.page.text)
        older = re.search(r"before=(\d+)", person.page.text)
        if older:
            person.go("/account/history", before=older.group(1))
    assert seen == [f"n{number}" for number in reversed(range(2 * PAGE))]
    assert "not mine" not in person.words
    for odd in ("-1", "x", "²", "9" * 19, "0", ""):
        assert person.go("/account/history", before=odd).status_code == 200


def test_all_that_is_kept_can_be_downloaded(house: House) -> None:
    person = allowed(house)
    with house.store.write() as tx:
        alice = tx.accounts.find("alice")
        assert alice
        for factor, value in (("otp", "second@example.org"), ("totp", SEED)):
            template = house.factors[factor].adopt(value)  # type: ignore[attr-defined]
            tx.credentials.add(alice.id, factor, template)
    person.go("/account/data")
    person.fill(person.form(action="/account/export"))
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    answer = person.fill(person.form(action="/account/export"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="account.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    data = json.loads(answer.text)
    assert data["format"] == "gatehouse-account/1"
    assert data["account"]["username"] == "alice"
    assert data["addresses"] == [{"channel": "email", "address": "second@example.org"}]
    assert {each["factor"] for each in data["factors"]} == {"password", "otp", "totp"}
    assert [each["client_id"] for each in data["consents"]] == ["asks"]
    assert {each["client_id"] for each in data["grants"]} == {"asks", "own"}
    assert len(data["sessions"]) == 1
    assert "login.finished" in {each["event"] for each in data["history"]}
    keys = set(re.findall(r'"(\w+)":', answer.text))
    assert not [key for key in keys if any(word in key for word in PRIVATE)]
    assert SEED not in answer.text
    with house.store.read() as tx:
        assert tx.audit.list(1)[0].event == "account.exported"


def test_the_keys_of_the_data_are_documented(house: House) -> None:
    from gateway.account.export import Export

    account = house.enrolled("alice", password=PASSWORD)
    export = Export(house.store, house.clock, house.factors, "https://id.example").take(account)
    documented = (ROOT / "docs" / "privacy.md").read_text()
    assert [key for key in export if f"`{key}`" not in documented] == []
