"""Carry messages to people: e-mail by SMTP, phones by Twilio or a signed webhook."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from contracts.clock import Clock
from contracts.errors import Misconfigured
from contracts.factor import Channel
from contracts.sender import Sender
from contracts.text import Text
from gateway.senders.smtp import SmtpSender
from gateway.senders.twilio import TwilioAccount, TwilioSender
from gateway.senders.webhook import WebhookSender
from gateway.settings import Settings


def make_senders(settings: Settings, clock: Clock, stack: ExitStack) -> dict[Channel, Sender]:
    """Build what carries messages; a channel without a setting has no sender.

    What stays open between messages is closed with the `stack`.
    """
    senders: dict[Channel, Sender] = {}
    if settings.smtp_url:
        mail = SmtpSender(settings.smtp_url, settings.mail_from, settings.service_name, clock)
        stack.callback(mail.close)
        senders[mail.channel] = mail
    if phone := _phone(settings, clock):
        senders[phone.channel] = phone
    return senders


def _phone(settings: Settings, clock: Clock) -> Sender | None:
    if settings.phone_webhook_url and settings.twilio_account_sid:
        raise Misconfigured(Text("Set the phone webhook or Twilio, not both."))
    if settings.phone_webhook_url:
        name = "GATEHOUSE_PHONE_WEBHOOK_SECRET_FILE"
        secret = _secret(settings.phone_webhook_secret_file, name)
        return WebhookSender(settings.phone_webhook_url, secret, clock)
    if settings.twilio_account_sid:
        return TwilioSender(_account(settings))
    return None


def _account(settings: Settings) -> TwilioAccount:
    return TwilioAccount.checked(
        url=settings.twilio_url,
        sid=settings.twilio_account_sid,
        key=settings.twilio_key_sid,
        secret=_secret(settings.twilio_secret_file, "GATEHOUSE_TWILIO_SECRET_FILE").decode(
            "utf-8", "replace"
        ),
        origin=settings.twilio_from,
    )


def _secret(file: Path | None, name: str) -> bytes:
    """Read a secret. Raises Misconfigured naming the setting where there is none to read."""
    if file is None:
        raise Misconfigured(Text("Set %(name)s: it holds the secret.", {"name": name}))
    try:
        return file.read_bytes().strip()
    except OSError as error:
        message = "The file %(path)s of %(name)s cannot be read."
        raise Misconfigured(Text(message, {"path": str(file), "name": name})) from error
