"""Status lists over HTTP, for anybody (draft-ietf-oauth-status-list-21, section 8)."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.wrappers import Response as BaseResponse

from gateway.oidc.issued.status_list import PATH, TTL, TYPE, StatusLists

MEDIA_TYPE = f"application/{TYPE}"


def routes(pages: Blueprint, lists: StatusLists) -> None:
    """Add the lists, and the list of the lists."""

    @pages.get(f"{PATH}/<name>")
    def status_list(name: str) -> BaseResponse:
        found = lists.get(name)
        if found is None:
            abort(404)
        return _kept(Response(found.jwt, content_type=MEDIA_TYPE))

    @pages.get(PATH)
    def status_lists() -> BaseResponse:
        return _kept(jsonify(status_lists=lists.uris()))


def _kept(answer: Response) -> BaseResponse:
    """Say for how long it may be kept, and answer with nothing where the caller has it."""
    answer.headers["Cache-Control"] = f"public, max-age={int(TTL.total_seconds())}"
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:32])
    return answer.make_conditional(request)
