"""`gatehouse webhook`."""

from __future__ import annotations

import click

from gateway.cli import output
from gateway.cli.asking import Ask, asking, every

LISTED = ("id", "url", "events", "active", "last_at", "last_status")


@click.group()
def webhook() -> None:
    """Services that are told of what happens."""


@webhook.command(
    epilog="Example: gatehouse webhook add https://siem.example/in -e session.ended -e "
    "account.suspicious"
)
@click.argument("url")
@click.option("-e", "--event", "events", multiple=True, required=True, help="Type of event.")
@output.as_json
def add(url: str, events: tuple[str, ...], as_json: bool) -> None:
    """Tell a service of events; the secret that signs the calls is shown once."""
    with asking() as ask:
        output.row(ask("webhooks.add", url=url, events=list(events)), as_json)


@webhook.command("list", epilog="Example: gatehouse webhook list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the webhooks, and what each answered last."""
    with asking() as ask:
        found = every(ask, "webhooks.list", "webhooks")
        output.rows([{name: each[name] for name in LISTED} for each in found], as_json)


@webhook.command(epilog="Example: gatehouse webhook show $WEBHOOK")
@click.argument("webhook")
@output.as_json
def show(webhook: str, as_json: bool) -> None:
    """Look at one webhook."""
    with asking() as ask:
        output.row(ask("webhooks.get", webhook=webhook), as_json)


@webhook.command(epilog="Example: gatehouse webhook change $WEBHOOK --off")
@click.argument("webhook")
@click.option("--url", help="Another address.")
@click.option("-e", "--event", "events", multiple=True, help="Types of events, in place of all.")
@click.option("--on/--off", "active", default=None, help="Whether it is told anything.")
@click.option("--version", type=int, help="Only where nobody changed this version.")
@output.as_json
def change(
    webhook: str,
    url: str | None,
    events: tuple[str, ...],
    active: bool | None,
    version: int | None,
    as_json: bool,
) -> None:
    """Change where a webhook is, what it hears, or whether it hears anything."""
    with asking() as ask:
        made = ask(
            "webhooks.update",
            webhook=webhook,
            version=version or _version(ask, webhook),
            url=url,
            events=list(events) or None,
            active=active,
        )
    output.row(made, as_json)


@webhook.command(epilog="Example: gatehouse webhook renew $WEBHOOK")
@click.argument("webhook")
@output.as_json
def renew(webhook: str, as_json: bool) -> None:
    """Sign with a new secret from now on; it is shown once."""
    with asking() as ask:
        version = _version(ask, webhook)
        output.row(ask("webhooks.renew", webhook=webhook, version=version), as_json)


@webhook.command(epilog="Example: gatehouse webhook remove $WEBHOOK")
@click.argument("webhook")
def remove(webhook: str) -> None:
    """Forget a webhook; what still waits for it is not sent."""
    with asking() as ask:
        ask("webhooks.remove", webhook=webhook)


@webhook.command(epilog="Example: gatehouse webhook test $WEBHOOK")
@click.argument("webhook")
@output.as_json
def test(webhook: str, as_json: bool) -> None:
    """Send a `ping`, to see whether a webhook is heard; look at its deliveries then."""
    with asking() as ask:
        output.row(ask("webhooks.test", webhook=webhook), as_json)


@webhook.command(epilog="Example: gatehouse webhook deliveries $WEBHOOK")
@click.argument("webhook")
@click.option("--limit", default=20, show_default=True, help="How many, the newest first.")
@output.as_json
def deliveries(webhook: str, limit: int, as_json: bool) -> None:
    """List the last calls of a webhook, and what was answered."""
    with asking() as ask:
        found = ask("webhooks.deliveries", webhook=webhook, limit=limit)
    output.rows(found["deliveries"], as_json)


def _version(ask: Ask, webhook: str) -> int:
    version: int = ask("webhooks.get", webhook=webhook)["version"]
    return version
