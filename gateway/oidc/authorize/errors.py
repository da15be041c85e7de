"""Errors that are sent to the client (RFC 6749 section 4.1.2.1, OpenID Connect Core 3.1.2.6)."""

from __future__ import annotations


class AuthorizationError(Exception):
    """The request cannot be granted; `error` and a description go back to the redirect URI."""

    error = "server_error"

    def __init__(self, description: str = "") -> None:
        self.description = description
        super().__init__(f"{self.error}: {description}")


class InvalidRequest(AuthorizationError):
    """A parameter is missing, repeated or malformed."""

    error = "invalid_request"


class UnsupportedResponseType(AuthorizationError):
    """Only `code` exists here."""

    error = "unsupported_response_type"


class InvalidScope(AuthorizationError):
    """Nothing of the requested scope is open to this client."""

    error = "invalid_scope"


class InvalidRequestObject(AuthorizationError):
    """The request object is malformed, forged, stale, or says what it must not (RFC 9101)."""

    error = "invalid_request_object"


class RequestUriNotSupported(AuthorizationError):
    """Request objects by reference are not taken."""

    error = "request_uri_not_supported"


class RegistrationNotSupported(AuthorizationError):
    """Clients do not register themselves in a request."""

    error = "registration_not_supported"


class InvalidTarget(AuthorizationError):
    """A resource is malformed, unknown, or not open to the client (RFC 8707, section 2)."""

    error = "invalid_target"


class InvalidAuthorizationDetails(AuthorizationError):
    """Authorization details are not of a type that the client may use (RFC 9396, section 5)."""

    error = "invalid_authorization_details"


class AccessDenied(AuthorizationError):
    """The person said no."""

    error = "access_denied"


class LoginRequired(AuthorizationError):
    """`prompt=none`, and the person would have to authenticate."""

    error = "login_required"


class ConsentRequired(AuthorizationError):
    """`prompt=none`, and the person would have to consent."""

    error = "consent_required"


class UnmetAuthenticationRequirements(AuthorizationError):
    """The required acr was not reached (OpenID Connect Core Error Code 1.0)."""

    error = "unmet_authentication_requirements"
