"""What a refused program and the operator are told: one reference; why, the operator alone."""

from __future__ import annotations

import logging
import secrets

from flask import Response, request

REFERENCE = "X-Correlation-Id"

log = logging.getLogger("gatehouse.oidc")


def referred(response: Response, code: str, why: str = "") -> Response:
    """Give an answer a reference, and note the reason under it."""
    response.headers[REFERENCE] = reference = secrets.token_hex(8)
    told = {"code": code, "detail": why, "path": request.path, "reference": reference}
    log.info("request refused", extra=told)
    return response
