"""How the answers in chats are put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from flask import Blueprint

from contracts.errors import Unavailable
from contracts.listening import Decoding
from enrollment.ceremonies import Ceremonies
from gateway.login.elsewhere import FACTOR
from gateway.login.room import limits
from gateway.login.service import LoginService
from gateway.login.visitor import BrowserVisitor
from gateway.oidc.token.server import AuthorizationServer
from gateway.parts import Parts
from gateway.settings import Settings
from gateway.voice_notes import account_views, endpoint, pages
from gateway.voice_notes.answering import Answering
from gateway.voice_notes.answering import Parts as AnsweringParts
from gateway.voice_notes.calls import Bounds, Calling
from gateway.voice_notes.consent import ChatConsents
from gateway.voice_notes.offering import Offering


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The rooms that it stands between."""

    ceremonies: Ceremonies
    logins: LoginService
    visitor: BrowserVisitor
    server: AuthorizationServer


def blueprints(parts: Parts, near: Neighbours) -> Iterator[Blueprint]:
    """Build the pages and the endpoint."""
    store, clock = parts.store, parts.clock
    consents = ChatConsents(store)
    yield pages.blueprint(Offering(store, clock, near.logins, consents), parts.browser)
    yield account_views.blueprint(account_views.Parts(consents, near.visitor))
    yield endpoint.blueprint(_endpoint(parts, near))


def _endpoint(parts: Parts, near: Neighbours) -> endpoint.Parts:
    settings, store, factor = parts.settings, parts.store, parts.known_factors.get(FACTOR)
    decode = partial(parts.infer, factor.decodes) if isinstance(factor, Decoding) else _undecoded
    common = AnsweringParts(
        *(store, parts.clock, decode, near.ceremonies, limits(parts)),
        failures_per_login=settings.failures_per_login,
    )
    answering = Answering(common)
    calling = Calling(common, answering, factor, _bounds(settings))
    return endpoint.Parts(answering, calling, near.server, store)


def _undecoded(audio: bytes) -> bytes:
    raise Unavailable(detail=f"nothing here decodes {len(audio)} bytes of a recording")


def _bounds(settings: Settings) -> Bounds:
    return Bounds(
        idle=settings.span("voice_call_idle"),
        segments=settings.voice_call_segments,
        per_minute=settings.voice_call_segments_per_minute,
        fresh=settings.span("biometric_fresh"),
        biometric_failures=settings.biometric_failures,
    )
