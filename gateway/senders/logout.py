"""Back-channel logout: a logout token to each client (Back-Channel Logout 1.0, section 2.5)."""

from __future__ import annotations

from urllib.parse import urlencode

from contracts.clock import Clock
from contracts.errors import BadRequest, Unavailable
from gateway.keeper import make_keeper
from gateway.oidc.clients.subject import Subjects
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.logout.token import LogoutTokens
from gateway.senders.caller import FORM, Caller
from gateway.settings import Settings
from store import Store

HEARD = {200, 204}


class LogoutSender:
    """Signs a logout token when it is sent, so that one sent again is not an old one."""

    def __init__(self, store: Store, tokens: LogoutTokens, caller: Caller) -> None:
        self._store = store
        self._tokens = tokens
        self._caller = caller

    def send(self, client_id: str, account_id: str, sid: str) -> None:
        """Tell a client; nobody where it is gone or has no back channel any more.

        Raises BadRequest where it refuses (400), and Unavailable for any other answer.
        """
        with self._store.read() as tx:
            client = tx.clients.get(client_id)
        if client is None or not client.metadata.backchannel_logout_uri:
            return
        token = self._tokens.sign(client, account_id, sid)
        content = urlencode({"logout_token": token}).encode()
        url = client.metadata.backchannel_logout_uri
        status = self._caller.post(client, url, content, {"Content-Type": FORM})
        if status == 400:
            raise BadRequest(detail=f"{client_id} refused the logout token")
        if status not in HEARD:
            raise Unavailable(detail=f"{client_id} answered {status}")


def make_logout_sender(store: Store, settings: Settings, clock: Clock) -> LogoutSender:
    """Build the sender of these settings."""
    keys = KeyRing(store, clock, make_keeper(settings))
    tokens = LogoutTokens(settings.issuer, keys, clock, Subjects(store.vault))
    return LogoutSender(store, tokens, Caller())
