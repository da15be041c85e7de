"""`max_age` is a number of seconds."""

from __future__ import annotations

import re

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest

SECONDS = re.compile(r"[0-9]{1,9}")


def check_max_age(asked: Asked) -> None:
    """Raise InvalidRequest for anything but a whole number of seconds, none below zero."""
    if asked.parameters["max_age"] and not SECONDS.fullmatch(asked.parameters["max_age"]):
        raise InvalidRequest("max_age must be a whole number of seconds.")
