"""The grant of Client-Initiated Backchannel Authentication (CIBA Core 1.0, section 10.1)."""

from __future__ import annotations

from collections.abc import Callable

from gateway.oidc.clients import ciba
from gateway.oidc.clients.registered import CONFIDENTIAL
from gateway.oidc.token.grants.polled import PolledGrant
from store import Transaction
from store.polled import Poll


class BackchannelGrant(PolledGrant):
    """Polled by a backend that has asked for a person."""

    GRANT_TYPE = ciba.GRANT_TYPE
    PARAMETER = "auth_req_id"
    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL

    def polling(self, presented: str, client_id: str) -> Callable[[Transaction], Poll]:
        """Return the poll of an authentication request."""
        return lambda tx: tx.backchannel_requests.poll(presented, client_id)
