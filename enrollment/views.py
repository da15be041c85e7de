"""The enrolment calls: pages for a browser, JSON for a kiosk, one service behind both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from flask import Blueprint, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.errors import GatehouseError
from contracts.text import Text
from enrollment.outcomes import Added, Asked
from enrollment.service import Enroller, EnrolmentService
from enrollment.station_proof import ENROLMENT, HEADER
from enrollment.stations import Stations
from enrollment.submission import read
from enrollment.tickets import Tickets
from store import Station

Page = Response | tuple[str | Response, int] | tuple[str | Response, int, dict[str, str]]


class Visitor(Protocol):
    """The browser in front of us, as the gateway knows it."""

    enrolment: str
    """Cookie of an enrolment that a ticket opened, or empty."""

    def enroller(self) -> Enroller:
        """Return who is logged in, freshly enough to change factors; else send them to log in."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What the calls are built from; `lifetime` is how long a used ticket lasts."""

    service: EnrolmentService
    tickets: Tickets
    stations: Stations
    visitor: Visitor
    render: Callable[[Text], str]
    lifetime: timedelta


def blueprint(parts: Parts) -> Blueprint:
    """Return the enrolment calls."""
    pages, views = Blueprint("enrolment", __name__, url_prefix="/enroll"), Views(parts)
    pages.add_url_rule("/", view_func=views.choose)
    pages.add_url_rule("/ticket", view_func=views.ask_ticket)
    pages.add_url_rule("/ticket", view_func=views.ticket, methods=["POST"])
    pages.add_url_rule("/answer", view_func=views.answer, methods=["POST"])
    pages.add_url_rule("/resend", view_func=views.resend, methods=["POST"])
    pages.add_url_rule("/<factor>", view_func=views.begin, methods=["POST"])
    return pages


class Views:
    """The enrolment calls."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def choose(self) -> Page:
        """Show what an invited person may begin with."""
        holdings = self._parts.service.holdings(self._enroller().account_id)
        return render_template("enroll.html", holdings=holdings), 200

    def ask_ticket(self) -> Page:
        """Ask for a ticket."""
        return render_template("ticket.html", error=None), 200

    def ticket(self) -> Page:
        """Spend a ticket, at a kiosk or in an invited person's browser."""
        if HEADER in request.headers:
            handle = self._redeem(self._station().id)
            return jsonify(enrolment=handle, factors=self._parts.service.captured())
        try:
            self._parts.visitor.enrolment = self._redeem(None)
        except GatehouseError as error:
            return render_template("ticket.html", error=error.public), error.status
        return redirect("/enroll/", 303)

    def begin(self, factor: str) -> Page:
        """Begin to add a factor."""
        who = self._enroller()
        return self._shown(who, self._parts.service.begin(who, factor))

    def answer(self) -> Page:
        """Take one answer."""
        who = self._enroller()
        submission = read(request, who.source, station=who.station)
        ceremony = request.form.get("ceremony", "")
        return self._shown(who, self._parts.service.answer(who, ceremony, submission))

    def resend(self) -> Page:
        """Send a code anew."""
        who, ceremony = self._enroller(), request.form.get("ceremony", "")
        return self._shown(who, self._parts.service.resend(who, ceremony))

    def _redeem(self, station_id: str | None) -> str:
        typed = request.form.get("ticket", "")
        return self._parts.tickets.redeem(typed, station_id, self._parts.lifetime)

    def _enroller(self) -> Enroller:
        if HEADER in request.headers:
            station = self._station()
            handle = request.form.get(ENROLMENT, "")
            return self._parts.service.admit(handle, station.name, station.id)
        if self._parts.visitor.enrolment:
            return self._parts.service.admit(self._parts.visitor.enrolment, "browser", None)
        return self._parts.visitor.enroller()

    def _station(self) -> Station:
        """Know the station by its proof over the raw body, before any of it is decoded."""
        proof, body = request.headers.get(HEADER, ""), request.get_data()
        return self._parts.stations.authenticate(proof, request.method, request.path, body)

    def _shown(self, who: Enroller, came: Asked | Added) -> Page:
        if HEADER in request.headers:
            return _json(came, self._parts.render)
        invited = bool(self._parts.visitor.enrolment)
        if isinstance(came, Added):
            self._parts.visitor.enrolment = ""
            return _invited(who) if invited else redirect("/account?added=1", 303)
        page = render_template(
            "challenge.html",
            asked=came,
            action="/enroll/answer",
            resend="/enroll/resend",
            back="/enroll/" if invited else "/account",
            cancel=None,
            enrolling=True,
            client_name="",
        )
        return page, came.status, came.waits


def _invited(who: Enroller) -> Page:
    """Tell an invited person that they can log in now."""
    return render_template("enrolled.html", home="/admin" if who.operator else "/account"), 200


def _json(came: Asked | Added, render: Callable[[Text], str]) -> Page:
    if isinstance(came, Added):
        return jsonify(enrolled={"credential": came.credential_id, "factor": came.factor}), 200
    asks = [
        {"name": a.name, "type": a.type, "prompt": render(a.prompt), "options": dict(a.options)}
        for a in came.asks
    ]
    body = jsonify(
        ceremony=came.handle,
        factor=came.factor,
        title=render(came.title),
        asks=asks,
        step=came.step,
        steps=came.steps,
        error=render(came.error) if came.error else None,
    )
    return body, came.status, came.waits
