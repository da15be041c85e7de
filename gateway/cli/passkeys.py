"""`gatehouse passkeys`: what is known of the models of authenticators."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, BinaryIO

import click

from gateway.cli import output

if TYPE_CHECKING:
    from gateway.passkeys.updates import Known, Updates

READ = click.File("rb")


@click.group(epilog="Example: gatehouse passkeys show")
def passkeys() -> None:
    """What is known of the models of passkeys."""


@passkeys.group("mds", epilog="Example: gatehouse passkeys mds update blob.jwt --root root.pem")
def mds() -> None:
    """The metadata service of the FIDO Alliance, from a file."""


@mds.command("update", epilog="Example: gatehouse passkeys mds update blob.jwt --root root.pem")
@click.argument("file", type=READ)
@click.option("--root", type=READ, required=True, help="PEM file of the root that is trusted.")
@click.option("--host", default="mds.fidoalliance.org", help="Host that signs the file.")
@output.as_json
def update(file: BinaryIO, root: BinaryIO, host: str, as_json: bool) -> None:
    """Verify a metadata blob and keep what it says of FIDO2 models; nothing is fetched.

    The signer's certificate must be HOST's, under the root. An older blob than the last is refused.
    """
    from gateway.passkeys.blob import LARGEST, Trust, read_roots  # noqa: PLC0415  # help is quick

    trust = Trust(read_roots(root.read()), host)
    _show(_updates().blob(file.read(LARGEST), trust), as_json)


@passkeys.group("names", epilog="Example: gatehouse passkeys names update names.json")
def names() -> None:
    """Names of the providers that the metadata service does not know."""


@names.command("update", epilog="Example: gatehouse passkeys names update names.json")
@click.argument("file", type=READ)
@output.as_json
def update_names(file: BinaryIO, as_json: bool) -> None:
    """Take over a JSON file of names by AAGUID, in place of the last."""
    _show(_updates().names(file.read()), as_json)


@passkeys.command("show", epilog="Example: gatehouse passkeys show --json")
@output.as_json
def show(as_json: bool) -> None:
    """Show which edition is here and whether the next is overdue."""
    _show(_updates().known(), as_json)


def _updates() -> Updates:
    from contracts.clock import SystemClock  # noqa: PLC0415
    from gateway.passkeys.updates import Updates  # noqa: PLC0415
    from verifiers.webauthn.settings import WebauthnSettings  # noqa: PLC0415

    return Updates(WebauthnSettings.load(), SystemClock())


def _show(known: Known, as_json: bool) -> None:
    output.rows([asdict(known)], as_json)
    if known.overdue:
        click.echo(f"The next edition was due on {known.next_update}.", err=True)
