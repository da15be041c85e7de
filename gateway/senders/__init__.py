"""Carry messages to people: e-mail by SMTP, phones by a signed webhook."""

from __future__ import annotations

from contracts.clock import Clock
from contracts.errors import Misconfigured
from contracts.factor import Channel
from contracts.sender import Sender
from contracts.text import Text
from gateway.senders.smtp import SmtpSender
from gateway.senders.webhook import WebhookSender
from gateway.settings import Settings


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
