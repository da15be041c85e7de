"""What is killed: each is the whole application, or a command, up to the step that counts."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import cast

import pyotp

from contracts.factor import Factor, Template
from gateway.app import create_app
from gateway.cli import main
from gateway.erasure import Eraser
from gateway.notices import Notices
from gateway.opening import make_factors, open_store
from gateway.retention.deleting import Retention
from gateway.retention.opened import make_retention
from gateway.settings import Settings
from store import Store
from tests.fakes.authenticator import Authenticator
from tests.fakes.clock import FakeClock
from tests.gateway.conftest import PASSWORD, SEED, House
from tests.gateway.passkeys.test_passkey_walks import CREATE, asked
from tests.gateway.retention.test_retention import Ears
from tests.walks.person import Person

NEW = PASSWORD + " again"
DAY = timedelta(days=1)
Steps = Generator[None, None, None]


@cache
def house() -> House:
    """Open what the environment names, once."""
    settings, clock = Settings(), FakeClock()
    store = open_store(settings, clock)
    factors = make_factors(settings, store, clock)
    app = create_app(settings, store=store, clock=clock, factors=factors)
    return House(app, store, clock, factors, settings)


def add_a_passkey(name: str) -> Steps:
    """A person with two factors adds a third."""
    here = house()
    person, device = _at_home(here, name), Authenticator(here.settings.issuer)
    yield
    person.fill(person.form(action="/enroll/webauthn"))
    person.answer(credential=device.create(asked(person, CREATE)))


def change_the_password(name: str) -> Steps:
    """A person puts a new password in the place of the old one."""
    person = _at_home(house(), name)
    yield
    person.fill(person.form(action="/enroll/password"))
    person.answer(password=NEW)


def register(name: str) -> Steps:
    """A stranger shows an address, takes a name and chooses a password."""
    here = house()
    person = here.person()
    person.client.environ_base["REMOTE_ADDR"] = f"10.0.0.{name.rpartition('-')[2]}"
    person.go("/register")
    yield
    person.fill(person.form(action="/register"), address=f"{name}@example.org")
    # Those who were killed before have left messages of their own.
    mine = next(sent for sent in here.sent() if sent["to"] == f"{name}@example.org")
    code = re.search(r"\b\d{6}\b", mine["text"])
    assert code
    person.answer(code=code.group())
    person.fill(person.form(action="/name"), username=name, factor="password")
    person.answer(password=PASSWORD)


def import_people(name: str) -> Steps:
    """An operator brings three people, each with a password, an app and an address."""
    file = Path(Settings().data) / f"{name}.jsonl"
    lines = [
        {
            "username": f"{name}-{one}",
            "email": f"{name}-{one}@example.org",
            "password": PASSWORD,
            "totp_secret": pyotp.random_base32(32),
        }
        for one in range(3)
    ]
    file.write_text("\n".join(map(json.dumps, lines)))
    yield
    main(["user", "import", str(file), "--json"], standalone_mode=False)


def erase(name: str) -> Steps:
    """An operator has a person erased."""
    here = house()
    account_id = here.enrolled(name, password=PASSWORD, totp=SEED)
    yield
    Eraser(here.store, here.clock, here.settings).now(account_id)


def sweep(name: str) -> Steps:
    """The worker deletes the voices of three people who have not used theirs for years."""
    here = house()
    for one in range(3):
        account_id = here.enrolled(f"{name}-{one}", password=PASSWORD)
        with here.store.write() as tx:
            tx.biometric_consents.give(account_id, "voice", 1, "browser")
            tx.credentials.add(account_id, "voice", Template(b"voice", "voice/1"))
    yield
    retention(here.store, here.settings).turn()


def retention(store: Store, settings: Settings) -> Retention:
    """What the worker deletes with, years later."""
    later = FakeClock(FakeClock().now() + 1000 * DAY)
    factors = {"voice": cast("Factor", Ears())}
    notices = Notices(factors, lambda _, text: str(text), later)
    return make_retention(store, later, settings, factors, notices)


def _at_home(here: House, name: str) -> Person:
    """Bring a new person, who has just logged in with two factors, to their account."""
    here.enrolled(name, password=PASSWORD, totp=SEED)
    person = here.person()
    person.go("/account")
    person.log_in(name, PASSWORD)
    person.fill(person.form(action="/enroll/webauthn"))
    person.choose("Authenticator app")
    person.answer(code=here.totp())
    person.go("/account")
    return person
