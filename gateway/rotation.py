"""When signing keys are followed by the next, and how long the old ones stay published."""

from __future__ import annotations

from datetime import timedelta

from contracts.clock import Clock
from gateway.keeper import make_keeper
from gateway.settings import Settings
from store import Store
from store.keys import SigningKey


def rotate(store: Store, settings: Settings, clock: Clock) -> list[SigningKey]:
    """Destroy the keys whose time is over and publish the next. Raises Unavailable."""
    from gateway.oidc.keys import rotation  # noqa: PLC0415 - the provider is heavy, this is rare

    keeper = make_keeper(settings)
    rotation.withdraw(store, keeper)
    rotation.ensure(store, clock, keeper)
    return rotation.rotate(
        store,
        clock,
        keeper,
        longest_token=longest_token(store, settings),
        jwks_max_age=settings.span("jwks"),
    )


def revoke(store: Store, settings: Settings, clock: Clock, kid: str) -> bool:
    """Withdraw one key at once; False where there is none of this `kid`. Raises Unavailable."""
    from gateway.oidc.keys import rotation  # noqa: PLC0415 - the provider is heavy, this is rare

    return rotation.revoke(store, clock, kid, make_keeper(settings))


def longest_token(store: Store, settings: Settings) -> timedelta:
    """Return for how long what a key of ours has signed may be shown to somebody who validates it.

    An ID token comes back as a hint for as long as its session, however soon it expires
    (RP-Initiated Logout 1.0, section 4). Clients that are no row of ours (those of a metadata
    document) have the setting's access tokens.
    """
    from gateway.oidc.logout.token import LIFETIME  # noqa: PLC0415 - as above

    with store.read() as tx:
        spans = [timedelta(seconds=client.access_token_seconds) for client in tx.clients.list()]
    ours = [settings.span(name) for name in ("id_token", "session", "access_token")]
    return max([LIFETIME, *ours, *spans])


def rotate_when_due(store: Store, settings: Settings, clock: Clock) -> bool:
    """Publish the next keys once the youngest is old enough; True where that was done.

    Keys whose time is over are destroyed at the next look, a minute later at most.
    """
    with store.read() as tx:
        withdrawn = tx.keys.withdrawn()
        youngest = max((key.signs_from for key in tx.keys.list()), default=None)
    age = timedelta(days=settings.signing_key_days)
    if youngest is not None and clock.now() - youngest >= age:
        rotate(store, settings, clock)
        return True
    if withdrawn:
        _withdraw(store, settings)
    return False


def _withdraw(store: Store, settings: Settings) -> None:
    from gateway.oidc.keys import rotation  # noqa: PLC0415 - the provider is heavy, this is rare

    rotation.withdraw(store, make_keeper(settings))
