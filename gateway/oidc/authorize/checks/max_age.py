"""`max_age` is a number of seconds."""

from __future__ import annotations

import re

from gateway.oidc.authorize.errors import InvalidRequest
from gateway.oidc.authorize.parameters import Parameters
from store.clients import Client

SECONDS = re.compile(r"[0-9]{1,9}")


def check_max_age(parameters: Parameters, client: Client) -> None:  # noqa: ARG001
    """Raise InvalidRequest for anything but a whole number of seconds, none below zero."""
    if parameters["max_age"] and not SECONDS.fullmatch(parameters["max_age"]):
        raise InvalidRequest("max_age must be a whole number of seconds.")
