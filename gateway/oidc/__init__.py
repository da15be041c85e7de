"""The OpenID Provider. It hears who, acr, amr and when, and knows of no factor."""

from gateway.oidc.blueprint import MACHINES, blueprint
from gateway.oidc.clients.policy import ClientPolicy
from gateway.oidc.documents import Document, discovery, document
from gateway.oidc.issued.standing import Standing
from gateway.oidc.keys.ring import KeyRing, jwks
from gateway.oidc.keys.rotation import ensure, rotate
from gateway.oidc.ports import Authentication
from gateway.oidc.provider import Provider, provider
from gateway.oidc.settings import BackchannelSettings, DeviceSettings, ProviderSettings

__all__ = [
    "MACHINES",
    "Authentication",
    "BackchannelSettings",
    "ClientPolicy",
    "DeviceSettings",
    "Document",
    "KeyRing",
    "Provider",
    "ProviderSettings",
    "Standing",
    "blueprint",
    "discovery",
    "document",
    "ensure",
    "jwks",
    "provider",
    "rotate",
]
