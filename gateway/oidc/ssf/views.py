"""The transmitter over HTTP: its configuration, the management of streams, polling."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request

from contracts.errors import TooLarge
from gateway.oidc import strict_json
from gateway.oidc.refusals import referred
from gateway.oidc.ssf.authority import MANAGE, READ, Authority
from gateway.oidc.ssf.refused import Malformed, Refused
from gateway.oidc.ssf.rfc8936 import Poll, Polling
from gateway.oidc.ssf.streams import Streams
from store import Client
from store.streams import POLL, PUSH

CONFIGURATION_PATH = "/.well-known/ssf-configuration"
BASE = "/ssf"
STREAM, STATUS, VERIFY = f"{BASE}/stream", f"{BASE}/status", f"{BASE}/verify"
ADD, REMOVE = f"{BASE}/subjects:add", f"{BASE}/subjects:remove"
POLLED = f"{BASE}/poll"
BYTES = 64 * 1024

MACHINES = frozenset(
    {
        *("oidc.ssf_create", "oidc.ssf_update", "oidc.ssf_replace", "oidc.ssf_remove"),
        *("oidc.ssf_set_status", "oidc.ssf_add_subject", "oidc.ssf_remove_subject"),
        *("oidc.ssf_verify", "oidc.ssf_poll"),
    }
)
"""Endpoints that receivers call with their access tokens."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What the endpoints call."""

    authority: Authority
    streams: Streams
    polling: Polling


def configuration(issuer: str, jwks_uri: str) -> dict[str, Any]:
    """Return the metadata of the transmitter (Shared Signals 1.0, section 7.1)."""
    base = issuer.rstrip("/")
    return {
        "spec_version": "1_0",
        "issuer": issuer,
        "jwks_uri": jwks_uri,
        "delivery_methods_supported": [PUSH, POLL],
        "configuration_endpoint": base + STREAM,
        "status_endpoint": base + STATUS,
        "add_subject_endpoint": base + ADD,
        "remove_subject_endpoint": base + REMOVE,
        "verification_endpoint": base + VERIFY,
        "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:6749"}],
        "default_subjects": "ALL",
    }


def routes(pages: Blueprint, signals: Signals) -> None:
    """Add the endpoints of the management of streams, and that which is polled."""
    views = Views(signals)
    for path, method, name, view in (
        (STREAM, "POST", "create", views.create),
        (STREAM, "GET", "read", views.read),
        (STREAM, "PATCH", "update", views.update),
        (STREAM, "PUT", "replace", views.replace),
        (STREAM, "DELETE", "remove", views.remove),
        (STATUS, "GET", "status", views.status),
        (STATUS, "POST", "set_status", views.set_status),
        (ADD, "POST", "add_subject", views.add_subject),
        (REMOVE, "POST", "remove_subject", views.remove_subject),
        (VERIFY, "POST", "verify", views.verify),
        (f"{POLLED}/<stream_id>", "POST", "poll", views.poll),
    ):
        pages.add_url_rule(path, f"ssf_{name}", view, methods=[method])


class Views:
    """The endpoints; each acts for the client whose token was shown."""

    def __init__(self, signals: Signals) -> None:
        self._authority = signals.authority
        self._streams = signals.streams
        self._polling = signals.polling

    def create(self) -> Response:
        """Make a stream."""
        return self._answered(MANAGE, lambda who: self._streams.create(who, _sent()), 201)

    def read(self) -> Response:
        """Show a stream, or all."""
        return self._answered(READ, lambda who: self._streams.read(who, _named()))

    def update(self) -> Response:
        """Change some of a stream."""
        change = self._streams.update
        return self._answered(MANAGE, lambda who: change(who, _sent(), whole=False))

    def replace(self) -> Response:
        """Change all of a stream."""
        change = self._streams.update
        return self._answered(MANAGE, lambda who: change(who, _sent(), whole=True))

    def remove(self) -> Response:
        """Forget a stream."""
        return self._answered(MANAGE, lambda who: self._streams.remove(who, _named()), 204)

    def status(self) -> Response:
        """Show whether a stream flows."""
        return self._answered(READ, lambda who: self._streams.status(who, _named()))

    def set_status(self) -> Response:
        """Let a stream flow or not."""
        return self._answered(MANAGE, lambda who: self._streams.set_status(who, _sent()))

    def add_subject(self) -> Response:
        """Tell of somebody again."""
        return self._answered(MANAGE, lambda who: self._streams.add_subject(who, _sent()))

    def remove_subject(self) -> Response:
        """Tell nothing more of somebody."""
        remove = self._streams.remove_subject
        return self._answered(MANAGE, lambda who: remove(who, _sent()), 204)

    def verify(self) -> Response:
        """Send a verification event."""
        return self._answered(MANAGE, lambda who: self._streams.verify(who, _sent()), 204)

    def poll(self, stream_id: str) -> Response:
        """Hand out what waits."""
        answer = self._polling.answer
        return self._answered(READ, lambda who: answer(who, stream_id, Poll.read(_sent())))

    def _answered(self, scope: str, call: Callable[[Client], Any], status: int = 200) -> Response:
        client = self._authority.client(request, scope)
        if isinstance(client, Response):
            return client
        try:
            found = call(client)
        except Refused as error:
            return _refused(error)
        # Flask would sort what is polled, which is told in its order.
        body = b"" if found is None else json.dumps(found).encode()
        return Response(body, status, mimetype="application/json")


def _named() -> str | None:
    return request.args.get("stream_id")


def _sent() -> dict[str, Any]:
    """Return the body. Raises Malformed and TooLarge."""
    if (request.content_length or 0) > BYTES or len(request.get_data()) > BYTES:
        raise TooLarge
    try:
        return strict_json.parse_object(request.get_data() or b"{}")
    except ValueError as error:
        raise Malformed(f"The body: {error}") from error


def _refused(error: Refused) -> Response:
    response = jsonify(err=error.err, description=error.description)
    response.status_code = error.status
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return referred(response, error.err, error.description)
