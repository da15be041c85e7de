"""How good a value is that somebody is still typing: a meter's call, from our own pages alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from contracts.abilities import Estimate, Estimating
from contracts.errors import NotAllowed, TooMany
from contracts.factor import Factor
from contracts.text import Text
from gateway.addresses import network
from gateway.callers import caller
from store import Store

MOST, WINDOW = 120, timedelta(minutes=1)
"""Estimates for one network: they cost more than anything else a stranger may ask for."""


class Estimates:
    """Asks factors for estimates; nothing of what was typed is kept."""

    def __init__(self, store: Store, factors: Mapping[str, Factor]) -> None:
        self._store = store
        self._factors = factors

    def take(self, name: str, value: str, source: str) -> Estimate:
        """Judge a value. Raises NotAllowed where the factor judges none, TooMany, Unavailable."""
        factor = self._factors.get(name)
        if factor is None or not isinstance(factor, Estimating):
            raise NotAllowed(detail=f"{name!r} estimates nothing")
        with self._store.write() as tx:
            wait = tx.limits.hit(f"estimates:{network(source)}", MOST, WINDOW)
        if wait:
            raise TooMany(detail=f"estimates for {source}", retry_after=wait)
        return factor.estimate(value)


def blueprint(estimates: Estimates, render: Callable[[Text], str]) -> Blueprint:
    """Return `POST /enroll/estimate/<factor>`: a form's `value` for `{score, words}`."""
    views = Blueprint("estimates", __name__, url_prefix="/enroll/estimate")

    @views.post("/<factor>")
    def take(factor: str) -> Response:
        found = estimates.take(factor, request.form.get("value", ""), caller().address)
        return jsonify(score=found.score, words=render(found.words))

    return views
