"""A backchannel authentication request that has passed every check."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.wish import Wish, members
from gateway.oidc.backchannel.checks import CHECKS, pinged

NUMBERS = range(10, 100)
CHOICES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticationRequest(Wish):
    """What is asked for, and what ties the place where it is asked to the person's phone.

    The client shows `number`, the phone offers `choices`: who cannot see the client cannot choose.
    `auth_req_id` and `client_notification_token` are kept for clients that are pinged alone.
    """

    binding_message: str
    number: str
    choices: tuple[str, ...]
    auth_req_id: str = field(default="", repr=False)
    client_notification_token: str = field(default="", repr=False)


def checked(asked: Asked, auth_req_id: str) -> AuthenticationRequest:
    """Make every check and draw the number. Raises AuthorizationError."""
    for check in CHECKS:
        check(asked)
    choices = drawn()
    ping = pinged(asked.client)
    return AuthenticationRequest(
        **members(asked),
        binding_message=asked.parameters["binding_message"],
        number=secrets.choice(choices),
        choices=choices,
        auth_req_id=auth_req_id if ping else "",
        client_notification_token=asked.parameters["client_notification_token"] if ping else "",
    )


def drawn() -> tuple[str, ...]:
    """Draw numbers of two digits, each another, in random order."""
    return tuple(str(number) for number in secrets.SystemRandom().sample(NUMBERS, CHOICES))
