"""Bearer tokens as they arrive, and what a refusal says (RFC 6750)."""

from __future__ import annotations

from flask import Request, Response, jsonify

STATUS = {"invalid_request": 400, "invalid_token": 401, "insufficient_scope": 403}


def presented(request: Request) -> list[str]:
    """Return the token of the header and that of a form body; the query is never read (2.3)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    header = value.strip() if scheme.lower() == "bearer" else ""
    return [token for token in (header, *request.form.getlist("access_token")) if token]


def challenge(error: str = "", **parameters: str) -> Response:
    """Refuse with `WWW-Authenticate: Bearer`; without a token there is no error to name (3.1)."""
    said = {"realm": "userinfo", **({"error": error} if error else {}), **parameters}
    response = jsonify({"error": error} if error else {})
    response.status_code = STATUS.get(error, 401)
    response.headers["WWW-Authenticate"] = "Bearer " + ", ".join(
        f'{name}="{value}"' for name, value in said.items()
    )
    return response
