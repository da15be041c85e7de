"""The one tree of errors: public text apart from private detail, status and code by class."""

from __future__ import annotations

from contracts.text import Text


class GatehouseError(Exception):
    """Something went wrong that a person can be told about.

    `public` is shown to the person; `detail` goes to the operator's log only. `reason` names what
    was wrong with a sample, for those who count: `too_quiet`.
    """

    code = "server_error"
    status = 500
    public = Text("Something went wrong on our side. Please try again.")

    def __init__(self, public: Text | None = None, *, detail: str = "", reason: str = "") -> None:
        self.public = public or type(self).public
        self.detail = detail
        self.reason = reason
        super().__init__(detail or str(self.public))


class Retry(GatehouseError):
    """Ask the person again: too quiet, finger lifted, mistyped. Nothing was judged."""

    code = "retry"
    status = 422
    public = Text("That did not work. Please try again.")


class NotEnrolled(GatehouseError):
    """Enrolment came to nothing: what was captured is not good enough, or not of one person."""

    code = "not_enrolled"
    status = 422
    public = Text("Nothing could be enrolled. You can begin again.")


class DeviceError(GatehouseError):
    """Tell the operator: the sensor is unplugged, busy or broken."""

    code = "device_error"
    status = 503
    public = Text("The sensor does not answer. Check its cable and try again.")


class BadRequest(GatehouseError):
    """The request itself is malformed."""

    code = "invalid_request"
    status = 400
    public = Text("The request could not be understood.")


class Expired(GatehouseError):
    """The ceremony, ticket or login is unknown, spent, foreign or too old: one answer for all."""

    code = "expired"
    status = 410
    public = Text("This step is no longer valid. Please start again.")


class NotAllowed(GatehouseError):
    """The caller is known but may not do this."""

    code = "access_denied"
    status = 403
    public = Text("You are not allowed to do this.")


class NotAuthenticated(GatehouseError):
    """The caller has not proven who they are."""

    code = "not_authenticated"
    status = 401
    public = Text("Please log in first.")


class Conflict(GatehouseError):
    """Someone else changed the same thing first, or the name is taken."""

    code = "conflict"
    status = 409
    public = Text("This already exists.")


class TooLarge(GatehouseError):
    """The body is larger than the cap for its kind."""

    code = "too_large"
    status = 413
    public = Text("That is too large.")


class TooMany(GatehouseError):
    """A limit was reached, or cannot be counted."""

    code = "too_many_requests"
    status = 429
    public = Text("Too many attempts. Please wait a while and try again.")

    def __init__(
        self, public: Text | None = None, *, detail: str = "", retry_after: int = 60
    ) -> None:
        super().__init__(public, detail=detail)
        self.retry_after = retry_after


class Unavailable(GatehouseError):
    """A part that is needed is full or down."""

    code = "temporarily_unavailable"
    status = 503
    public = Text("This is busy right now. Please try again in a moment.")

    def __init__(
        self, public: Text | None = None, *, detail: str = "", retry_after: int = 2
    ) -> None:
        super().__init__(public, detail=detail)
        self.retry_after = retry_after


class Misconfigured(GatehouseError):
    """The operator must change something before Gatehouse can start; exit code 2."""

    code = "misconfigured"


class Tampered(GatehouseError):
    """A stored ciphertext does not belong where it was found, or was rolled back."""

    code = "server_error"
