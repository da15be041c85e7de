"""Signing keys come and go: published before they sign, and kept while their tokens live.

Keys are made before the transaction that publishes them, for an RSA key takes a tenth of a second
and a token may be across a network; whoever publishes second destroys what it has made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from joserfc.jwk import import_key

from contracts.clock import Clock
from gateway.oidc.keys.keeper import Keeper
from gateway.oidc.keys.ring import current
from gateway.oidc.keys.wrapped import WRAPPED
from store import Store, Transaction
from store.keys import SigningKey

JWKS_MAX_AGE = timedelta(minutes=5)
LAG = timedelta(seconds=15)
"""Five seconds by which the key set that is served may lag, ten by which clocks may differ."""

Lacking = Callable[[Sequence[SigningKey]], Sequence[str]]


def published_ahead(jwks_max_age: timedelta) -> timedelta:
    """Return how long a key is published before it signs: by then every cached JWKS has it."""
    return jwks_max_age + LAG


def ensure(store: Store, clock: Clock, keeper: Keeper = WRAPPED) -> None:
    """Make a key for each algorithm that has none, as at first start. Raises Unavailable."""
    now = clock.now()

    def lacking(held: Sequence[SigningKey]) -> Sequence[str]:
        return [alg for alg in keeper.algorithms if current(held, alg, now) is None]

    _publish(store, keeper, lacking, now, lambda _tx, _made: None)


def rotate(
    store: Store,
    clock: Clock,
    keeper: Keeper = WRAPPED,
    *,
    longest_token: timedelta,
    jwks_max_age: timedelta = JWKS_MAX_AGE,
) -> list[SigningKey]:
    """Publish the next key of each algorithm and set the end of the one it replaces.

    The next key signs once every cached JWKS has it; the old one stays published until the last
    token it signed has expired. A key that still waits for its turn is not followed by another.
    """
    ahead = published_ahead(jwks_max_age)
    signs_from = clock.now() + ahead
    retires_at = signs_from + longest_token + ahead

    def lacking(held: Sequence[SigningKey]) -> Sequence[str]:
        waiting = {key.alg for key in held if key.signs_from > clock.now()}
        return [alg for alg in keeper.algorithms if alg not in waiting]

    return _publish(store, keeper, lacking, signs_from, partial(_follow, retires_at))


def _follow(retires_at: datetime, tx: Transaction, made: Sequence[SigningKey]) -> None:
    """Set the end of the keys that others now follow."""
    followed, kids = {key.alg for key in made}, {key.kid for key in made}
    for old in tx.keys.list():
        if old.alg in followed and old.kid not in kids and old.retires_at is None:
            tx.keys.retire(old.kid, retires_at)
    tx.audit.add("keys.rotated", detail={"kids": sorted(kids)})


def revoke(store: Store, clock: Clock, kid: str, keeper: Keeper = WRAPPED) -> bool:
    """Withdraw a key that strangers may hold, at once; True where there is one of this `kid`.

    What it signed is no longer valid here within seconds, elsewhere as soon as no cached JWKS has
    it. Where it was the one that signs, a new one does so at once, before every cache knows it.
    Its private part is left to `withdraw`: workers may try to sign with it for some seconds more.
    """
    now = clock.now()
    with store.read() as tx:
        held = tx.keys.list()
    revoked = next((key for key in held if key.kid == kid), None)
    if revoked is None:
        return False
    signing = current(held, revoked.alg, now) == revoked
    following = [make(revoked.alg, signs_from=now, keeper=keeper)] if signing else []
    with store.write() as tx:
        for key in following:
            tx.keys.add(key)
        tx.keys.retire(kid, now)
        tx.audit.add("keys.revoked", detail={"kids": [kid]})
    return True


def withdraw(store: Store, keeper: Keeper = WRAPPED) -> list[str]:
    """Destroy the keys whose time is over; return their `kid`s. Raises Unavailable."""
    with store.read() as tx:
        withdrawn = tx.keys.withdrawn()
    for key in withdrawn:
        keeper.destroy(key)
        with store.write() as tx:
            tx.keys.remove(key.kid)
    return [key.kid for key in withdrawn]


def make(alg: str, *, signs_from: datetime, keeper: Keeper = WRAPPED) -> SigningKey:
    """Generate a key pair; its `kid` is its thumbprint (RFC 7638)."""
    pair = keeper.generate(alg)
    kid = import_key(pair.public).thumbprint()
    public = {**pair.public, "kid": kid, "use": "sig", "alg": alg}
    return SigningKey(kid=kid, alg=alg, public=public, private=pair.private, signs_from=signs_from)


def _publish(
    store: Store,
    keeper: Keeper,
    lacking: Lacking,
    signs_from: datetime,
    then: Callable[[Transaction, Sequence[SigningKey]], None],
) -> list[SigningKey]:
    """Make the keys that are lacking and publish those that still are when they have been made."""
    with store.read() as tx:
        algorithms = lacking(tx.keys.list())
    made = [make(alg, signs_from=signs_from, keeper=keeper) for alg in algorithms]
    if not made:
        return []
    with store.write() as tx:
        wanted = set(lacking(tx.keys.hold()))
        published = [key for key in made if key.alg in wanted]
        for key in published:
            tx.keys.add(key)
        if published:
            then(tx, published)
    for key in made:
        if key not in published:
            keeper.destroy(key)
    return published
