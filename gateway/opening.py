"""Opening the store and the factors; the embedded database is set up by itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from contracts.clock import Clock
from contracts.errors import Misconfigured, Unavailable
from contracts.factor import Factor, Infer, Workshop
from contracts.text import Text
from gateway.outside import fetch
from gateway.settings import Settings
from store import Store
from store.keys_file import load_or_create
from verifiers import registry

NO_FACTOR = "GATEHOUSE_FACTORS_OFF: there is no factor %(name)s"


def make_store(settings: Settings, clock: Clock) -> Store:
    """Return the store of these settings, unchecked; the key file is made for SQLite alone."""
    _make_folder(settings.data)
    keys = load_or_create(settings.keys, create=settings.embedded)
    return Store(
        database_url=settings.database,
        keystore_url=settings.keystore_url,
        keys=keys,
        clock=clock,
        valkey_url=settings.valkey_url,
    )


def open_store(settings: Settings, clock: Clock) -> Store:
    """Return a store that is ready for use. Raises Misconfigured with what to do."""
    fresh = settings.embedded and not (settings.data / "gatehouse.db").exists()
    store = make_store(settings, clock)
    if fresh:
        store.migrate()
    store.check()
    return store


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = "The folder %(path)s cannot be made. Set GATEHOUSE_DATA to another."
        raise Misconfigured(Text(message, {"path": str(data)})) from error


def no_inference(job: str, payload: bytes) -> bytes:  # noqa: ARG001 - the port's signature
    """Stand in for the inference pool where no sample will ever come."""
    raise Unavailable


def make_factors(
    settings: Settings, store: Store, clock: Clock, infer: Infer = no_inference
) -> dict[str, Factor]:
    """Build the factors that are in use."""
    return in_use(settings, known_factors(settings, store, clock, infer))


def in_use(settings: Settings, factors: Mapping[str, Factor]) -> dict[str, Factor]:
    """Leave out what is switched off. Raises Misconfigured where it names no factor."""
    if not settings.factors_off:
        return dict(factors)
    if unknown := set(settings.factors_off) - set(registry.names()):
        raise Misconfigured(Text(NO_FACTOR, {"name": ", ".join(sorted(unknown))}))
    return {name: each for name, each in factors.items() if name not in settings.factors_off}


def known_factors(
    settings: Settings, store: Store, clock: Clock, infer: Infer = no_inference
) -> dict[str, Factor]:
    """Build every factor, in use or not: people are reached at addresses of all of them."""
    workshop = Workshop(
        clock=clock,
        service=settings.service_name,
        origin=settings.issuer.removesuffix(settings.path),
        pepper=store.vault.pepper,
        infer=infer,
        fetch=fetch,
        target_fmr=float(settings.biometric_target_fmr),
    )
    return registry.load(workshop)
