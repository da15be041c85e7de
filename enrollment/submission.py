"""What a page or a kiosk sent in, before the ceremony says what each part means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import Request

from contracts.errors import BadRequest, TooLarge
from contracts.factor import Answer, Ask
from contracts.sample import MOST_BYTES, Modality, Sample
from enrollment.station_proof import ENROLMENT

OURS = frozenset({"csrf", "ceremony", "virtual", ENROLMENT})


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file."""

    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Submission:
    """Form fields and files of one answer; `source` names the page or station they came from.

    `forwarded` is the id of the client that handed them on, where one did.
    """

    fields: Mapping[str, str] = field(repr=False)
    uploads: Mapping[str, Upload]
    source: str
    virtual: bool = False
    forwarded: str = ""

    def answer(self, asks: Sequence[Ask], now: datetime) -> Answer:
        """Give each part the meaning its ask has; what was not asked for is left out."""
        fields = {a.name: self.fields[a.name] for a in asks if a.name in self.fields}
        samples = [self._sample(ask, now) for ask in asks if ask.name in self.uploads]
        return Answer(fields, samples)

    def _sample(self, ask: Ask, now: datetime) -> Sample:
        if ask.type not in set(Modality):
            raise BadRequest(detail=f"a file was sent for {ask.name!r}")
        upload = self.uploads[ask.name]
        return Sample(
            modality=Modality(ask.type),
            media_type=upload.media_type,
            data=upload.data,
            captured_at=now,
            source=self.source,
            virtual=self.virtual,
            forwarded=self.forwarded,
        )


def read(request: Request, source: str, *, station: bool = False) -> Submission:
    """Read one answer from a form. Raises TooLarge; only a station may say `virtual`."""
    uploads = {
        name: _upload(file.mimetype, file.stream.read(MOST_BYTES + 1))
        for name, file in request.files.items()
    }
    fields = {name: value for name, value in request.form.items() if name not in OURS}
    return Submission(fields, uploads, source, station and "virtual" in request.form)


def _upload(media_type: str, data: bytes) -> Upload:
    if len(data) > MOST_BYTES:
        raise TooLarge(detail=f"a sample of more than {MOST_BYTES} bytes")
    return Upload(media_type, data)
