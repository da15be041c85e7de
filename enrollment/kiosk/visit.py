"""One person at the kiosk: from the ticket over each phrase to the finished voiceprint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from contracts.device import CaptureSpec, DeviceInfo
from contracts.errors import DeviceError, Retry
from contracts.sample import Modality, Sample
from contracts.text import Text
from enrollment.agreeing import FIELD
from enrollment.kiosk.client import Gateway, Refused
from enrollment.outcomes import Asked
from hardware.manager import DeviceManager

FACTOR = "voice"
SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Visit:
    """What the page remembers of the person; no sample, only the last recording's level."""

    enrolment: str
    asked: Asked
    level: float | None = None

    @property
    def agreeing(self) -> bool:
        """Whether the person is asked to agree before anything is recorded."""
        return self.asked.asks[0].type == FIELD


class Kiosk:
    """Takes captures from the microphone and hands them to the gateway.

    `level` is what the microphone hears at this moment, None while it does not listen.
    """

    def __init__(self, gateway: Gateway, devices: DeviceManager, microphone: str) -> None:
        self._gateway = gateway
        self._devices = devices
        self._microphone = microphone
        self.level: float | None = None

    def open(self, ticket: str) -> Visit:
        """Spend a ticket; ask for consent where it was not given, then for the first phrase."""
        enrolment = self._gateway.open(ticket)
        return Visit(enrolment, self._gateway.begin(enrolment, FACTOR))

    def agree(self, visit: Visit, consent: str) -> Visit | None:
        """Hand on what the person ticked; what they must do comes back as `asked.error`."""
        asked = self._gateway.agree(visit.enrolment, visit.asked, consent)
        return Visit(visit.enrolment, asked) if asked else None

    def capture(self, visit: Visit) -> Visit | None:
        """Record one phrase and upload it; None where the voice is enrolled.

        What the person must do better comes back as `asked.error`. Raises DeviceError for the
        operator and Unavailable, both of which leave the visit as it was, and Refused.
        """
        levels = [0.0]
        try:
            sample = self._record(visit.asked, levels)
        except Retry as again:
            return replace(visit, asked=replace(visit.asked, error=again.public))
        finally:
            self.level = None
        asked = self._upload(visit, sample)
        return Visit(visit.enrolment, asked, max(levels)) if asked else None

    def _upload(self, visit: Visit, sample: Sample) -> Asked | None:
        try:
            return self._gateway.answer(visit.enrolment, visit.asked, sample)
        except Refused as refused:
            # The answer to an earlier upload may have been lost: the ticket still lets us begin.
            begun = self._gateway.begin(visit.enrolment, FACTOR)
            return replace(begun, error=refused.public)

    def _record(self, asked: Asked, levels: list[float]) -> Sample:
        seconds = float(asked.asks[0].options.get("seconds", SECONDS))
        spec = CaptureSpec(Modality.VOICE, timedelta(seconds=seconds))

        def report(level: float) -> None:
            self.level = level
            levels.append(level)

        with self._devices.open(self._microphone_id()) as microphone:
            return microphone.capture(spec, report)

    def _microphone_id(self) -> str:
        return self._microphone or self._first().id

    def _first(self) -> DeviceInfo:
        found = [info for info in self._devices.discover() if info.modality is Modality.VOICE]
        if not found:
            raise DeviceError(Text("There is no microphone. Plug one in and try again."))
        return found[0]
