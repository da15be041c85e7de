"""Every check of a backchannel authentication request, in order (CIBA Core 1.0, section 7.1)."""

from __future__ import annotations

import re
from collections.abc import Callable

from gateway.oidc.authorize import wish
from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest, InvalidScope
from gateway.oidc.backchannel.errors import InvalidBindingMessage
from gateway.oidc.clients.ciba import PING
from gateway.oidc.clients.registered import narrowed
from gateway.oidc.resources.visible import pieces
from store.clients import Client

HINTS = ("login_hint", "login_hint_token", "id_token_hint")
LONGEST_HINT = 255
LONGEST_MESSAGE = 100
"""Characters of a message that is read on one device and compared with another."""

EXPIRY = re.compile(r"0*[1-9][0-9]{0,5}")
BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")
LONGEST_TOKEN = 1024


def check_unsigned(asked: Asked) -> None:
    """Refuse signed authentication requests, which are not taken here (section 7.1.1)."""
    if asked.parameters["request"]:
        raise InvalidRequest("Signed authentication requests are not supported.")


def check_openid(asked: Asked) -> None:
    """Raise InvalidScope without `openid`: it is authentication that is asked for."""
    if "openid" not in narrowed(asked.parameters["scope"], asked.client.scope).split():
        raise InvalidScope("scope must contain openid.")


def check_one_hint(asked: Asked) -> None:
    """Raise InvalidRequest unless the person is hinted at in exactly one way."""
    given = [name for name in HINTS if asked.parameters[name]]
    if len(given) != 1:
        raise InvalidRequest("Send exactly one of login_hint and id_token_hint.")
    if given == ["login_hint_token"]:
        raise InvalidRequest("login_hint_token is not supported.")
    if len(asked.parameters["login_hint"]) > LONGEST_HINT:
        raise InvalidRequest("login_hint is longer than 255 characters.")


def check_binding_message(asked: Asked) -> None:
    """Raise InvalidBindingMessage for what a person cannot see, or has no time to compare."""
    message = asked.parameters["binding_message"]
    if len(message) > LONGEST_MESSAGE:
        raise InvalidBindingMessage("binding_message is longer than 100 characters.")
    if not message.isprintable() or any(piece.unseen for piece in pieces(message)):
        raise InvalidBindingMessage("binding_message holds characters that are not seen.")


def check_requested_expiry(asked: Asked) -> None:
    """Raise InvalidRequest for anything but a positive integer."""
    sent = asked.parameters["requested_expiry"]
    if sent and not EXPIRY.fullmatch(sent):
        raise InvalidRequest("requested_expiry must be a positive number of seconds.")


def check_client_notification_token(asked: Asked) -> None:
    """Raise InvalidRequest where a ping could not be authenticated (RFC 6750, section 2.1)."""
    if not pinged(asked.client):
        return
    token = asked.parameters["client_notification_token"]
    if len(token) > LONGEST_TOKEN or not BEARER.fullmatch(token):
        raise InvalidRequest("client_notification_token must be a bearer token.")


CHECKS: tuple[Callable[[Asked], None], ...] = (
    check_unsigned,
    check_openid,
    check_one_hint,
    check_binding_message,
    check_requested_expiry,
    check_client_notification_token,
    *wish.CHECKS,
)


def pinged(client: Client) -> bool:
    """Tell whether a client is told when a person has decided."""
    return client.metadata.backchannel_token_delivery_mode == PING
