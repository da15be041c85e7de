"""What the backend asks for on top, and how a person is asked to confirm one message.

The message is pushed to the gateway (RFC 9126) as an authorization detail (RFC 9396), so that it is
in no address and in no log; the ID token of the session says who may answer.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from authlib.integrations.flask_client import FlaskOAuth2App
from werkzeug.datastructures import WWWAuthenticate

ASKED = ("acr_values", "max_age", "authorization_details_types")


def step_up(header: str) -> dict[str, str] | None:
    """Return what a challenge of RFC 9470 asks for; None for any other."""
    challenge = WWWAuthenticate.from_header(header)
    if challenge is None or challenge.type != "bearer":
        return None
    if challenge.get("error") != "insufficient_user_authentication":
        return None
    asked = {name: challenge.get(name) for name in ASKED}
    return {name: value for name, value in asked.items() if value}


def confirmation(
    gatehouse: FlaskOAuth2App, redirect_uri: str, text: str, acr_values: str, id_token: str
) -> str:
    """Push one message; return where to send the person. Raises RequestException."""
    started = gatehouse.create_authorization_url(
        redirect_uri,
        scope="openid",
        acr_values=acr_values,
        authorization_details=json.dumps([{"type": "message", "message": text}]),
        id_token_hint=id_token,
    )
    location = _pushed(gatehouse, started["url"])
    kept = {**started, "url": location}
    gatehouse.save_authorize_data(redirect_uri=redirect_uri, **kept)
    return location


def _pushed(gatehouse: FlaskOAuth2App, url: str) -> str:
    """Push what would be in an address; return the address that is left."""
    known = gatehouse.load_server_metadata()
    answer = requests.post(
        known["pushed_authorization_request_endpoint"],
        data=dict(parse_qsl(urlsplit(url).query)),
        auth=(gatehouse.client_id, gatehouse.client_secret),
        timeout=5,
    )
    answer.raise_for_status()
    left = {"client_id": gatehouse.client_id, "request_uri": answer.json()["request_uri"]}
    return f"{known['authorization_endpoint']}?{urlencode(left)}"
