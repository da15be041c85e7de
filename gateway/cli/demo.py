"""`gatehouse demo`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from gateway.demo.run import run


@click.command(epilog="Example: gatehouse demo --port 8080")
@click.option("--port", type=click.IntRange(1, 65533), default=8080, show_default=True)
def demo(port: int) -> None:
    """Run the gateway, a demo chatbot on the next port and an outbox page on the one after.

    People, clients and their secrets are made at the first run and kept; they are written to
    demo.json in the data folder once everything is ready. Needs a clone of the repository.
    """
    run(port, _announce)


def _announce(content: Mapping[str, Any]) -> None:
    """Print where everything is and who may log in."""
    table = Table.grid(padding=(0, 2))
    for name in ("chatbot", "issuer", "outbox"):
        table.add_row(NAMES[name], f"[bold]{content[name]}[/bold]")
    if content["setup"]:
        table.add_row("First admin (once)", content["setup"])
    for user in content["users"]:
        extra = f"  authenticator secret {user['totp_secret']}" if "totp_secret" in user else ""
        table.add_row(user["username"], f"{user['password']}{extra}")
    console = Console(width=None if Console().is_terminal else 120)
    console.print(Panel(table, title="Gatehouse demo", subtitle="Ctrl-C ends it", expand=False))


NAMES = {"chatbot": "Chatbot (begin here)", "issuer": "Gateway", "outbox": "Outbox (codes sent)"}
