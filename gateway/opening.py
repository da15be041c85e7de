"""Opening the store and the factors; the embedded database is set up by itself."""

from __future__ import annotations

from pathlib import Path

from contracts.clock import Clock
from contracts.errors import Misconfigured, Unavailable
from contracts.factor import Channel, Factor, Infer, Workshop
from contracts.sender import Sender
from contracts.text import Text
from gateway.senders.smtp import SmtpSender
from gateway.senders.webhook import WebhookSender
from gateway.settings import Settings
from store import Store
from store.keys_file import load_or_create
from verifiers import registry


def make_store(settings: Settings, clock: Clock) -> Store:
    """Return the store of these settings, unchecked; the key file is made for SQLite alone."""
    _make_folder(settings.data)
    keys = load_or_create(settings.keys, create=settings.embedded)
    return Store(
        database_url=settings.database,
        keystore_url=settings.keystore_url,
        keys=keys,
        clock=clock,
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
    """Build the factors of these settings."""
    workshop = Workshop(
        clock=clock,
        service=settings.service_name,
        origin=settings.issuer.rstrip("/"),
        pepper=store.vault.pepper,
        infer=infer,
    )
    return registry.load(workshop)


def make_senders(settings: Settings, clock: Clock) -> dict[Channel, Sender]:
    """Build what carries messages; a channel without a setting has no sender."""
    senders: dict[Channel, Sender] = {}
    if settings.smtp_url:
        sender = SmtpSender(settings.smtp_url, settings.mail_from, clock)
        senders[sender.channel] = sender
    if settings.phone_webhook_url:
        webhook = WebhookSender(settings.phone_webhook_url, _webhook_secret(settings), clock)
        senders[webhook.channel] = webhook
    return senders


def _webhook_secret(settings: Settings) -> bytes:
    file = settings.phone_webhook_secret_file
    if file is None:
        raise Misconfigured(Text("Set GATEHOUSE_PHONE_WEBHOOK_SECRET_FILE: messages are signed."))
    try:
        return file.read_bytes().strip()
    except OSError as error:
        message = "The file %(path)s of the phone webhook's secret cannot be read."
        raise Misconfigured(Text(message, {"path": str(file)})) from error
