"""The command line; what a command needs is imported when it is called, so that help is quick."""

from __future__ import annotations

from importlib import import_module

import click

from contracts.errors import GatehouseError, Misconfigured
from gateway import memory

COMMANDS = {
    "serve": "Run the gateway: web workers, inference pool and outbox.",
    "demo": "Run the gateway with a demo chatbot and an outbox page.",
    "migrate": "Bring the database to this version's schema.",
    "backup": "Copies of the database and the keystore, and putting them back.",
    "admin": "Operations by name, here or at another gateway, and the first admin.",
    "user": "Accounts of people.",
    "client": "Chatbots and backends that may ask for tokens.",
    "resource": "APIs and tools that tokens can be meant for.",
    "audit": "The audit trail: what happened, and whether anybody changed it.",
    "privacy": "What is kept of people, what they agreed to, proofs of erasure.",
    "biometrics": "How often captures can be used, and people be enrolled.",
    "templates": "What is kept of people's voices, changed without them.",
    "retention": "What is kept too long, and having it deleted.",
    "policy": "Settings that admins set: factors, lifetimes, limits.",
    "branding": "Names, logos, colours and words that people see.",
    "keys": "The keys that sign tokens.",
    "passkeys": "What is known of the models of passkeys.",
    "recovery": "Recoveries of accounts that their owner cannot log in to.",
    "operator": "People who run the house, each with one role.",
    "webhook": "Services that are told of what happens.",
    "stream": "Event streams of clients that hear of what happens (Shared Signals).",
    "ticket": "One-time tickets to enrol at a kiosk or at home.",
    "station": "Kiosks that may upload captures.",
    "kiosk": "Run the kiosk's capture page on this machine.",
    "devices": "Sensors on this machine.",
    "models": "The models that biometric factors need.",
    "evaluate": "Measure how well a biometric factor recognises people.",
}
"""Each lives in the module of its name, as an attribute of its name."""


class Refused(click.ClickException):
    """An error of the house as one line on standard error."""

    def __init__(self, error: GatehouseError) -> None:
        told = error.public is not type(error).public
        super().__init__(str(error.public) if told or not error.detail else error.detail)


class Stopped(Refused):
    """The operator must change something first."""

    exit_code = 2


class Commands(click.Group):
    """Knows the commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"gateway.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the commands into the help, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; the only place where an error of the house becomes an exit code."""
        memory.spare()
        try:
            return super().invoke(ctx)
        except Misconfigured as error:
            raise Stopped(error) from error
        except GatehouseError as error:
            raise Refused(error) from error


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: gatehouse user add alice --email alice@example.org --password-stdin",
)
@click.version_option(package_name="gatehouse")
def main() -> None:
    """Gatehouse, an authentication gateway for chatbots.

    Settings come from environment variables, GATEHOUSE_*; secrets are read from standard input.
    """
