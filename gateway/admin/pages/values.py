"""What values are in words, and which members are written how."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.text import Text, as_it_is

YES, NO = Text("Yes"), Text("No")

CODES = frozenset(
    {
        "id",
        "client_id",
        "client_secret",
        "initial_access_token",
        "claim",
        "ticket",
        "pairing_code",
        "link",
        "kid",
        "alg",
        "uri",
        "scope",
        "audience",
        "require_acr",
        "redirect_uris",
        "address",
        "last_used_from",
        "language",
        "secret",
        "pseudonym",
        "proof",
        "issuer",
        "url",
        "webhook",
        "event",
        "events",
    }
)
"""Members that programs read, too: written so that each sign can be told from the others."""

SECRETS = frozenset(
    {"link", "ticket", "claim", "client_secret", "initial_access_token", "pairing_code", "secret"}
)
"""Members that are shown once."""

SPOKEN = frozenset({"title", "words", "factor", "device", "meaning"})
"""Members that hold words of ours."""

SHARES = frozenset({"fta", "fte", "share", "apcer", "apcer_upper"})
"""Members that are shares of one, written in percent."""

STATES = {
    "asked": Text("asked for"),
    "waiting": Text("waiting"),
    "stopped": Text("stopped"),
    "published": Text("published"),
    "paired": Text("paired"),
    "revoked": Text("believed no more"),
}

VALUES: Mapping[str, Mapping[str, Text]] = {
    "role": {
        "viewer": Text("viewer"),
        "helpdesk": Text("helpdesk"),
        "operator": Text("operator"),
        "admin": Text("admin"),
        "auditor": Text("auditor"),
    },
    "state": STATES,
    "recovery": STATES,
    "origin": {
        "shipped": Text("shipped"),
        "environment": Text("the environment"),
        "admin": Text("an admin"),
    },
    "purpose": {"verify": Text("logging in"), "enroll": Text("enrolling")},
    "method": {"push": Text("it is called"), "poll": Text("it asks")},
    "status": {
        "enabled": Text("flows"),
        "paused": Text("is held"),
        "disabled": Text("is off"),
    },
    "source": {
        "operator": Text("an operator"),
        "dynamic": Text("itself"),
        "document": Text("the document at its id"),
    },
}
"""Values of members, in words."""


def word(member: str, value: str) -> Text:
    """Return a value in words, or as it is where it is nobody's to translate."""
    return VALUES.get(member, {}).get(value) or as_it_is(value)
