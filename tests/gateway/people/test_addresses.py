"""Addresses that were stored before anybody could sign up."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from gateway.people import addresses
from store.models import credentials
from tests.gateway.conftest import SEED, House


def test_an_upgrade_learns_whose_the_addresses_are(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "BATCH", 2)
    for number in range(5):
        house.enrolled(f"person{number}", otp=f"+491511234567{number}", totp=SEED)
    with house.store.database.write() as connection:
        connection.execute(update(credentials).values(address_hash=None))
    assert addresses.learn(house.store, house.factors) == 5
    with house.store.read() as tx:
        found = [tx.accounts.at(f"+491511234567{number}") for number in range(5)]
    assert [[each.username for each in one] for one in found] == [
        [f"person{number}"] for number in range(5)
    ]
    assert addresses.learn(house.store, house.factors) == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_cannot_be_read_is_passed_over(house: House) -> None:
    house.enrolled("ann", otp="ann@example.org")
    with house.store.database.write() as connection:
        connection.execute(update(credentials).values(address_hash=None, template=b"spoiled"))
    assert addresses.learn(house.store, house.factors) == 0
