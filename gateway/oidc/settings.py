"""What the provider is told when it is built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gateway.oidc.backchannel.settings import BackchannelSettings
from gateway.oidc.clients.policy import ClientPolicy
from gateway.oidc.device.settings import DeviceSettings
from gateway.oidc.keys.algorithms import ALGORITHMS

USUAL = ClientPolicy()
DEVICE = DeviceSettings()
BACKCHANNEL = BackchannelSettings()


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """The issuer and how long what it issues lives.

    Access tokens live as long as their client says. `refresh_idle` is the life of one refresh
    token, `refresh_absolute` that of the grant behind it, `message_token` that of a token for one
    message. `jwks_max_age` is how long anyone may
    cache the public documents; `algorithms` sign tokens; `acr_values` are the names that discovery
    announces; `clients` says who may become one without an operator. `require_pushed` takes
    requests by PAR alone; `client_certificates` tells that a trusted proxy hands them on.
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
