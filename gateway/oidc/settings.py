"""What the provider is told when it is built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gateway.oidc.clients.policy import ClientPolicy
from gateway.oidc.keys.algorithms import ALGORITHMS


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """How long a device's codes live, and how often people may mistype them.

    `limited` says whether entries are counted; a browser's window is the life of a code.
    """

    lifetime: timedelta = timedelta(minutes=10)
    limited: bool = True
    per_browser: int = 5
    per_source: int = 100
    per_hour: int = 1000


@dataclass(frozen=True, slots=True)
class BackchannelSettings:
    """How long backends may wait for people, and how often they may ask.

    `longest` bounds what a client may ask for; `silence` follows a refusal.
    """

    lifetime: timedelta = timedelta(minutes=2)
    longest: timedelta = timedelta(minutes=5)
    silence: timedelta = timedelta(minutes=10)
    per_hour: int = 10
    switching_fresh: timedelta = timedelta(minutes=15)


USUAL = ClientPolicy()
DEVICE = DeviceSettings()
BACKCHANNEL = BackchannelSettings()


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """The issuer and how long what it issues lives.

    Access tokens live as long as their client says. `refresh_idle` is the life of one refresh
    token, `refresh_absolute` that of the grant behind it, `message_token` that of a token for one
    message. `jwks_max_age` is how long anyone may cache the public documents; `algorithms` sign
    tokens; `acr_values` are the names that discovery announces; `clients` says who may become one
    without an operator. `require_pushed` takes requests by PAR alone; `client_certificates` tells
    that a trusted proxy hands them on.
    """

    issuer: str
    code_lifetime: timedelta
    id_token_lifetime: timedelta
    refresh_idle: timedelta
    refresh_absolute: timedelta
    interaction_lifetime: timedelta
    message_token: timedelta = timedelta(seconds=60)
    jwks_max_age: timedelta = timedelta(minutes=5)
    algorithms: tuple[str, ...] = ALGORITHMS
    acr_values: tuple[str, ...] = ()
    dpop_nonce_required: bool = False
    clients: ClientPolicy = USUAL
    device: DeviceSettings = DEVICE
    backchannel: BackchannelSettings = BACKCHANNEL
    require_pushed: bool = False
    client_certificates: bool = False
