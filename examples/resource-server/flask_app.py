"""A Flask application that is a resource server, for `flask_app:from_environment`."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps

from flask import Flask, Response, g, jsonify, request
from resource_server.guard import MESSAGE, Call, Demand, Guard, Refused
from resource_server.spent import Spent
from resource_server.statuses import Statuses
from resource_server.verifier import Verifier

View = Callable[[], Response]


def create_app(issuer: str, resource: str, spent: str) -> Flask:
    """Build it for one issuer; `resource` is its public address, and the audience of its tokens."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024
    app.register_error_handler(Refused, refused)
    verifier = Verifier(issuer, resource)
    guard = Guard(verifier, Spent(spent), Statuses(verifier))

    @app.get(guard.metadata_path)
    def metadata() -> Response:
        return jsonify(guard.metadata("read"))

    @app.get("/records")
    @guarded(guard, Demand(scope="read"))
    def records() -> Response:
        return jsonify(person=g.claims["sub"], acr=g.claims.get("acr"), act=g.claims.get("act"))

    @app.post("/transfers")
    @guarded(guard, Demand(acr="mfa", max_age=300))
    def transfers() -> Response:
        return jsonify(done=text())

    @app.post("/messages")
    @guarded(guard, MESSAGE)
    def messages() -> Response:
        return jsonify(done=text())

    return app


def guarded(guard: Guard, demand: Demand) -> Callable[[View], View]:
    """Let in whose token meets the demand; its claims are in `g.claims`."""

    def guarding(view: View) -> View:
        @wraps(view)
        def admitted() -> Response:
            g.claims = guard.admit(call(), demand, text() if demand.message else "")
            return view()

        return admitted

    return guarding


def call() -> Call:
    """Describe the request that is being answered."""
    fields = request.headers
    presented = (fields.getlist("Authorization"), fields.getlist("DPoP"))
    return Call(request.method, request.path, *presented)


def refused(refusal: Refused) -> Response:
    """Answer with what is missing."""
    answer = jsonify({"error": refusal.error} if refusal.error else {})
    answer.status_code = refusal.status
    for challenge in refusal.challenges:
        answer.headers.add("WWW-Authenticate", challenge)
    return answer


def text() -> str:
    """Return the message that was sent."""
    sent = request.get_json(silent=True)
    found = sent.get("text") if isinstance(sent, dict) else None
    return found if isinstance(found, str) else ""


def from_environment() -> Flask:
    """Build it as the environment says: `flask --app flask_app:from_environment run`."""
    return create_app(
        os.environ["RESOURCE_ISSUER"],
        os.environ["RESOURCE_URL"],
        os.environ.get("RESOURCE_SPENT", "spent.db"),
    )
