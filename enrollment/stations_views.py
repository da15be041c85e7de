"""The one call a kiosk makes before it has a key that we know."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from contracts.errors import BadRequest
from enrollment.stations import Stations

PAIR = "stations.pair"
"""The endpoint authenticates itself by the code; it takes no form and reads no cookie."""


def blueprint(stations: Stations) -> Blueprint:
    """Return `POST /enroll/stations/pair`: `{code, public_key}` for `{station, name, issuer}`."""
    views = Blueprint("stations", __name__, url_prefix="/enroll/stations")

    @views.post("/pair")
    def pair() -> Response:
        body = _json()
        if not isinstance(body, dict) or not isinstance(body.get("code"), str):
            raise BadRequest(detail="pairing needs a JSON object with code and public_key")
        station = stations.pair(body["code"], body.get("public_key"))
        return jsonify(station=station.id, name=station.name, issuer=stations.issuer)

    return views


def _json() -> object:
    """Return the body, None where it is no JSON or nested without end."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None
