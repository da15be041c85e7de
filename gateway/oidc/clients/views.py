"""Registration over HTTP: JSON in, JSON out, a bearer token in the header."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from contracts.errors import TooLarge, TooMany
from gateway.oidc import strict_json
from gateway.oidc.clients.members import InvalidClientMetadata
from gateway.oidc.clients.policy import ClientPolicy
from gateway.oidc.clients.rfc7591 import PATH, Information, InvalidToken, Registrar
from gateway.oidc.clients.rfc7592 import Configuration

BYTES = 64 * 1024
KEPT = f"{PATH}/<client_id>"
CHALLENGE = 'Bearer realm="registration"'


def routes(pages: Blueprint, registrar: Registrar, policy: ClientPolicy, issuer: str) -> None:
    """Add registration and the configuration endpoint of each client, unless closed to all."""
    if policy.registration == "closed":
        return
    views = Views(registrar, Configuration(registrar), issuer)
    pages.add_url_rule(PATH, view_func=views.register, methods=["POST"])
    pages.add_url_rule(KEPT, "registered", views.registered, methods=["GET", "PUT", "DELETE"])


class Views:
    """The endpoints of RFC 7591 and RFC 7592."""

    def __init__(self, registrar: Registrar, configuration: Configuration, issuer: str) -> None:
        self._registrar = registrar
        self._configuration = configuration
        self._issuer = issuer

    def register(self) -> Response:
        """Register a client (RFC 7591, section 3)."""
        source = request.remote_addr or ""
        return self._answered(lambda: self._registrar.register(_token(), source, _sent), 201)

    def registered(self, client_id: str) -> Response:
        """Show, replace or remove what is registered (RFC 7592, section 2)."""
        kept, token = self._configuration, _token()
        if request.method == "PUT":
            return self._answered(lambda: kept.replace(client_id, token, _sent))
        if request.method == "DELETE":
            return self._answered(lambda: kept.remove(client_id, token), 204)
        return self._answered(lambda: kept.read(client_id, token))

    def _answered(self, call: Callable[[], Information | None], status: int = 200) -> Response:
        try:
            found = call()
        except InvalidToken:
            return _unauthorized()
        except InvalidClientMetadata as error:
            return _refused(error)
        except TooMany as error:
            return _later(error)
        response = jsonify(found.to_dict(self._issuer)) if found else Response()
        response.status_code = status
        return response


def _token() -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def _sent() -> dict[str, Any]:
    """Return the body. Raises InvalidClientMetadata and TooLarge."""
    if (request.content_length or 0) > BYTES or len(request.get_data()) > BYTES:
        raise TooLarge
    if request.mimetype != "application/json":
        raise InvalidClientMetadata("Send the metadata as application/json.")
    try:
        return strict_json.parse_object(request.get_data())
    except ValueError as error:
        raise InvalidClientMetadata("The body is not a JSON object.") from error


def _unauthorized() -> Response:
    """Refuse alike whether there is no token, a wrong one or no such client (RFC 7592, 2.1)."""
    response = jsonify(error="invalid_token")
    response.status_code = 401
    sent = "Authorization" in request.headers
    response.headers["WWW-Authenticate"] = CHALLENGE + (', error="invalid_token"' if sent else "")
    return response


def _later(error: TooMany) -> Response:
    response = jsonify(error="temporarily_unavailable")
    response.status_code = error.status
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _refused(error: InvalidClientMetadata) -> Response:
    response = jsonify(error=error.error, error_description=error.description)
    response.status_code = 400
    return response
