"""What a receiver says of its stream, and what it is told of it (Shared Signals 1.0, 8.1.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.oidc.fetching.target import NotATarget, receiving
from gateway.oidc.ssf.events import SUPPORTED
from gateway.oidc.ssf.refused import Malformed
from store.streams import POLL, PUSH, Stream, Wanted

MOST_EVENTS = 50
LONGEST_URI = 255
LONGEST_DESCRIPTION = 255
LONGEST_AUTHORIZATION = 2048
VERIFICATION_SECONDS = 10
"""What must pass between two requests for verification."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is ours to say of streams: the issuer, where they are polled, and the gateway's state.

    `on_trial`, a receiver may be reached by http on this very machine.
    """

    issuer: str
    polling: str
    on_trial: bool

    def shown(self, stream: Stream) -> dict[str, Any]:
        """Return the configuration of a stream."""
        requested = list(stream.events_requested)
        return {
            "stream_id": stream.id,
            "iss": self.issuer,
            "aud": stream.client_id,
            "events_supported": list(SUPPORTED),
            "events_requested": requested,
            "events_delivered": delivered(requested),
            "delivery": self._delivery(stream),
            "min_verification_interval": VERIFICATION_SECONDS,
            **({"description": stream.description} if stream.description else {}),
        }

    def wanted(self, sent: Mapping[str, Any], stream: Stream | None = None) -> Wanted:
        """Read what a receiver wants, of a new stream or in place of all that it said of one.

        Raises Malformed.
        """
        method, url, authorization = self._read_delivery(sent.get("delivery"), stream)
        return Wanted(
            method=method,
            endpoint_url=url,
            authorization=authorization,
            events_requested=_events(sent.get("events_requested", [])),
            description=_description(sent.get("description", "")),
        )

    def changed(self, sent: Mapping[str, Any], stream: Stream) -> Wanted:
        """Read what a receiver wants to be otherwise; what it leaves out stays."""
        kept = {
            "delivery": self._delivery(stream),
            "events_requested": list(stream.events_requested),
            "description": stream.description,
        }
        return self.wanted({**kept, **sent}, stream)

    def check_ours(self, sent: Mapping[str, Any], stream: Stream) -> None:
        """Raise Malformed where what is ours to say is said otherwise."""
        shown = self.shown(stream)
        ours = ("iss", "aud", "events_supported", "events_delivered", "min_verification_interval")
        for name in ours:
            if name in sent and sent[name] != shown[name]:
                raise Malformed(f"{name}: this is not what it is")

    def _delivery(self, stream: Stream) -> dict[str, str]:
        if stream.method == POLL:
            return {"method": POLL, "endpoint_url": f"{self.polling}/{stream.id}"}
        shown = {"method": PUSH, "endpoint_url": stream.endpoint_url}
        secret = stream.authorization
        return {**shown, **({"authorization_header": secret} if secret else {})}

    def _read_delivery(self, sent: object, stream: Stream | None) -> tuple[str, str, str | None]:
        delivery = {"method": POLL} if sent is None else sent
        if not isinstance(delivery, dict):
            raise Malformed("delivery: an object")
        if delivery.get("method") == POLL:
            return POLL, self._polled(delivery, stream), None
        if delivery.get("method") != PUSH:
            raise Malformed(f"delivery.method: {PUSH} or {POLL}")
        return PUSH, self._pushed(delivery), _authorization(delivery)

    def _polled(self, delivery: Mapping[str, Any], stream: Stream | None) -> str:
        """Return nothing: where a stream is polled is ours to say."""
        said = delivery.get("endpoint_url")
        if said is not None and (stream is None or said != f"{self.polling}/{stream.id}"):
            raise Malformed("delivery.endpoint_url: this is ours to say for polling")
        return ""

    def _pushed(self, delivery: Mapping[str, Any]) -> str:
        url = delivery.get("endpoint_url")
        if not isinstance(url, str):
            raise Malformed("delivery.endpoint_url: an address")
        try:
            receiving(url, on_trial=self.on_trial)
        except NotATarget as error:
            raise Malformed(f"delivery.endpoint_url: {error}") from error
        return url


def delivered(requested: Sequence[str]) -> list[str]:
    """Return what of it is told; what is not understood is ignored."""
    return [uri for uri in SUPPORTED if uri in requested]


def _events(sent: object) -> tuple[str, ...]:
    listed = isinstance(sent, list) and len(sent) <= MOST_EVENTS
    if not isinstance(sent, list) or not listed:
        raise Malformed("events_requested: an array of event types")
    if not all(isinstance(uri, str) and 0 < len(uri) <= LONGEST_URI for uri in sent):
        raise Malformed("events_requested: event types are URIs")
    return tuple(dict.fromkeys(sent))


def _description(sent: object) -> str:
    if not isinstance(sent, str):
        raise Malformed("description: a text")
    return sent[:LONGEST_DESCRIPTION]


def _authorization(delivery: Mapping[str, Any]) -> str | None:
    said = delivery.get("authorization_header")
    if said is None:
        return None
    fit = isinstance(said, str) and said.isascii() and said.isprintable()
    if not fit or not 0 < len(said) <= LONGEST_AUTHORIZATION:
        raise Malformed("delivery.authorization_header: the value of a header field")
    return str(said)
