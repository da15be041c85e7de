"""What members of operations are called on pages, and what their values are."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.text import Text, as_it_is

YES, NO = Text("Yes"), Text("No")

LABELS: Mapping[str, Text] = {
    # people
    "username": Text("Username"),
    "email": Text("E-mail address"),
    "password": Text("Password"),
    "person": Text("Person"),
    "disabled": Text("Kept out"),
    "leaving": Text("Leaving"),
    "created_at": Text("Since"),
    "disabled_at": Text("Switched off"),
    "erase_at": Text("Will be erased"),
    "role": Text("Role"),
    "language": Text("Language"),
    "recovery": Text("Recovery"),
    "send": Text("Send the link there, too"),
    "text": Text("File, as CSV or JSON lines"),
    "all_or_nothing": Text("Import nobody where a single line is wrong"),
    "imported": Text("Imported"),
    "skipped": Text("Skipped"),
    "line": Text("Line"),
    "link": Text("Link"),
    "valid_until": Text("Valid until"),
    "ticket": Text("Ticket"),
    # what they log in with, and where
    "factor": Text("Way to log in"),
    "title": Text("Way to log in"),
    "label": Text("Name"),
    "last_used_at": Text("Last used"),
    "last_used_from": Text("Last used from"),
    "end_sessions": Text("Log them out everywhere, too"),
    "session": Text("Session"),
    "device": Text("Device"),
    "address": Text("Address"),
    "let_in": Text("Opened"),
    "scope": Text("Scope"),
    "since": Text("Since"),
    "until": Text("Until"),
    "at": Text("When"),
    "application": Text("Application"),
    # recoveries
    "state": Text("State"),
    "reason": Text("Reason"),
    "started_by": Text("Begun by"),
    "approved_by": Text("Approved by"),
    "ready_at": Text("Ready at"),
    "approved": Text("Approved"),
    "claim": Text("Claim, for the person alone"),
    "addresses_told": Text("Addresses that were told"),
    # operators
    "able": Text("Can come in"),
    "granted_by": Text("Given by"),
    "granted_at": Text("Given on"),
    # clients and resources
    "client_id": Text("Client"),
    "client_secret": Text("Secret"),
    "name": Text("Name"),
    "source": Text("Registered by"),
    "words": Text("What"),
    "public": Text("Has no secret: a program on the person's own device"),
    "require_acr": Text("Least assurance"),
    "consent": Text("People are asked for their consent"),
    "redirect_uris": Text("Where people come back to"),
    "audience": Text("Audience"),
    "access_token_seconds": Text("Life of access tokens, in seconds"),
    "token_alg": Text("Signature of its tokens"),
    "token_exchange": Text("Token exchange"),
    "of": Text("Tokens of this client"),
    "uses": Text("How many clients it registers"),
    "days": Text("For how many days"),
    "initial_access_token": Text("Initial access token"),
    "uri": Text("Indicator"),
    "open": Text("Also for clients that no operator registered"),
    "details": Text("Types of authorization details"),
    # keys and kiosks
    "kid": Text("Key"),
    "alg": Text("Algorithm"),
    "signs_from": Text("Signs from"),
    "retires_at": Text("Retires at"),
    "station": Text("Kiosk"),
    "last_seen_at": Text("Last seen"),
    "revoked_at": Text("Believed no more since"),
    "pairing_code": Text("Pairing code"),
    # policy
    "value": Text("Value"),
    "origin": Text("Who says so"),
    "environment": Text("Without admins"),
    "meaning": Text("Meaning"),
    "changed_at": Text("When"),
    "changed_by": Text("By"),
    "edits": Text("What"),
    "before": Text("Before"),
    "after": Text("After"),
    "strand": Text("Go on although people are left with no way to log in"),
    # branding
    "colours": Text("Colours"),
    "texts": Text("Texts"),
    "logo": Text("Picture: PNG, JPEG or WebP; none to take it away"),
    "logo_type": Text("Logo"),
    # the trail
    "checkpoint": Text("Newest checkpoint"),
    "signed_at": Text("Signed on"),
    "waiting": Text("Entries that wait to be signed"),
    "actor": Text("Who did it"),
    "actor_name": Text("Who did it"),
    "client": Text("Client"),
    "detail": Text("More"),
    "whole": Text("Whole"),
    "first": Text("First place that is not whole"),
    "entries": Text("Entries"),
    "checkpoints": Text("Checkpoints"),
    "anchors": Text("Anchors"),
    "pruned": Text("Entries removed after their time"),
    "problems": Text("Places that are not whole"),
    "why": Text("Why"),
    "number": Text("Number"),
    "limit": Text("How many at most"),
    # privacy
    "pseudonym": Text("Number"),
    "asked_at": Text("Asked for"),
    "erased_at": Text("Erased"),
    "proof": Text("Signed proof"),
    "due": Text("How many are due"),
    "given_at": Text("Given"),
    "given_by": Text("Given at"),
    "withdrawn_at": Text("Withdrawn"),
    "controller": Text("Controller"),
    "contact": Text("Contact"),
    "service": Text("Service"),
    "issuer": Text("Issuer"),
    "made_at": Text("Made"),
    "purposes": Text("Purposes"),
    "data": Text("Data"),
    "measured": Text("What is measured of people"),
    "recipients": Text("Who gets it"),
    "measures": Text("How it is protected"),
    # webhooks
    "webhook": Text("Webhook"),
    "url": Text("Address"),
    "events": Text("Events"),
    "active": Text("Is told"),
    "last_at": Text("Last called"),
    "last_status": Text("Last answer"),
    "created_by": Text("Made by"),
    "secret": Text("Secret"),
    "type": Text("Kind"),
    "attempt": Text("Try"),
    "status": Text("Answer"),
    "event": Text("Event"),
    # all
    "id": Text("Id"),
    "version": Text("Version"),
}
"""Names of members, in the words of an operator. Those of the standards stay as they are."""

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
    "source": {
        "operator": Text("an operator"),
        "dynamic": Text("itself"),
        "document": Text("the document at its id"),
    },
}
"""Values of members, in words."""


def label(member: str) -> Text:
    """Return what a member is called."""
    return LABELS.get(member) or as_it_is(member)


def word(member: str, value: str) -> Text:
    """Return a value in words, or as it is where it is nobody's to translate."""
    return VALUES.get(member, {}).get(value) or as_it_is(value)
