"""The kiosk's calls to the gateway: those of the browser, each signed with the station's key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from contracts.clock import Clock
from contracts.errors import GatehouseError, Misconfigured, NotAuthenticated, Unavailable
from contracts.factor import Ask
from contracts.sample import Sample
from contracts.text import Text, as_it_is
from enrollment.agreeing import FIELD
from enrollment.kiosk.identity import Identity, new_key
from enrollment.outcomes import Asked
from enrollment.station_proof import ENROLMENT, HEADER, Call, sign

Body = Mapping[str, Any]
Files = Mapping[str, tuple[str, bytes, str]]

JSON = {"Accept": "application/json"}


class Refused(GatehouseError):
    """The gateway said no, and said why."""

    code = "refused"
    status = 502
    public = Text("The gateway refused this call.")


def said(words: str) -> Text:
    """Return words that the gateway has already put into the person's language."""
    return as_it_is(words)


def pair(gateway: str, code: str, http: httpx.Client) -> Identity:
    """Make a key, spend the pairing code for it; return who this kiosk is from now on.

    Raises Unavailable, Refused, and Misconfigured where the gateway goes by another address.
    """
    key = new_key()
    call = {"code": code, "public_key": key.as_dict(private=False)}
    url = f"{gateway}/enroll/stations/pair"
    request = http.build_request("POST", url, json=call, headers=JSON)
    body = _send(http, request)
    if body.get("issuer") != gateway:
        raise Misconfigured(
            Text("Set GATEHOUSE_KIOSK_GATEWAY to %(issuer)s.", {"issuer": str(body.get("issuer"))})
        )
    return Identity(gateway, str(body["station"]), str(body["name"]), key)


class Gateway:
    """The gateway as this station sees it."""

    def __init__(self, identity: Identity, http: httpx.Client, clock: Clock) -> None:
        self._identity = identity
        self._http = http
        self._clock = clock

    def open(self, ticket: str) -> str:
        """Spend a person's ticket; return the handle of the enrolment."""
        return str(self._post("ticket", {"ticket": ticket}).get("enrolment"))

    def begin(self, enrolment: str, factor: str) -> Asked:
        """Begin to enrol a factor."""
        return _asked(self._post(factor, {}, enrolment))

    def agree(self, enrolment: str, asked: Asked, consent: str) -> Asked | None:
        """Send what the person ticked, empty where they did not."""
        ticked = {FIELD: consent} if consent else {}
        return _next(self._post("answer", {"ceremony": asked.handle, **ticked}, enrolment))

    def answer(self, enrolment: str, asked: Asked, sample: Sample) -> Asked | None:
        """Upload one sample; return what is asked next, None where the factor is enrolled."""
        fields = {"ceremony": asked.handle} | ({"virtual": "1"} if sample.virtual else {})
        file = (f"{sample.modality}.wav", sample.data, sample.media_type)
        return _next(self._post("answer", fields, enrolment, {asked.asks[0].name: file}))

    def _post(
        self, path: str, fields: Mapping[str, str], enrolment: str = "", files: Files | None = None
    ) -> Body:
        url = f"{self._identity.gateway}/enroll/{path}"
        signed = {**fields, ENROLMENT: enrolment}
        request = self._http.build_request("POST", url, data=signed, files=files, headers=JSON)
        request.headers[HEADER] = self._proof(Call("POST", url, request.read()))
        return _send(self._http, request)

    def _proof(self, call: Call) -> str:
        return sign(self._identity.key, self._identity.station, call, self._clock.now())


def _send(http: httpx.Client, request: httpx.Request) -> Body:
    try:
        response = http.send(request)
        body = response.json()
    except httpx.HTTPError as error:
        raise Unavailable(Text("The gateway cannot be reached."), detail=str(error)) from error
    except ValueError as error:
        raise Refused(
            detail=f"{request.url} answered {response.status_code} without JSON"
        ) from error
    if not isinstance(body, dict):
        raise Refused(detail=f"{request.url} answered with something else than an object")
    if response.is_success or "asks" in body:
        return body
    raise _refusal(response.status_code, body)


def _refusal(status: int, body: Body) -> GatehouseError:
    detail = f"the gateway answered {status} {body.get('error')}"
    if status == NotAuthenticated.status:
        return Refused(
            Text("The gateway does not know this kiosk. Check its clock, or pair it again."),
            detail=detail,
        )
    words = body.get("error_description")
    return Refused(said(words) if isinstance(words, str) and words else None, detail=detail)


def _next(body: Body) -> Asked | None:
    return None if "enrolled" in body else _asked(body)


def _asked(body: Body) -> Asked:
    error = body.get("error")
    try:
        return Asked(
            handle=body["ceremony"],
            factor=body["factor"],
            title=said(body["title"]),
            asks=[_ask(ask) for ask in body["asks"]],
            step=body["step"],
            steps=body["steps"],
            enrolling=True,
            error=said(error) if error else None,
        )
    except (KeyError, TypeError) as wrong:
        raise Refused(detail=f"the gateway asks for something unknown: {wrong}") from wrong


def _ask(body: Body) -> Ask:
    return Ask(body["name"], body["type"], said(body["prompt"]), body["options"])
