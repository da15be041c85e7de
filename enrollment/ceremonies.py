"""The one runner of begin/finish ceremonies, for enrolment, account pages and login alike.

It takes the ceremony once, calls the factor outside any transaction, stores what came of it and
puts messages in the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from contracts.abilities import Resending
from contracts.clock import Clock
from contracts.errors import BadRequest, Expired, NotAllowed, Retry, Tampered, TooMany, Unavailable
from contracts.factor import Answer, Enrolled, Factor, Subject, Template
from contracts.text import Text
from enrollment.agreeing import Agreeing
from enrollment.asking import Asking
from enrollment.claims import claimed, unknown
from enrollment.consent import hold_consent, stands
from enrollment.judging import Judging
from enrollment.outcomes import (
    Added,
    Asked,
    Attempt,
    Callbacks,
    Change,
    Happened,
    Judged,
    Rules,
)
from enrollment.protecting import carried, keep
from enrollment.refused import Refused
from enrollment.remembered import Remembered, unpack
from enrollment.samples import Samples
from enrollment.submission import Submission
from enrollment.terms import USUAL, Terms
from enrollment.usable import named, subject_of, usable
from store import Ceremony, Purpose, Store, Transaction

REFUSED = Text("That was not right. Please try again.")


class Ceremonies:
    """Begins and finishes ceremonies of any factor."""

    def __init__(
        self,
        store: Store,
        factors: Mapping[str, Factor],
        clock: Clock,
        rules: Rules,
        callbacks: Callbacks,
    ) -> None:
        self._store = store
        self._factors = factors
        self._clock = clock
        self._rules = rules
        self._changed = callbacks.changed
        self._address = callbacks.address
        self._judging = Judging(store, rules, callbacks)
        self._refused = Refused(store, callbacks.address)
        self._samples = Samples(store, rules, callbacks)
        self._stand_ins: dict[str, str] = {}
        self._asking = Asking(store, clock, factors, rules, callbacks)
        self._agreeing = Agreeing(store, self._asking, rules, callbacks)

    def begin(
        self,
        purpose: Purpose,
        factor: str,
        owner: str,
        subject: Subject | None,
        credential_id: str | None = None,
        apart: str = "",
    ) -> Asked:
        """Start a ceremony that belongs to `owner` alone, or take up the one that it has begun.

        Questions for one answer are counted `apart`, by that name, where there is one. Raises
        NotAllowed for no such factor, and TooMany.
        """
        chosen = named(self._factors, factor)
        with self._store.read() as tx:
            enrolled = self._enrolled(tx, subject, factor, credential_id)
            agreed = subject is None or stands(tx, subject.id, chosen)
        if purpose is Purpose.ENROLL and subject is not None:
            challenge = self._agreeing.first(chosen, subject, enrolled, agreed=agreed)
        elif enrolled or subject is None or chosen.usernameless:
            challenge = chosen.begin_verify(subject, enrolled)
        else:
            raise NotAllowed(detail=f"no {factor} credential to verify")
        account_id = (subject.id or None) if subject else None
        ceremony = Ceremony(account_id, owner, factor, purpose, credential_id, b"", 1, 1)
        return self._asking.begin(ceremony, challenge, apart)

    def answer(
        self, handle: str, owner: str, submission: Submission, terms: Terms = USUAL
    ) -> Asked | Added | Judged:
        """Take the ceremony and judge one answer; ask again where nothing could be judged.

        Raises Expired where the ceremony is unknown, spent, too old or someone else's, and TooMany
        where there is nothing more to be asked.
        """
        ceremony = self._take(handle, owner)
        remembered = unpack(ceremony.secret)
        try:
            terms.allow(ceremony)
            with self._refused.noted(ceremony):
                if ceremony.purpose is Purpose.ENROLL:
                    return self._enroll(ceremony, remembered, submission, terms)
                answer = self._accept(submission, remembered)
                return self._verify(ceremony, remembered, answer, terms)
        except (Retry, BadRequest, TooMany, Unavailable) as unjudged:
            return self._asking.again(ceremony, remembered, unjudged)

    def resend(self, handle: str, owner: str) -> Asked:
        """Send anew what the ceremony sent: the message before counts no more, its tries do.

        Where each question is for one answer, another one is asked, once this one is too old.

        Raises as `answer` does, and Expired where what it was sent to is the person's no longer.
        """
        ceremony = self._take(handle, owner)
        remembered = unpack(ceremony.secret)
        if anew := self._asking.renew(ceremony, remembered):
            return anew
        try:
            return self._send_anew(ceremony, remembered)
        except (BadRequest, TooMany) as refused:
            return self._asking.again(ceremony, remembered, refused)

    def judge(self, factor: str, subject: Subject, answer: Answer) -> Judged:
        """Verify in one go where the challenge is known beforehand; also for unknown people."""
        with self._store.read() as tx:
            enrolled = self._enrolled(tx, subject, factor, None)
            if not subject.id:
                self._take_as_long(tx, factor)
        verdict = named(self._factors, factor).finish_verify(subject, enrolled, b"", answer)
        return self._judging.judged(Attempt(factor, subject.id, enrolled), verdict)

    def _take(self, handle: str, owner: str) -> Ceremony:
        with self._store.write() as tx:
            ceremony = tx.ceremonies.take(handle, owner)
        if ceremony is None:
            raise Expired(detail="no such ceremony of this owner")
        return ceremony

    def _send_anew(self, ceremony: Ceremony, remembered: Remembered) -> Asked:
        factor = named(self._factors, ceremony.factor)
        if not isinstance(factor, Resending) or not remembered.secret:
            raise BadRequest(detail=f"{factor.name} has sent nothing")
        with self._store.read() as tx:
            subject = subject_of(tx, ceremony.account_id)
            enrolled = self._enrolled(tx, subject, factor.name, ceremony.credential_id)
        if ceremony.purpose is Purpose.VERIFY and not enrolled:
            raise Expired(detail="the credential is gone")
        return self._asking.anew(ceremony, remembered, factor.resend(remembered.secret))

    def _enrolled(
        self, tx: Transaction, subject: Subject | None, factor: str, credential_id: str | None
    ) -> Sequence[Enrolled]:
        if subject is None or not subject.id:
            return ()
        found = usable(tx, subject.id, named(self._factors, factor), self._rules.biometric_failures)
        return [e for e in found if credential_id in (None, e.credential_id)]

    def _take_as_long(self, tx: Transaction, factor: str) -> None:
        """Read somebody's credentials for nothing, so that time does not tell who is known.

        Whose is remembered: to look for somebody would be one statement more than others take.
        """
        with suppress(Tampered):
            if not tx.credentials.enrolled(self._stand_ins.get(factor, ""), factor):
                self._stand_ins[factor] = tx.credentials.anyone(factor) or ""

    def _accept(self, submission: Submission, remembered: Remembered) -> Answer:
        answer = submission.answer(remembered.asks, self._clock.now())
        if _virtual(answer) and not self._rules.simulators:
            raise NotAllowed(detail="a simulated sample where simulators are off")
        return answer

    def _enroll(
        self, ceremony: Ceremony, remembered: Remembered, submission: Submission, terms: Terms
    ) -> Asked | Added:
        factor = named(self._factors, ceremony.factor)
        if asked := self._agreeing.instead(factor, ceremony, remembered, submission):
            return asked
        answer = self._accept(submission, remembered)
        with self._store.read() as tx:
            subject = subject_of(tx, ceremony.account_id)
        with self._samples.admitted(subject.id, factor.name, answer):
            came = factor.continue_enroll(subject, remembered.secret, answer)
        with self._store.write() as tx:
            hold_consent(tx, subject.id, factor)
            if isinstance(came, Template):
                terms.adding(tx)
                return self._add(tx, subject, factor, came, answer)
            return self._asking.ask(tx, ceremony, came)

    def _add(
        self, tx: Transaction, subject: Subject, factor: Factor, template: Template, answer: Answer
    ) -> Added:
        alone, virtual = not factor.many, _virtual(answer)
        template = carried(tx, subject.id, factor, template) if alone else template
        replaced = alone and tx.credentials.remove_factor(subject.id, factor.name)
        added = keep(tx, subject.id, factor, template, virtual=virtual)
        tx.audit.add(
            "credential.added",
            account_id=subject.id,
            source=self._address(),
            detail={"credential": added, "virtual": virtual},
            facts={"factor": factor.name},
        )
        happened = Happened.REPLACED if replaced else Happened.ADDED
        self._changed(tx, Change(subject.id, factor.name, happened, template.label))
        return Added(added, factor.name, template.proven)

    def _verify(
        self, ceremony: Ceremony, remembered: Remembered, answer: Answer, terms: Terms
    ) -> Judged:
        factor = named(self._factors, ceremony.factor)
        with self._store.read() as tx:
            account_id = ceremony.account_id or claimed(tx, factor, answer)
            subject = subject_of(tx, account_id)
            enrolled = self._enrolled(tx, subject, factor.name, ceremony.credential_id)
            if not subject.id:
                self._take_as_long(tx, factor.name)
            signal = unknown(tx, factor, answer)
        if terms.verify:
            verdict = terms.verify(enrolled, remembered.secret)
        else:
            verdict = factor.finish_verify(subject, enrolled, remembered.secret, answer)
        told = ceremony.account_id is not None and not terms.stranger
        how = _virtual(answer), told, _forwarded(answer)
        attempt = Attempt(factor.name, subject.id, enrolled, *how)
        judged = replace(self._judging.judged(attempt, verdict), signal=signal)
        if judged.verdict.accepted or ceremony.tries <= 1:
            return judged
        left = replace(ceremony, tries=ceremony.tries - 1)
        return replace(judged, again=self._asking.again(left, remembered, Retry(REFUSED)))


def _virtual(answer: Answer) -> bool:
    return any(sample.virtual for sample in answer.samples)


def _forwarded(answer: Answer) -> str:
    return next((sample.forwarded for sample in answer.samples), "")
