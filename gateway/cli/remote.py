"""Asking a gateway elsewhere for operations, over its admin API."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import click

from contracts import errors
from contracts.errors import BadRequest, GatehouseError, Misconfigured, NotAuthenticated
from contracts.text import Text, as_it_is
from gateway.admin import openapi
from gateway.admin.api_client import resource
from gateway.admin.desk import read
from gateway.admin.opened import CALLS
from gateway.admin.operation import Operation
from gateway.cli.remote_login import log_in
from gateway.cli.remote_tokens import current
from gateway.outside import Answer

MAX_AGE = re.compile(r'error="insufficient_user_authentication".*max_age="(\d{1,6})"')
OLDER = Text("The gateway at %(issuer)s answers in another way: it is of another version.")
NO_OPERATION = Text("There is no operation %(name)s. See: gatehouse admin operations")
FRESH = Text(
    "This needs a login that is new. Run: gatehouse admin login %(issuer)s --max-age %(seconds)s"
)


def catalogue() -> dict[str, Operation]:
    """Return every operation there is, by name."""
    return openapi.catalogue(CALLS)


def operation(name: str) -> Operation:
    """Return an operation. Raises BadRequest where there is none."""
    found = catalogue().get(name)
    if found is None:
        raise BadRequest(Text(NO_OPERATION.message, {"name": name}))
    return found


def ask(issuer: str, name: str, taken: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for an operation there. Raises what it raises, and NotAuthenticated, Unavailable."""
    found = operation(name)
    members = read(found.takes, taken).model_dump(mode="json", exclude_unset=True)
    answer = _send(issuer, found, members)
    if asked := MAX_AGE.search(answer.fields.get("www-authenticate", "")):
        _log_in_again(issuer, int(asked[1]))
        answer = _send(issuer, found, members)
    if not answer.taken:
        raise _error(answer)
    try:
        return found.gives.model_validate_json(answer.content).model_dump()
    except ValueError as error:
        raise Misconfigured(Text(OLDER.message, {"issuer": issuer})) from error


def _send(issuer: str, found: Operation, members: dict[str, Any]) -> Answer:
    session, prover = current(issuer)
    inside = {name: quote(str(members.pop(name)), safe="") for name in found.in_path}
    url = resource(issuer) + found.said.path.format(**inside)
    members.update()
    content, fields = None, {"Accept": "application/json"}
    if found.in_body:
        content, fields["Content-Type"] = json.dumps(members).encode(), "application/json"
    elif members:
        url += f"?{urlencode(_plain(members), doseq=True)}"
    return prover.send(found.said.method, url, content, fields, session.access_token)


def _plain(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a query: what is not said is left out."""
    told = {name: value for name, value in members.items() if value is not None}
    return {n: str(v).lower() if isinstance(v, bool) else v for n, v in told.items()}


def _log_in_again(issuer: str, max_age: int) -> None:
    if not sys.stderr.isatty():
        values: dict[str, str | int] = {"issuer": issuer, "seconds": max_age}
        raise NotAuthenticated(Text(FRESH.message, values))
    log_in(issuer, show, max_age=max_age)


def show(address: str) -> None:
    """Say which address to open, beside what a script may read."""
    click.echo(f"Open this address and log in with your passkey:\n\n{address}\n", err=True)


def _error(answer: Answer) -> GatehouseError:
    """Return the error of ours that the answer is, in its own words."""
    try:
        said = json.loads(answer.content)
        code, words = str(said["error"]), str(said["error_description"])
    except (ValueError, KeyError, TypeError):
        code, words = "", f"The gateway answered {answer.status}."
    known = {kind.code: kind for kind in KINDS}
    kind = known.get(code, GatehouseError)
    return kind(as_it_is(words))


KINDS: tuple[type[GatehouseError], ...] = (
    errors.BadRequest,
    errors.Conflict,
    errors.Expired,
    errors.NotAllowed,
    errors.NotAuthenticated,
    errors.TooLarge,
    errors.TooMany,
    errors.Unavailable,
)
"""What an operation can raise."""
