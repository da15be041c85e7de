"""What discovery says of clients that no operator registers (RFC 7591, section 4.1)."""

from __future__ import annotations

from typing import Any

from gateway.oidc.clients.policy import ClientPolicy
from gateway.oidc.clients.rfc7591 import PATH


def metadata(base: str, policy: ClientPolicy) -> dict[str, Any]:
    """Return what is open at all, for the base of our addresses."""
    registration = {} if policy.registration == "closed" else {"registration_endpoint": base + PATH}
    documents = policy.documents != "off"
    return {**registration, "client_id_metadata_document_supported": documents}
