"""What a receiver is told whose request is not carried out."""

from __future__ import annotations

INVALID_REQUEST = "invalid_request"


class Refused(Exception):
    """A request is not carried out: an HTTP status, `err` and why (RFC 8935, section 2.3).

    `retry_after` is in seconds, where it may be asked again.
    """

    def __init__(self, status: int, err: str, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.status = status
        self.err = err
        self.description = description
        self.retry_after = retry_after


class Malformed(Refused):
    """The request cannot be read, or contradicts what is."""

    def __init__(self, description: str) -> None:
        super().__init__(400, INVALID_REQUEST, description)


def no_stream() -> Refused:
    """Refuse alike what is nobody's stream and what is another's."""
    return Refused(404, "not_found", "There is no such stream of this client.")
