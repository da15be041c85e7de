"""The public documents over HTTP."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from gateway.oidc.documents import (
    DISCOVERY_PATH,
    JWKS_PATH,
    METADATA_PATH,
    Document,
    discovery,
    document,
    jwks_uri,
)
from gateway.oidc.keys.ring import jwks
from gateway.oidc.resources import rfc9396
from gateway.oidc.settings import ProviderSettings
from gateway.oidc.ssf import views as ssf
from store import Store


def routes(pages: Blueprint, settings: ProviderSettings, store: Store) -> None:
    """Add discovery, the metadata of the authorization server and transmitter, the JWK Set."""

    def openid_configuration() -> BaseResponse:
        with store.read() as tx:
            content = {**discovery(settings), **rfc9396.metadata(tx)}
        return _published(document(content, settings.jwks_max_age))

    def key_set() -> BaseResponse:
        return _published(document(jwks(store), settings.jwks_max_age))

    def transmitter() -> BaseResponse:
        content = ssf.configuration(settings.issuer, jwks_uri(settings))
        return _published(document(content, settings.jwks_max_age))

    for path in (DISCOVERY_PATH, METADATA_PATH):
        pages.add_url_rule(path, view_func=openid_configuration)
    pages.add_url_rule(ssf.CONFIGURATION_PATH, "ssf_configuration", view_func=transmitter)
    pages.add_url_rule(JWKS_PATH, "jwks", view_func=key_set)


def _published(found: Document) -> BaseResponse:
    return Response(found.body, headers=dict(found.headers)).make_conditional(request)
