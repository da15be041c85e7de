"""What clients get that no operator registered, and whether they get anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Registration = Literal["closed", "token", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPolicy:
    """Who may become a client by itself, and as what.

    `registration` (RFC 7591) is open to nobody, to whoever holds an initial access token, or to
    all. `documents` (Client ID Metadata Documents) is `on`, `off` or the hosts that are trusted.
    `loopback` fetches documents from this machine as well. A gateway `on_trial` runs on the machine
    of whoever tries it out, and learns of the resources there from themselves.
    """

    registration: Registration = "token"
    registrations_per_hour: int = 100
    documents: str = "on"
    loopback: bool = False
    on_trial: bool = False
    scope: str = "openid profile email offline_access"
    require_acr: str = "mfa"
    access_token_seconds: int = 300

    def admits(self, client_id: str) -> bool:
        """Tell whether the document at this address may make a client."""
        if self.documents in {"on", "off"}:
            return self.documents == "on"
        return (urlsplit(client_id).hostname or "") in self.documents.split()
