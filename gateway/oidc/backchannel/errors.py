"""What a backchannel authentication request can be refused for (CIBA Core 1.0, section 13)."""

from __future__ import annotations

from gateway.oidc.authorize.errors import AuthorizationError


class InvalidBindingMessage(AuthorizationError):
    """The message cannot be shown to a person as it is."""

    error = "invalid_binding_message"
