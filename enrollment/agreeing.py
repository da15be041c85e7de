"""The question that comes before any sample: whether somebody agrees to be measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from contracts.abilities import Consent
from contracts.errors import Retry
from contracts.factor import Ask, Challenge, Enrolled, Factor, Subject
from contracts.text import Text
from enrollment.asking import Asking
from enrollment.consent import consent_of, give, points, stands
from enrollment.outcomes import Asked, Callbacks, Rules
from enrollment.remembered import Remembered
from enrollment.submission import Submission
from enrollment.usable import subject_of, usable
from store import Ceremony, Store

FIELD = "consent"
READING = timedelta(minutes=15)
AGREE = Text("I have read this and agree.")
NEEDED = Text(
    "Nothing is measured without your consent. Tick the box to agree, or choose another way."
)


class Agreeing:
    """Asks for consent where an enrolment needs it, and writes it down."""

    def __init__(self, store: Store, asking: Asking, rules: Rules, callbacks: Callbacks) -> None:
        self._store = store
        self._asking = asking
        self._rules = rules
        self._render: Callable[[Text], str] = callbacks.render
        self._address = callbacks.address

    def first(
        self, factor: Factor, subject: Subject, enrolled: Sequence[Enrolled], *, agreed: bool
    ) -> Challenge:
        """Begin to enrol; whoever has not agreed to it is asked that, and nothing else."""
        consent = consent_of(factor)
        if consent is None or agreed:
            return factor.begin_enroll(subject, enrolled)
        return self._challenge(consent)

    def instead(
        self, factor: Factor, ceremony: Ceremony, remembered: Remembered, sent: Submission
    ) -> Asked | None:
        """Return what is asked in place of what an answer would lead to; None: consent stands.

        A sample that is sent before, or after consent was withdrawn, is not looked at. Raises Retry
        where the person does not agree.
        """
        consent = consent_of(factor)
        if consent is None:
            return None
        shown = [str(ask.options["version"]) for ask in remembered.asks if ask.type == FIELD]
        if shown:
            if sent.fields.get(FIELD) not in shown:
                raise Retry(NEEDED)
            return self._agreed(factor, ceremony, sent, today=shown == [str(consent.version)])
        with self._store.read() as tx:
            if stands(tx, ceremony.account_id or "", factor):
                return None
        with self._store.write() as tx:
            return self._asking.ask(tx, ceremony, self._challenge(consent, NEEDED))

    def _agreed(
        self, factor: Factor, ceremony: Ceremony, sent: Submission, *, today: bool
    ) -> Asked:
        """Begin to enrol, where the words that were agreed to are those of `today`."""
        with self._store.write() as tx:
            subject = subject_of(tx, ceremony.account_id)
            if today:
                give(tx, subject.id, factor, sent.source, self._address())
            enrolled = usable(tx, subject.id, factor, self._rules.biometric_failures)
            challenge = self.first(factor, subject, enrolled, agreed=today)
            return self._asking.ask(tx, ceremony, challenge)

    def _challenge(self, consent: Consent, error: Text | None = None) -> Challenge:
        said = [self._render(point) for point in points(consent, self._rules.idle_days)]
        options = {"version": str(consent.version), "points": said}
        return Challenge([Ask(FIELD, FIELD, AGREE, options)], lifetime=READING, error=error)
