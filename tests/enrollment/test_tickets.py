"""Tickets: one person, once, for a while."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from contracts.errors import BadRequest, Expired
from enrollment.tickets import Tickets
from store import Store
from tests.fakes.clock import FakeClock

A_DAY = timedelta(days=1)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def tickets(store: Store) -> Tickets:
    return Tickets(store)


@pytest.fixture
def alice(store: Store) -> str:
    with store.write() as tx:
        return tx.accounts.add("alice").id


def test_a_ticket_opens_an_enrolment_of_its_account(
    tickets: Tickets, alice: str, store: Store, clock: FakeClock
) -> None:
    handle = tickets.redeem(tickets.issue("Alice", A_DAY), None, HALF_AN_HOUR)
    with store.read() as tx:
        enrolment = tx.enrolments.find(handle)
    assert enrolment is not None
    assert (enrolment.account_id, enrolment.station_id) == (alice, None)
    clock.advance(HALF_AN_HOUR)
    with store.read() as tx:
        assert tx.enrolments.find(handle) is None


def test_an_enrolment_belongs_to_the_station_that_redeemed(
    tickets: Tickets, alice: str, store: Store
) -> None:
    with store.write() as tx:
        code = tx.stations.add("Front desk", A_DAY)
        station = tx.stations.pair(code, {"kty": "EC"})
    handle = tickets.redeem(tickets.issue("alice", A_DAY), station, HALF_AN_HOUR)
    with store.read() as tx:
        enrolment = tx.enrolments.find(handle)
    assert enrolment is not None
    assert enrolment.station_id == station


def test_a_ticket_may_be_typed_carelessly(tickets: Tickets, alice: str) -> None:
    ticket = tickets.issue("alice", A_DAY)
    assert tickets.redeem(f" {ticket.lower().replace('-', ' ')} ", None, HALF_AN_HOUR)


def test_a_ticket_cannot_be_guessed(tickets: Tickets, alice: str) -> None:
    issued = {tickets.issue("alice", A_DAY) for _ in range(20)}
    assert len(issued) == 20
    assert all(len(ticket.replace("-", "")) * 5 >= 64 for ticket in issued)


def test_a_ticket_counts_once(tickets: Tickets, alice: str) -> None:
    ticket = tickets.issue("alice", A_DAY)
    tickets.redeem(ticket, None, HALF_AN_HOUR)
    with pytest.raises(Expired):
        tickets.redeem(ticket, None, HALF_AN_HOUR)


def test_ten_holders_of_one_ticket_are_one(tickets: Tickets, alice: str) -> None:
    ticket = tickets.issue("alice", A_DAY)
    opened: list[str] = []

    def redeem() -> None:
        try:
            opened.append(tickets.redeem(ticket, None, HALF_AN_HOUR))
        except Expired:
            return

    holders = [threading.Thread(target=redeem) for _ in range(10)]
    for holder in holders:
        holder.start()
    for holder in holders:
        holder.join()
    assert len(opened) == 1


def test_a_ticket_gets_old(tickets: Tickets, alice: str, clock: FakeClock) -> None:
    ticket = tickets.issue("alice", A_DAY)
    clock.advance(A_DAY)
    with pytest.raises(Expired):
        tickets.redeem(ticket, None, HALF_AN_HOUR)


def test_a_disabled_account_learns_nothing(tickets: Tickets, alice: str, store: Store) -> None:
    ticket = tickets.issue("alice", A_DAY)
    with store.write() as tx:
        tx.accounts.set_disabled(alice, True)
    with pytest.raises(Expired):
        tickets.redeem(ticket, None, HALF_AN_HOUR)
    with pytest.raises(BadRequest):
        tickets.issue("alice", A_DAY)


def test_a_ticket_needs_an_account(tickets: Tickets) -> None:
    with pytest.raises(BadRequest) as error:
        tickets.issue("nobody", A_DAY)
    assert "nobody" in str(error.value.public)


def test_the_trail_says_who_got_and_used_a_ticket(
    tickets: Tickets, alice: str, store: Store
) -> None:
    ticket = tickets.issue("alice", A_DAY)
    tickets.redeem(ticket, None, HALF_AN_HOUR)
    with store.read() as tx:
        trail = tx.audit.list(2)
    assert [record.event for record in trail] == ["ticket.redeemed", "ticket.issued"]
    assert {record.account_id for record in trail} == {alice}
    assert ticket not in str(trail)
