"""The device authorization grant (RFC 8628, section 3.4)."""

from __future__ import annotations

from collections.abc import Callable

from gateway.oidc.token.grants.polled import PolledGrant
from store import Transaction
from store.polled import Poll


class DeviceCodeGrant(PolledGrant):
    """Polled by a device that cannot show a browser."""

    GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
    PARAMETER = "device_code"

    def polling(self, presented: str, client_id: str) -> Callable[[Transaction], Poll]:
        """Return the poll of a device code."""
        return lambda tx: tx.device_codes.poll(presented, client_id)
