"""Who gets data of people: those that the settings and the database name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.settings import Settings
from store import Transaction


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets data, and which; an address is shown by its host alone."""

    name: str
    kind: str
    gets: str


def recipients(tx: Transaction, settings: Settings) -> Iterator[Recipient]:
    """Yield applications, carriers of messages, and services that are told of events."""
    for client in tx.clients.list():
        gets = f"an id of the person, when and how well they logged in; may ask for: {client.scope}"
        yield Recipient(client.name or client.id, "application", gets)
    yield from _carriers(settings)
    for webhook in tx.webhooks.list():
        yield Recipient(_host(webhook.url), "webhook", f"events: {', '.join(webhook.events)}")
    for url in (settings.audit_url, settings.audit_anchor_url):
        if url:
            yield Recipient(_host(url), "audit", "what happened, without names and scores")


def _carriers(settings: Settings) -> Iterator[Recipient]:
    text = "addresses of people, codes and notices"
    if settings.smtp_url:
        yield Recipient(_host(settings.smtp_url), "mail server", text)
    if settings.twilio_account_sid:
        yield Recipient(_host(settings.twilio_url), "phone messages", text)
    elif settings.phone_webhook_url:
        yield Recipient(_host(settings.phone_webhook_url), "phone messages", text)


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
