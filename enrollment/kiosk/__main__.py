"""`python -m enrollment.kiosk [pair]`; the pairing code comes on standard input."""

from __future__ import annotations

import sys

import click

from contracts.errors import GatehouseError, Misconfigured
from enrollment.kiosk import server, settings


@click.group(invoke_without_command=True, epilog="Example: gatehouse kiosk")
@click.pass_context
def kiosk(context: click.Context) -> None:
    """Serve the kiosk's page on this machine."""
    if context.invoked_subcommand is None:
        server.run(settings.load(), _announce)


@kiosk.command(epilog="Example: gatehouse kiosk pair < code.txt")
def pair() -> None:
    """Pair this kiosk with the code of `gatehouse station add`."""
    code = sys.stdin.readline()
    paired = server.pair(settings.load(), code)
    click.echo(f"Paired as {paired.name}.")


def _announce(address: str) -> None:
    click.echo(f"Kiosk on {address}, Ctrl-C ends it.", err=True)


def main() -> int:
    """Run one command; an error of the house is one line and an exit code."""
    try:
        kiosk.main(standalone_mode=False, prog_name="python -m enrollment.kiosk")
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except GatehouseError as error:
        told = error.public is not type(error).public
        click.echo(error.public if told or not error.detail else error.detail, err=True)
        return 2 if isinstance(error, Misconfigured) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
