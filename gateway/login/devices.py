"""Browsers that are remembered: they sign beside the password, and are kept after two factors."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from contracts.assurance import AuthEvent
from contracts.clock import Clock
from contracts.errors import Conflict, Expired, NotAllowed
from contracts.factor import Ask, Factor, Subject
from contracts.signals import Signalling
from contracts.text import Text
from enrollment.ceremonies import Ceremonies
from enrollment.outcomes import Added, Asked, Judged
from enrollment.submission import Submission
from enrollment.terms import Terms
from enrollment.usable import readable, subject_of
from gateway import policy
from gateway.callers import in_words
from gateway.login.found import found
from gateway.login.plan import event
from gateway.login.steps import Step, Visit
from store import Ceremony, Login, Purpose, Store, Transaction

COMPLETE = policy.parse("mfa")
LEFT = 10
"""Failures in a row that strangers leave to whoever is remembered; some are judged at once."""


class Devices:
    """Lets browsers prove keys of their own, and lets people have browsers remembered.

    No failure here stops a login: whoever is not remembered shows a second factor.
    """

    def __init__(
        self,
        store: Store,
        factors: Mapping[str, Factor],
        ceremonies: Ceremonies,
        clock: Clock,
        render: Callable[[Text], str],
        *,
        failures_disable: int,
    ) -> None:
        """Take after how many failures in a row a credential is switched off."""
        self._open_failures = max(1, failures_disable - LEFT)
        self._factor = next((f for f in factors.values() if f.silent), None)
        self._factors = factors
        self._store = store
        self._ceremonies = ceremonies
        self._clock = clock
        self._render = render

    @property
    def name(self) -> str:
        """The factor that browsers prove by themselves; empty where they are not remembered."""
        return self._factor.name if self._factor else ""

    def signature(self, handle: str, visit: Visit) -> Asked:
        """Ask for a signature: by a key before any proof, by a new one after it.

        Raises NotAllowed where browsers are not remembered.
        """
        with self._store.read() as tx:
            login = found(tx, handle, visit)
            subject = subject_of(tx, login.account_id) if login.events else None
        purpose = Purpose.ENROLL if subject else Purpose.VERIFY
        return self._ceremonies.begin(purpose, self.name, login.handle_hash, subject)

    def shown(self, login: Login, visit: Visit, subject: Subject) -> Judged | None:
        """Return the proof of a key of this very person, if their browser brought one.

        It costs the same for names that nobody has: whose key it is comes from the key alone.
        """
        came = self._answered(login, visit, Purpose.VERIFY)
        if not isinstance(came, Judged) or not came.verdict.accepted:
            return None
        return came if came.account_id == subject.id else None

    def admitted(self, subject: Subject, factor: str, shown: Judged | None) -> Subject:
        """Return whom to judge a first proof of: nobody, where it is left to remembered browsers.

        Strangers who guess on would have it switched off, and shut out whoever is remembered.
        """
        with self._store.read() as tx:
            held = tx.credentials.list(subject.id)
        worn = any(c.factor == factor and c.failures >= self._open_failures for c in held)
        reserved = worn and shown is None and any(c.factor == self.name for c in held)
        return Subject("", subject.username) if reserved else subject

    def counts(self, login: Login) -> bool:
        """Whether such a proof spares the second factor: in a login that begins from nothing.

        It answers no step-up, and no wish for proofs that are new.
        """
        return login.account_id is None and login.requirement.not_before is None

    def keep(self, login: Login, visit: Visit) -> None:
        """Remember this browser, where it asked for it and two factors were shown just now."""
        if _complete(login):
            self._answered(login, visit, Purpose.ENROLL)

    def offer(self, handle: str, visit: Visit, asked: Step) -> Ask | None:
        """Return what a page offers to remember by, where its answer would complete a login."""
        factor = self._factor
        if not isinstance(asked, Asked) or asked.enrolling:
            return None
        if factor is None or not isinstance(factor, Signalling):
            return None
        prospect = self._factors[asked.factor].prospect(())
        proof = event(asked.factor, prospect, self._clock.now())
        with self._store.read() as tx:
            login = found(tx, handle, visit)
            if login.account_id is None or not _complete(login, proof):
                return None
            subject = subject_of(tx, login.account_id)
            return factor.accepted(subject, readable(tx, subject.id, self.name))

    def _answered(
        self, login: Login, visit: Visit, purpose: Purpose
    ) -> Asked | Added | Judged | None:
        def ours(ceremony: Ceremony) -> None:
            if (ceremony.factor, ceremony.purpose) != (self.name, purpose):
                raise NotAllowed(detail="a ceremony of another kind")

        signed = visit.signed
        if not self.name or not signed.ceremony:
            return None
        label = self._render(in_words(visit.device))
        submission = Submission({self.name: signed.answer, "label": label}, {}, "browser")
        try:
            terms = Terms(ours, lambda tx: _still_held(tx, login))
            return self._ceremonies.answer(signed.ceremony, login.handle_hash, submission, terms)
        except (Conflict, Expired, NotAllowed):
            return None


def _complete(login: Login, *more: AuthEvent) -> bool:
    """Whether the proofs of this very login amount to two factors, a remembered device aside."""
    return policy.level([*_made_here(login), *more]).satisfies(COMPLETE)


def _made_here(login: Login) -> list[AuthEvent]:
    return policy.anew(proof for proof in login.events if proof.at >= login.created_at)


def _still_held(tx: Transaction, login: Login) -> None:
    """Raise Expired where something that was proven here was changed or taken away since."""
    account_id = login.account_id or ""
    tx.accounts.hold(account_id)
    held = [c for c in tx.credentials.list(account_id) if c.disabled_at is None]
    for proof in _made_here(login):
        if not any(c.factor == proof.factor and c.created_at <= proof.at for c in held):
            raise Expired(detail=f"{proof.factor} was changed in the course of the login")
