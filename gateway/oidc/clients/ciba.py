"""What a client must have registered for CIBA (CIBA Core 1.0, section 4)."""

from __future__ import annotations

from contracts.text import Text
from gateway.oidc.clients.redirect_uris import is_web
from store.client_metadata import ClientMetadata

GRANT_TYPE = "urn:openid:params:grant-type:ciba"
POLL, PING = "poll", "ping"
MODES = (POLL, PING)
"""Tokens are not pushed: what is pushed, nobody has proven a key for (section 5)."""

PUBLIC = Text("A public client cannot ask for people elsewhere: it has to authenticate.")
MODE = Text("A client of CIBA polls or is pinged: say which.")
ENDPOINT = Text("A client that is pinged needs an endpoint for it: https, or http on localhost.")


def unfit(metadata: ClientMetadata, *, public: bool) -> Text | None:
    """Return what is wrong with what a client says of CIBA; nothing where it says nothing."""
    mode = metadata.backchannel_token_delivery_mode
    if GRANT_TYPE not in metadata.grant_types:
        return MODE if mode else None
    if public:
        return PUBLIC
    if not mode:
        return MODE
    endpoint = metadata.backchannel_client_notification_endpoint
    return ENDPOINT if mode == PING and not is_web(endpoint) else None
