"""The admin API: every operation of the desk over HTTP, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, jsonify, request
from pydantic import BaseModel
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Response

from contracts.errors import BadRequest, TooLarge
from contracts.text import Text, as_it_is
from gateway import errors
from gateway.admin import openapi
from gateway.admin.bearer import Bearers, Caller, Challenged
from gateway.admin.desk import Desk
from gateway.admin.operation import Operation
from gateway.admin.roles import ACR
from gateway.oidc import strict_json
from gateway.oidc.dpop.key import ALGORITHMS
from gateway.oidc.dpop.nonce import Nonces, supply
from gateway.oidc.resources.rfc9728 import WELL_KNOWN

BASE = "/admin/api"
METADATA = f"{WELL_KNOWN}{BASE}"
NAME = "admin_api"
CALL = f"{NAME}.call"
"""The endpoint of every operation; it reads no cookie."""

JSON = "application/json"
TWICE = Text("%(name)s: said twice, in the address and beside it")
NO_QUERY = Text("Send the members in the body, as a JSON object.")


@dataclass(frozen=True, slots=True)
class Api:
    """What answers calls. `fresh` is how old a login may be before what is dangerous."""

    desk: Desk
    bearers: Bearers
    nonces: Nonces
    issuer: str
    fresh: timedelta

    @property
    def metadata(self) -> str:
        """The address of the metadata of this API as a protected resource (RFC 9728)."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}{WELL_KNOWN}{parts.path}{BASE}"


def blueprint(api: Api) -> Blueprint:
    """Return the API, its description (OpenAPI) and its metadata (RFC 9728)."""
    pages, views = Blueprint(NAME, __name__), Views(api)
    for found in api.desk.operations.values():
        _route(pages, views.call, found)
    pages.add_url_rule(f"{BASE}/openapi.json", view_func=views.openapi)
    pages.add_url_rule(METADATA, view_func=views.metadata)
    pages.register_error_handler(Challenged, views.challenged)
    pages.after_request(supply(api.nonces, {CALL}))
    return pages


def _route(pages: Blueprint, view: Callable[..., Response], found: Operation) -> None:
    pages.add_url_rule(
        _rule(found),
        endpoint="call",
        view_func=view,
        methods=[found.said.method],
        provide_automatic_options=False,
    )


def _rule(found: Operation) -> str:
    """Write the path as Flask does; an id of any form, such as an address, may come last."""
    path, shaped = found.said.path, openapi.shaped(found.takes)
    for name in found.in_path:
        whole = path.endswith(f"{{{name}}}") and name not in shaped
        path = path.replace(f"{{{name}}}", f"<path:{name}>" if whole else f"<{name}>")
    return BASE + path


class Views:
    """The endpoints."""

    def __init__(self, api: Api) -> None:
        self._api = api
        operations = api.desk.operations.values()
        self._found = {(_rule(each), each.said.method): each for each in operations}

    @cached_property
    def _document(self) -> dict[str, Any]:
        return openapi.document(self._api.desk.operations, self._api.issuer + BASE)

    def call(self, **members: str) -> Response:
        """Carry an operation out for whoever may."""
        found = self._asked()
        caller = self._api.bearers.admit(request, found.name)
        given = self._api.desk.call(caller.actor, found.name, self._taken(caller, found, members))
        return Response(given.model_dump_json(), mimetype=JSON)

    def openapi(self) -> Response:
        """Describe the API."""
        return jsonify(self._document)

    def metadata(self) -> Response:
        """Describe the API as a protected resource: who issues tokens for it, and of what kind."""
        return jsonify(
            resource=self._api.issuer + BASE,
            authorization_servers=[self._api.issuer],
            bearer_methods_supported=["header"],
            dpop_bound_access_tokens_required=True,
            dpop_signing_alg_values_supported=list(ALGORITHMS),
            acr_values_supported=[ACR],
        )

    def challenged(self, error: Challenged) -> Response:
        """Refuse with what a better token would be."""
        response = errors.told(error)
        response.headers["WWW-Authenticate"] = error.header(self._api.metadata)
        return response

    def _asked(self) -> Operation:
        rule = request.url_rule.rule if request.url_rule else ""
        return self._found[rule, "GET" if request.method == "HEAD" else request.method]

    def _taken(
        self, caller: Caller, found: Operation, members: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """Return what was sent; nothing of it is read for whoever may not."""
        if not self._api.desk.may(caller.actor, found.name):
            return {}
        if found.said.fresh:
            self._api.bearers.check_fresh(caller, self._api.fresh)
        given = _body(found) if found.in_body else _query(found.takes)
        for name in given.keys() & members.keys():
            raise BadRequest(Text(TWICE.message, {"name": name}))
        return {**given, **members}


def _query(takes: type[BaseModel]) -> dict[str, Any]:
    """Read the query; a member is there once, unless it is a list."""
    lists = openapi.lists(takes)
    return {
        name: values if name in lists or len(values) > 1 else values[0]
        for name, values in request.args.lists()
    }


def _body(found: Operation) -> dict[str, Any]:
    """Read the body, a JSON object; none is an empty one. Raises BadRequest and TooLarge."""
    if request.args:
        raise BadRequest(NO_QUERY)
    most = openapi.largest(found.takes)
    if (request.content_length or 0) > most:
        raise TooLarge
    data = request.get_data(cache=False)
    if not data:
        return {}
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    try:
        return strict_json.parse_object(data)
    except ValueError as error:
        raise BadRequest(as_it_is(f"The body is no JSON object: {error}")) from error
