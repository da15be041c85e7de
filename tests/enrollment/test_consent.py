"""Consent comes before the first sample, at the kiosk and in a browser, and ends with a click."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from contracts.abilities import Consent
from contracts.errors import Expired, NotAllowed
from contracts.factor import Answer, Template
from contracts.text import Text
from enrollment.ceremonies import Ceremonies
from enrollment.consent import Consents
from enrollment.kiosk.app import create_app
from enrollment.kiosk.client import Gateway
from enrollment.kiosk.identity import Identity
from enrollment.kiosk.visit import Kiosk
from enrollment.outcomes import Added, Asked, Callbacks, Change, Rules
from enrollment.submission import Submission, Upload
from hardware import audio
from hardware.manager import DeviceManager
from store import Account, Purpose, Store, Transaction
from store.events import EVENT
from tests.enrollment.conftest import PHRASES, Loudness
from tests.enrollment.test_kiosk_client import sample
from tests.enrollment.test_kiosk_page import HIDDEN
from tests.fakes.clock import FakeClock

LOUD = Upload(audio.MEDIA_TYPE, audio.wav(bytes([0, 100]) * 16_000, 16_000))
AGREED = {"consent": "1"}


@pytest.fixture
def nora(store: Store) -> Account:
    with store.write() as tx:
        return tx.accounts.add("nora")


@pytest.fixture
def heard() -> list[Change]:
    """The changes that were told."""
    return []


@pytest.fixture
def calls(heard: list[Change]) -> Callbacks:
    def changed(_: Transaction, change: Change) -> None:
        heard.append(change)

    return Callbacks(str, changed, lambda: "203.0.113.7")


@pytest.fixture
def ceremonies(store: Store, loudness: Loudness, clock: FakeClock, calls: Callbacks) -> Ceremonies:
    rules = Rules(False, 100, 5, 10, idle_days=365)
    return Ceremonies(store, {"voice": loudness}, clock, rules, calls)


@pytest.fixture
def consents(store: Store, loudness: Loudness, calls: Callbacks) -> Consents:
    return Consents(store, {"voice": loudness}, calls.changed, calls.address, idle_days=0)


def sent(fields: Mapping[str, str] | None = None, **uploads: Upload) -> Submission:
    return Submission(fields or {}, uploads, "browser")


def begin(ceremonies: Ceremonies, account: Account) -> Asked:
    return ceremonies.begin(Purpose.ENROLL, "voice", "owner", account.subject)


def enrol(ceremonies: Ceremonies, account: Account) -> None:
    asked: Any = begin(ceremonies, account)
    if asked.asks[0].type == "consent":
        asked = ceremonies.answer(asked.handle, "owner", sent(AGREED))
    for _ in PHRASES:
        asked = ceremonies.answer(asked.handle, "owner", sent(sample=LOUD))
    assert isinstance(asked, Added)


def events(store: Store, account: Account) -> list[tuple[str, Mapping[str, Any]]]:
    names = ("consent.biometric_given", "consent.biometric_withdrawn")
    with store.read() as tx:
        return [(one.event, one.detail) for one in tx.audit.of(account.id, names, 10)]


def test_consent_is_asked_first_and_alone(ceremonies: Ceremonies, nora: Account) -> None:
    asked = begin(ceremonies, nora)
    [ask] = asked.asks
    assert (ask.type, ask.options["version"]) == ("consent", "1")
    assert ask.options["points"] == [
        "Your loudness is kept.",
        "It is also deleted once you have not used it for 365 days.",
    ]


def test_a_sample_without_consent_is_not_even_decoded(
    ceremonies: Ceremonies, nora: Account, loudness: Loudness, store: Store
) -> None:
    asked: Any = begin(ceremonies, nora)
    for submission in (sent(sample=LOUD), sent({"consent": ""}, sample=LOUD), sent()):
        asked = ceremonies.answer(asked.handle, "owner", submission)
        assert (asked.status, asked.asks[0].type) == (422, "consent")
    assert loudness.heard == []
    assert events(store, nora) == []


def test_consent_is_a_record_and_the_enrolment_goes_on(
    ceremonies: Ceremonies, nora: Account, store: Store, clock: FakeClock
) -> None:
    asked = ceremonies.answer(begin(ceremonies, nora).handle, "owner", sent(AGREED, sample=LOUD))
    assert isinstance(asked, Asked)
    assert (asked.asks[0].type, asked.step, asked.error) == ("voice", 1, None)
    with store.write() as tx:
        [given] = tx.biometric_consents.list(nora.id)
        [event] = tx.outbox.claim(clock.now(), timedelta(minutes=1), EVENT)
    assert (given.factor, given.version, given.given_by) == ("voice", 1, "browser")
    assert (given.given_at, given.stands) == (clock.now(), True)
    [(name, detail)] = events(store, nora)
    assert name == "consent.biometric_given"
    assert detail == {"factor": "voice", "version": "1", "by": "browser"}
    assert event.payload["type"] == "consent.given"
    assert event.payload["data"] == {"factor": "voice", "version": "1"}


def test_who_has_agreed_is_not_asked_again(ceremonies: Ceremonies, nora: Account) -> None:
    enrol(ceremonies, nora)
    assert begin(ceremonies, nora).asks[0].type == "voice"


def test_withdrawing_deletes_the_template_at_once(
    ceremonies: Ceremonies,
    consents: Consents,
    nora: Account,
    store: Store,
    heard: list[Change],
) -> None:
    enrol(ceremonies, nora)
    consents.withdraw(nora.id, "voice")
    with store.read() as tx:
        assert tx.credentials.list(nora.id) == []
        [ended] = tx.biometric_consents.list(nora.id)
    assert not ended.stands
    assert [each.happened for each in heard] == ["added", "removed"]
    assert events(store, nora)[0] == (
        "consent.biometric_withdrawn",
        {"factor": "voice", "version": "1"},
    )
    with pytest.raises(Expired):
        consents.withdraw(nora.id, "voice")
    assert begin(ceremonies, nora).asks[0].type == "consent"


def test_withdrawing_in_the_middle_forgets_what_was_heard(
    ceremonies: Ceremonies, consents: Consents, nora: Account
) -> None:
    asked: Any = ceremonies.answer(begin(ceremonies, nora).handle, "owner", sent(AGREED))
    asked = ceremonies.answer(asked.handle, "owner", sent(sample=LOUD))
    consents.withdraw(nora.id, "voice")
    with pytest.raises(Expired):
        ceremonies.answer(asked.handle, "owner", sent(sample=LOUD))


def test_a_ceremony_without_standing_consent_asks_for_it_and_hears_nothing(
    ceremonies: Ceremonies, nora: Account, store: Store, loudness: Loudness
) -> None:
    """As where it was withdrawn at the very moment: the ceremony is not yet forgotten."""
    asked: Any = ceremonies.answer(begin(ceremonies, nora).handle, "owner", sent(AGREED))
    with store.write() as tx:
        tx.biometric_consents.withdraw(nora.id, "voice")
    asked = ceremonies.answer(asked.handle, "owner", sent(sample=LOUD))
    assert (asked.status, asked.asks[0].type) == (422, "consent")
    assert loudness.heard == []


@pytest.mark.parametrize("before", [0, len(PHRASES) - 1])
def test_consent_that_goes_while_a_sample_is_judged_leaves_nothing_of_it(
    ceremonies: Ceremonies, nora: Account, store: Store, loudness: Loudness, before: int
) -> None:
    asked: Any = ceremonies.answer(begin(ceremonies, nora).handle, "owner", sent(AGREED))
    for _ in range(before):
        asked = ceremonies.answer(asked.handle, "owner", sent(sample=LOUD))
    judge = loudness.continue_enroll

    def meanwhile(*given: Any) -> Any:
        with store.write() as tx:
            tx.biometric_consents.withdraw(nora.id, "voice")
        return judge(*given)

    loudness.continue_enroll = meanwhile  # type: ignore[method-assign]
    with pytest.raises(Expired):
        ceremonies.answer(asked.handle, "owner", sent(sample=LOUD))
    with store.read() as tx:
        assert tx.credentials.list(nora.id) == []
        assert tx.retention.rows()["ceremonies"] == 0


def test_new_words_rest_the_template_until_they_are_agreed_to(
    ceremonies: Ceremonies,
    consents: Consents,
    nora: Account,
    store: Store,
    loudness: Loudness,
    clock: FakeClock,
) -> None:
    enrol(ceremonies, nora)
    clock.advance(timedelta(days=1))
    assert ceremonies.begin(Purpose.VERIFY, "voice", "login", nora.subject).asks[0].type == "voice"
    loudness.consent = Consent(2, (Text("It is shared with nobody."),))
    with pytest.raises(NotAllowed, match="no voice credential"):
        ceremonies.begin(Purpose.VERIFY, "voice", "login", nora.subject)
    judged = ceremonies.judge("voice", nora.subject, Answer())
    assert not judged.verdict.accepted
    assert not consents.wording(nora.id, "voice").given
    assert not consents.agree(nora.id, "voice", "1", "browser"), "the words of before"
    assert consents.agree(nora.id, "voice", "2", "browser")
    assert ceremonies.begin(Purpose.VERIFY, "voice", "login", nora.subject).asks[0].type == "voice"
    with store.read() as tx:
        first, second = tx.biometric_consents.list(nora.id)
    assert (first.version, first.stands) == (1, False)
    assert (second.version, second.stands) == (2, True)


def test_words_that_change_while_they_are_read_are_read_anew(
    ceremonies: Ceremonies, nora: Account, loudness: Loudness, store: Store
) -> None:
    asked = begin(ceremonies, nora)
    loudness.consent = Consent(2, (Text("It is shared with nobody."),))
    again = ceremonies.answer(asked.handle, "owner", sent(AGREED))
    assert isinstance(again, Asked)
    assert again.asks[0].options["version"] == "2"
    assert events(store, nora) == []


def test_what_needs_no_consent_cannot_be_removed_as_if_it_did(
    store: Store, loudness: Loudness, calls: Callbacks, nora: Account
) -> None:
    """The guard of the last way to log in is not gone around."""
    with store.write() as tx:
        tx.credentials.add(nora.id, "password", Template(b"secret", "password/1"))
    factors: dict[str, Any] = {"voice": loudness, "password": object()}
    guarded = Consents(store, factors, calls.changed, calls.address, idle_days=0)
    for factor in ("password", "unheard-of"):
        with pytest.raises(Expired):
            guarded.withdraw(nora.id, factor)
    with store.read() as tx:
        assert len(tx.credentials.list(nora.id)) == 1


def test_consent_to_a_factor_that_is_switched_off_can_be_taken_back(
    ceremonies: Ceremonies, store: Store, calls: Callbacks, nora: Account
) -> None:
    enrol(ceremonies, nora)
    Consents(store, {}, calls.changed, calls.address, idle_days=0).withdraw(nora.id, "voice")
    with store.read() as tx:
        assert tx.credentials.list(nora.id) == []


def test_a_kiosk_asks_before_the_first_phrase(
    identity: Identity, wire: httpx.Client, clock: FakeClock, newcomer: str, store: Store
) -> None:
    station = Gateway(identity, wire, clock)
    enrolment = station.open(newcomer)
    asked: Any = station.begin(enrolment, "voice")
    assert asked.asks[0].type == "consent"
    assert "Your loudness is kept." in asked.asks[0].options["points"]
    refused: Any = station.answer(enrolment, asked, sample(clock))
    assert str(refused.error).startswith("Nothing is measured without your consent")
    refused = station.agree(enrolment, refused, "")
    assert refused.error
    asked = station.agree(enrolment, refused, refused.asks[0].options["version"])
    assert asked.asks[0].options["phrase"] == PHRASES[0]
    with store.read() as tx:
        account = tx.accounts.find("nora")
        assert account
        [given] = tx.biometric_consents.list(account.id)
    assert given.given_by == identity.name


def test_the_kiosks_page_records_nothing_before_the_box_is_ticked(
    identity: Identity, wire: httpx.Client, clock: FakeClock, newcomer: str
) -> None:
    kiosk = Kiosk(Gateway(identity, wire, clock), DeviceManager({}), microphone="")
    browser = create_app(kiosk, service_name="Gatehouse", station="Desk").test_client()

    def press(**typed: str) -> str:
        form = dict(HIDDEN.findall(browser.get("/").text)) | typed
        return browser.post("/", data=form, follow_redirects=True).text

    page = press(ticket=newcomer)
    assert "Your loudness is kept." in page
    assert "Start recording" not in page
    assert 'role="alert"' in press()
    assert PHRASES[0] in press(consent="1")


def test_time_to_read(ceremonies: Ceremonies, nora: Account, clock: FakeClock) -> None:
    asked = begin(ceremonies, nora)
    clock.advance(timedelta(minutes=14))
    assert ceremonies.answer(asked.handle, "owner", sent(AGREED))
