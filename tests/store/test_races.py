"""Once means once: fifty at the same instant, and exactly one of them succeeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle

import pytest

from contracts.assurance import Requirement
from contracts.errors import Conflict
from contracts.factor import Template
from store import Account, Ceremony, Client, Purpose, Store, Transaction
from store.codes import Code
from store.grants import Grant
from store.keys_file import Keys
from store.redeemable import Replayed
from store.refresh_tokens import Holder, RefreshToken
from tests.fakes.clock import FakeClock
from tests.fakes.race import RUNNERS, race

MINUTE = timedelta(minutes=1)
JKT = "j" * 43


def written(store: Store, call: Callable[[Transaction], object]) -> Callable[[], object]:
    def run() -> object:
        with store.write() as tx:
            return call(tx)

    return run


def winners(store: Store, call: Callable[[Transaction], object]) -> int:
    return sum(bool(result) for result in race(written(store, call)))


def test_one_code(store: Store, grant: Grant) -> None:
    with store.write() as tx:
        code = tx.codes.put(Code(grant.id, "https://chat.example/callback", "challenge"), MINUTE)
    outcomes = Counter(race(written(store, lambda tx: tx.codes.redeem(code))))
    fresh = Code(grant.id, "https://chat.example/callback", "challenge")
    assert outcomes == {fresh: 1, Replayed(grant.id): RUNNERS - 1}


def test_one_value_over_many_replicas(urls: tuple[str, str], keys: Keys, clock: FakeClock) -> None:
    """Each has connections of its own, as another process has."""
    replicas = [
        Store(database_url=urls[0], keystore_url=urls[1], keys=keys, clock=clock) for _ in range(5)
    ]
    turns = cycle(replicas)

    def spend() -> bool:
        with next(turns).write() as tx:
            return tx.once.spend("jti", MINUTE)

    assert sum(race(spend, 20)) == 1
    for replica in replicas:
        replica.close()


def test_one_refresh_token(store: Store, grant: Grant) -> None:
    with store.write() as tx:
        token = tx.refresh_tokens.put(grant.id, MINUTE)
    holder = Holder(grant.client_id)
    rotate = written(store, lambda tx: tx.refresh_tokens.rotate(token, holder, MINUTE))
    outcomes = Counter(race(rotate))
    assert outcomes.pop(Replayed(grant.id)) == RUNNERS - 1
    [(won, count)] = outcomes.items()
    assert isinstance(won, RefreshToken)
    assert (won.grant_id, count) == (grant.id, 1)


def test_one_successor_for_all_who_hold_the_key(store: Store, grant: Grant) -> None:
    with store.write() as tx:
        tx.grants.bind(grant, JKT)
        token = tx.refresh_tokens.put(grant.id, MINUTE)
    holder = Holder(grant.client_id, JKT)
    rotate = written(store, lambda tx: tx.refresh_tokens.rotate(token, holder, MINUTE))
    outcomes = race(rotate)
    assert len({outcome.token for outcome in outcomes if isinstance(outcome, RefreshToken)}) == 1
    assert Counter(
        outcome.repeated for outcome in outcomes if isinstance(outcome, RefreshToken)
    ) == {
        False: 1,
        True: RUNNERS - 1,
    }


def test_all_may_use_a_token_that_stays(store: Store, grant: Grant) -> None:
    with store.write() as tx:
        token = tx.refresh_tokens.put(grant.id, MINUTE)
    holder = Holder(grant.client_id)
    use = written(store, lambda tx: tx.refresh_tokens.use(token, holder, MINUTE))
    assert Counter(race(use)) == {RefreshToken(grant.id, token): RUNNERS}


def test_one_ceremony(store: Store, jane: Account) -> None:
    ceremony = Ceremony(jane.id, "owner", "webauthn", Purpose.VERIFY, None, b"challenge", 1, 1)
    with store.write() as tx:
        handle = tx.ceremonies.put(ceremony, MINUTE)
    assert winners(store, lambda tx: tx.ceremonies.take(handle, "owner")) == 1


def test_one_value(store: Store) -> None:
    assert winners(store, lambda tx: tx.once.spend("jti", MINUTE)) == 1


def test_one_value_again_after_its_lifetime(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        tx.once.spend("jti", MINUTE)
    clock.advance(MINUTE)
    assert winners(store, lambda tx: tx.once.spend("jti", MINUTE)) == 1


def test_one_ticket(store: Store, jane: Account) -> None:
    with store.write() as tx:
        ticket = tx.tickets.issue(jane.id, MINUTE)
    assert winners(store, lambda tx: tx.tickets.redeem(ticket)) == 1


def test_one_pairing(store: Store) -> None:
    with store.write() as tx:
        code = tx.stations.add("Front desk", MINUTE)
    assert winners(store, lambda tx: tx.stations.pair(code, {"kty": "EC"})) == 1


def test_one_new_template(store: Store, jane: Account) -> None:
    """A TOTP step: all read the same version, one may write the next."""
    with store.write() as tx:
        tx.credentials.add(jane.id, "totp", Template(b"step 1", "totp/1"))
    with store.read() as tx:
        (read,) = tx.credentials.enrolled(jane.id, "totp")
    swap = written(
        store, lambda tx: tx.credentials.replace_template(read, jane.id, "totp", b"step 2")
    )
    assert Counter(race(swap)) == {True: 1, False: RUNNERS - 1}
    with store.read() as tx:
        (now,) = tx.credentials.enrolled(jane.id, "totp")
    assert (now.template, now.version) == (b"step 2", 2)


def test_readers_and_writers_of_one_template(store: Store, jane: Account) -> None:
    """Nobody takes a version that is being written for a row rolled back."""
    with store.write() as tx:
        tx.credentials.add(jane.id, "totp", Template(b"step 0", "totp/1"))

    def step() -> bool:
        with store.write() as tx:
            (read,) = tx.credentials.enrolled(jane.id, "totp")
            written = tx.credentials.replace_template(read, jane.id, "totp", b"step")
        with store.read() as tx:
            assert tx.accounts.get(jane.id)
            return bool(tx.credentials.enrolled(jane.id, "totp")) and written

    steps = sum(race(step))
    with store.read() as tx:
        (now,) = tx.credentials.enrolled(jane.id, "totp")
    assert now.version == 1 + steps


def test_one_interaction(store: Store, chatbot: Client) -> None:
    with store.write() as tx:
        handle = tx.interactions.put("browser", chatbot.id, {"scope": "openid"}, MINUTE)
    assert winners(store, lambda tx: tx.interactions.take(handle, "browser")) == 1


def test_one_pushed_request(store: Store, chatbot: Client) -> None:
    with store.write() as tx:
        handle = tx.pushed_requests.put(chatbot.id, {"scope": "openid"}, MINUTE)
    assert winners(store, lambda tx: tx.pushed_requests.take(handle, "another")) == 0
    assert winners(store, lambda tx: tx.pushed_requests.take(handle, chatbot.id)) == 1


def test_one_end_of_a_login(store: Store) -> None:
    with store.write() as tx:
        handle = tx.logins.open("browser", Requirement("mfa"), "/go", "/stop", MINUTE)
    with store.read() as tx:
        login = tx.logins.find(handle, "browser")
    assert login is not None
    assert winners(store, lambda tx: tx.logins.close(login)) == 1


def test_one_rotation_of_a_session(store: Store, jane: Account) -> None:
    with store.write() as tx:
        _, session = tx.sessions.open(jane.id, (), MINUTE)
    assert winners(store, lambda tx: tx.sessions.rotate(session, ())) == 1


def test_one_account_of_a_name(store: Store) -> None:
    def add() -> bool:
        try:
            with store.write() as tx:
                tx.accounts.add("jane")
        except Conflict:
            return False
        return True

    assert sum(race(add)) == 1


def test_no_hit_beyond_the_limit(store: Store) -> None:
    allowed = written(store, lambda tx: tx.limits.hit("jane", 10, MINUTE) == 0)
    assert sum(map(bool, race(allowed))) == 10


def test_every_failure_counts(store: Store, jane: Account) -> None:
    with store.write() as tx:
        credential = tx.credentials.add(jane.id, "password", Template(b"hash", "argon2id"))
    disabled = race(written(store, lambda tx: tx.credentials.failed(credential, RUNNERS)))
    assert Counter(disabled) == {False: RUNNERS - 1, True: 1}


def test_every_message_is_claimed_once(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        ids = {tx.outbox.put("mail", {"number": number}, MINUTE) for number in range(45)}

    def claim() -> list[str]:
        with store.write() as tx:
            return [row.id for row in tx.outbox.claim(clock.now(), MINUTE)]

    claimed = [row for rows in race(claim, 8) for row in rows]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) <= ids
    claimed += claim() + claim() + claim()
    assert sorted(claimed) == sorted(ids)


def test_one_subject_key(store: Store) -> None:
    assert len(set(race(lambda: store.keystore.subject_key("jane")))) == 1


@pytest.mark.parametrize("rounds", [5])
def test_fifty_threads_read_and_write(store: Store, jane: Account, rounds: int) -> None:
    with store.write() as tx:
        cookie, _ = tx.sessions.open(jane.id, (), MINUTE)

    def work() -> bool:
        for _ in range(rounds):
            with store.read() as tx:
                found = tx.sessions.find(cookie, MINUTE)
            with store.write() as tx:
                tx.audit.add("seen", account_id=found and found.account_id)
        return True

    assert all(race(work))
    with store.read() as tx:
        assert len(tx.audit.list(1000)) == RUNNERS * rounds
