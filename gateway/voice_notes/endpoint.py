"""`POST /voice/verify`: a client hands on what a person said in its chat or in a call."""

from __future__ import annotations

from dataclasses import dataclass

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, jsonify, request

from contracts.errors import (
    BadRequest,
    Expired,
    GatehouseError,
    NotAllowed,
    TooLarge,
    TooMany,
    Unavailable,
)
from contracts.text import Text
from gateway.oidc.authorize.transaction import by_auth_req_id, by_state
from gateway.oidc.clients.registered import CONFIDENTIAL
from gateway.oidc.refusals import referred
from gateway.oidc.token.server import AuthorizationServer
from gateway.voice_notes.answering import Answering
from gateway.voice_notes.calls import Calling
from store import Client, Store

PATH = "/voice/verify"
ENDPOINT = "voice_verify"
CALL = f"voice.{ENDPOINT}"
"""A program authenticates each call itself; no cookie counts."""

MOST_BYTES = 1_000_000
"""Of one message: a minute of what messengers send, and more than fifteen seconds of WAV."""

BEGIN = "begin"
"""What a client says in place of the handle of a call that it has none of yet."""

LONGEST = 2048
"""Characters of what names a request."""

ONE = Text("Send exactly one of state and auth_req_id.")
AUDIO = Text("Send one recording, as the file audio of a multipart form.")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the endpoint calls."""

    answering: Answering
    calling: Calling
    server: AuthorizationServer
    store: Store


def blueprint(parts: Parts) -> Blueprint:
    """Return the endpoint."""
    pages, views = Blueprint("voice", __name__), Views(parts)
    pages.add_url_rule(PATH, ENDPOINT, views.verify, methods=["POST"])
    return pages


class Views:
    """The endpoint."""

    def __init__(self, parts: Parts) -> None:
        self._answering = parts.answering
        self._calling = parts.calling
        self._server = parts.server
        self._store = parts.store

    def verify(self) -> Response:
        """Authenticate the client, then judge what it handed on; it hears one word."""
        asked = self._server.create_oauth2_request(None)
        try:
            client = self._server.authenticate_client(asked, CONFIDENTIAL, ENDPOINT)
        except OAuth2Error as error:
            return self._server.handle_error_response(asked, error)
        try:
            return jsonify(self._judged(client.record, request.form.get("call", "")))
        except GatehouseError as error:
            return _refusal(error)

    def _judged(self, client: Client, call: str) -> dict[str, str]:
        if call and "ended" in request.form:
            self._calling.end(client, call)
            return {}
        audio = _audio()
        if call and call != BEGIN:
            return {"result": self._calling.go_on(client, call, audio)}
        if call:
            result, handle = self._calling.begin(client, self._transaction(), audio)
            return {"result": result, "call": handle}
        opened = self._answering.open(client, self._transaction())
        return {"result": self._answering.answer(opened, audio)}

    def _transaction(self) -> str:
        """Name the request as its client does. Raises BadRequest."""
        state, auth_req_id = (request.form.get(name, "") for name in ("state", "auth_req_id"))
        if bool(state) == bool(auth_req_id) or len(state or auth_req_id) > LONGEST:
            raise BadRequest(ONE)
        if state:
            return by_state(state)
        with self._store.read() as tx:
            return by_auth_req_id(tx.backchannel_requests.named(auth_req_id))


def _audio() -> bytes:
    """Return the recording, as it came. Raises BadRequest, TooLarge."""
    files = request.files.getlist("audio")
    if len(files) != 1 or len(request.files) != 1:
        raise BadRequest(AUDIO)
    audio = files[0].stream.read(MOST_BYTES + 1)
    if not audio:
        raise BadRequest(AUDIO)
    if len(audio) > MOST_BYTES:
        raise TooLarge(detail=f"a message of more than {MOST_BYTES} bytes")
    return audio


def _refusal(error: GatehouseError) -> Response:
    """Tell a program what it can mend; why it may not, it is not told."""
    if isinstance(error, Expired):
        error = NotAllowed(detail=error.detail)
    body = {"error": error.code}
    if isinstance(error, BadRequest | TooLarge):
        body["error_description"] = str(error.public)
    answer = jsonify(body)
    answer.status_code = error.status
    if isinstance(error, TooMany | Unavailable):
        answer.headers["Retry-After"] = str(error.retry_after)
    return referred(answer, error.code, error.detail)
