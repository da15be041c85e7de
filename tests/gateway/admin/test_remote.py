"""Commands for a gateway elsewhere: logging in by a browser, calls over HTTP, what is kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from contracts.errors import BadRequest, Conflict, Misconfigured, NotAllowed, NotAuthenticated
from gateway.admin.roles import Role
from gateway.cli import main, remote_login, remote_tokens
from gateway.cli.asking import asking
from tests import ports
from tests.fakes.authenticator import Authenticator
from tests.fakes.clock import FakeClock
from tests.gateway.conftest import PASSWORD, Build, House
from tests.waiting import PATIENCE
from tests.walks.forms import read

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

HOUR = 3600


@pytest.fixture
def elsewhere(
    build: Build,
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[House]:
    """A gateway that answers on a port of this machine, whose clock goes right."""
    nonce = getattr(request, "param", "offered")
    clock.advance(datetime.now(UTC) - clock.now())
    port = ports.free()
    house = build(issuer=f"http://localhost:{port}", fresh_seconds=5, dpop_nonce=nonce)
    monkeypatch.setenv("GATEHOUSE_ADMIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GATEHOUSE_ADMIN_URL", house.settings.issuer)
    server = make_server("127.0.0.1", port, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield house
    server.shutdown()
    thread.join()
    server.server_close()


class Operator:
    """A person with a passkey, in front of a browser of their own."""

    def __init__(self, house: House, role: Role | None = Role.ADMIN, name: str = "ada") -> None:
        self.house = house
        self.device = Authenticator(house.settings.issuer)
        self.id = house.enrolled(name)
        self._enrol()
        if role:
            with house.store.write() as tx:
                tx.operators.grant(self.id, role, "system:0")

    def _enrol(self) -> None:
        with self.house.store.write() as tx:
            handle = tx.enrolments.open(self.id, None, self.house.settings.span("enrolment"))
        person = self.house.person()
        person.client.set_cookie("gatehouse_enrolment", handle)
        person.go("/enroll/")
        person.fill(person.form(action="/enroll/webauthn"))
        asked = options(person.page.text, "passkey-create")
        person.answer(credential=self.device.create(asked))

    def come(self, address: str) -> str:
        """Log in as an address says and allow what is asked; return where the browser goes then."""
        browser = self.house.app.test_client()
        parts = urlsplit(address)
        page = browser.get(f"{parts.path}?{parts.query}")
        while True:
            while page.status_code == 303 and page.headers["Location"].startswith("/"):
                page = browser.get(page.headers["Location"])
            if page.status_code == 303:
                return str(page.headers["Location"])
            page = self._filled(browser, page.text)

    def _filled(self, browser: Any, text: str) -> Any:
        forms = {form.action.rpartition("/")[2]: form for form in read(text)}
        if "passkey-get" in text and "answer" in forms:
            form, more = forms["answer"], {"credential": self.device.get(options(text))}
        elif "factor" in forms:
            form, more = forms["factor"], {}
        else:
            [form] = [each for each in read(text) if "/oauth/authorize/" in each.action]
            more = {"decision": "allow"}
        return browser.post(form.action, data={**form.fields, **more})

    def log_in(self, *, max_age: int = HOUR) -> remote_tokens.Session:
        """Do what `gatehouse admin login` does, with this person at the browser."""

        def show(address: str) -> None:
            threading.Thread(target=lambda: fetched(self.come(address))).start()

        issuer = self.house.settings.issuer
        return remote_login.log_in(issuer, show, max_age=max_age)


def options(text: str, kind: str = "passkey-get") -> dict[str, Any]:
    after = text.partition(f'data-ask="{kind}"')[2].partition("data-options='")[2]
    found: dict[str, Any] = json.loads(unescape(after.partition("'")[0]))
    return found


def fetched(address: str) -> int:
    parts = urlsplit(address)
    connection = HTTPConnection("127.0.0.1", parts.port or 80, timeout=PATIENCE)
    connection.request("GET", f"{parts.path}?{parts.query}")
    status = connection.getresponse().status
    connection.close()
    return status


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, list(words), input=typed)


def test_whoever_logs_in_with_a_passkey_runs_commands_there(elsewhere: House) -> None:
    ada, alice = Operator(elsewhere), elsewhere.enrolled("alice", password=PASSWORD)
    session = ada.log_in()
    assert session.file().stat().st_mode & 0o077 == 0
    with asking() as ask:
        assert ask("me.get") == {"id": ada.id, "name": "ada", "role": Role.ADMIN}
        [found] = ask("people.list", username="lic")["people"]
        assert found["created_at"] == elsewhere.clock.now()
        ask("people.disable", person=alice)
    with elsewhere.store.read() as tx:
        account = tx.accounts.get(alice)
        assert account is not None
        assert account.disabled_at


@pytest.mark.parametrize("elsewhere", ["required"], indirect=True)
def test_a_nonce_that_is_asked_for_is_sent(elsewhere: House) -> None:
    ada = Operator(elsewhere)
    ada.log_in()
    with asking() as ask:
        assert ask("me.get")["name"] == "ada"


def test_errors_come_back_as_what_they_are(elsewhere: House) -> None:
    Operator(elsewhere, Role.VIEWER).log_in()
    alice = elsewhere.enrolled("alice", password=PASSWORD)
    with asking() as ask:
        with pytest.raises(NotAllowed, match="role"):
            ask("people.disable", person=alice)
        with pytest.raises(BadRequest, match="no such person"):
            ask("people.get", person="0" * 32)
        with pytest.raises(BadRequest, match=r"^limit: "):
            ask("people.list", limit=0)
        with pytest.raises(BadRequest, match="no operation"):
            ask("people.eat")


def test_whoever_has_no_role_may_nothing(elsewhere: House) -> None:
    Operator(elsewhere, None).log_in()
    with asking() as ask, pytest.raises(NotAllowed):
        ask("me.get")


def test_tokens_are_refreshed_as_needed_and_each_refresh_token_once(elsewhere: House) -> None:
    first = Operator(elsewhere).log_in()
    remote_tokens.save(
        remote_tokens.Session(first.issuer, first.key, "stale", first.refresh_token, 0)
    )
    with asking() as ask:
        ask("me.get")
    second = remote_tokens.load(first.issuer)
    assert second.access_token not in {"stale", first.access_token}
    assert second.refresh_token != first.refresh_token
    assert second.key == first.key


def test_whoever_is_not_logged_in_is_told_how(elsewhere: House) -> None:
    done = run("admin", "whoami")
    assert done.exit_code == 1
    assert f"gatehouse admin login {elsewhere.settings.issuer}" in done.output


def test_a_session_that_others_may_read_is_not_used(elsewhere: House) -> None:
    Operator(elsewhere).log_in().file().chmod(0o644)
    with asking() as ask, pytest.raises(Misconfigured, match="chmod 600"):
        ask("me.get")


def test_logging_out_revokes_the_tokens_and_forgets_them(elsewhere: House) -> None:
    session = Operator(elsewhere).log_in()
    assert run("admin", "logout", session.issuer).output == "Logged out.\n"
    assert not session.file().exists()
    remote_tokens.save(session)
    with asking() as ask, pytest.raises(NotAuthenticated):
        ask("me.get")


def test_a_stolen_token_without_the_key_opens_nothing(elsewhere: House) -> None:
    session = Operator(elsewhere).log_in()
    thief = remote_tokens.Prover()
    url = f"{session.issuer}/admin/api/me"
    assert thief.send("GET", url, None, {}, session.access_token).status == 401
    grant = {"grant_type": "refresh_token", "refresh_token": session.refresh_token}
    with pytest.raises(NotAuthenticated):
        remote_tokens.exchange(session.issuer, thief, grant)


def test_what_is_dangerous_needs_a_login_that_is_new(elsewhere: House) -> None:
    ada, alice = Operator(elsewhere), elsewhere.enrolled("alice", password=PASSWORD)
    ada.log_in()
    elsewhere.clock.advance(2 * elsewhere.settings.span("fresh"))
    with asking() as ask:
        with pytest.raises(NotAuthenticated) as refused:
            ask("operators.grant", person=alice, role="viewer")
        assert "--max-age 5" in str(refused.value.public)
        ada.log_in(max_age=5)
        with pytest.raises((BadRequest, Conflict)) as told:
            ask("operators.grant", person=alice, role="viewer")
    assert "passkey" in str(told.value.public)


def test_an_answer_of_another_server_or_to_another_question_is_refused(elsewhere: House) -> None:
    ada = Operator(elsewhere)

    def answered(**changed: str) -> None:
        def show(address: str) -> None:
            def come() -> None:
                parts = urlsplit(ada.come(address))
                values = {name: found[0] for name, found in parse_qs(parts.query).items()}
                query = "&".join(f"{n}={v}" for n, v in {**values, **changed}.items())
                fetched(parts._replace(query=query).geturl())

            threading.Thread(target=come).start()

        remote_login.log_in(elsewhere.settings.issuer, show, max_age=HOUR)

    for changed in ({"state": "other"}, {"iss": "https://evil.example"}):
        with pytest.raises(NotAuthenticated, match="something else"):
            answered(**changed)


@pytest.mark.parametrize("address", ["http://gateway.example", "ftp://x", "nonsense"])
def test_secrets_are_sent_by_https_or_within_this_machine(elsewhere: House, address: str) -> None:
    with pytest.raises(Misconfigured, match="https"):
        remote_tokens.metadata(address)


def test_any_operation_is_called_by_its_name(elsewhere: House) -> None:
    Operator(elsewhere).log_in()
    elsewhere.enrolled("alice", password=PASSWORD)
    done = run("admin", "call", "people.list", "username=ali", "limit=1")
    assert [one["username"] for one in json.loads(done.output)["people"]] == ["alice"]
    done = run("admin", "call", "people.list", "--json", "-", typed='{"username": "ali"}')
    assert [one["username"] for one in json.loads(done.output)["people"]] == ["alice"]
    assert run("admin", "call", "people.list", "ali").exit_code == 1
    listed = json.loads(run("admin", "operations", "--json").output)
    assert {"people.list", "me.get"} <= {each["name"] for each in listed}


def test_what_needs_the_database_itself_is_not_done_here_instead(elsewhere: House) -> None:
    done = run("admin", "link")
    assert done.exit_code == 2
    assert f"GATEHOUSE_ADMIN_URL names {elsewhere.settings.issuer}" in done.output


COMMANDS = (
    "user add bob --email bob@example.org",
    "user list",
    "user disable bob",
    "client add bank --public --redirect-uri https://bank.example/callback",
    "client list",
    "resource list",
    "keys list",
    "station add front-desk",
    "station list",
    "operator list",
    "recovery list",
    "policy show",
    "branding show",
    "webhook list",
    "audit search",
)


def test_the_commands_of_operators_are_carried_out_there(elsewhere: House) -> None:
    """The data folder of this machine stays as it is: nothing is opened here."""
    Operator(elsewhere).log_in()
    for command in COMMANDS:
        done = run(*command.split())
        assert done.exit_code == 0, f"{command}: {done.output}"
    with elsewhere.store.read() as tx:
        bob = tx.accounts.find("bob")
        assert bob is not None
        assert bob.disabled_at
        assert tx.clients.get("bank")
