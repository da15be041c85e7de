"""A live call: segments within one challenge, and who speaks is watched once it was accepted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from contracts.assurance import AuthEvent
from contracts.errors import Conflict, GatehouseError, NotAllowed, Retry, TooMany, Unavailable
from contracts.factor import Enrolled, Factor, Verdict
from contracts.listening import Following
from contracts.sample import Modality, Sample
from enrollment.terms import Terms
from enrollment.usable import usable
from gateway.login.elsewhere import FACTOR
from gateway.login.limits import give_back
from gateway.login.lowering import take_back
from gateway.voice_notes.answering import WAVE, Answering, Open, Outcome, Parts, Result
from gateway.voice_notes.challenge import Said, Status
from gateway.voice_notes.consent import stands
from gateway.voice_notes.going import Going
from store import Client, Purpose, Transaction
from store.trail.samples import REFUSED
from store.voice_calls import VoiceCall

CHANGED = "voice_notes.speaker_changed"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a call of which nothing is heard goes on, and its segments, altogether and a minute.

    A possession that is `fresh` counts; a voice that was refused so often in a row rests.
    """

    idle: timedelta
    segments: int
    per_minute: int
    fresh: timedelta
    biometric_failures: int


class Calling:
    """Hears the segments of calls, judges them as one answer, and follows who speaks."""

    def __init__(
        self,
        parts: Parts,
        answering: Answering,
        factor: Factor | None,
        bounds: Bounds,
    ) -> None:
        self._parts = parts
        self._store = parts.store
        self._answering = answering
        self._factor = factor
        self._following: Following | None = factor if isinstance(factor, Following) else None
        self._bounds = bounds

    def begin(self, client: Client, transaction: str, audio: bytes) -> tuple[Result, str]:
        """Begin a call by its first segment; return its handle too. Raises as a message does."""
        opened = self._answering.open(client, transaction)
        with self._store.write() as tx:
            going = Going(opened.login.handle_hash)
            handle = tx.voice.calls.open(opened.note, going.dump(), self._bounds.idle)
        with self._answering.given_back(opened), self._ended_unheard(client, handle):
            return self.go_on(client, handle, audio, opened), handle

    def go_on(
        self, client: Client, handle: str, audio: bytes, opened: Open | None = None
    ) -> Result:
        """Hear the next segment: one result for the whole call so far.

        Raises NotAllowed, alike for a call that is over, another client's or never was; Conflict
        for two segments at once; TooMany.
        """
        call = self._find(client, handle)
        going = Going.load(call.state)
        with self._counted(call, going):
            if going.proof:
                return self._follow(call, going, self._sample(client, audio))
            opened = opened or self._answering.open_again(client, call.note)
            if (opened.note.account_id, opened.login.handle_hash) != (call.account_id, going.login):
                raise NotAllowed(detail="by this name somebody else is asked now")
            return self._hear(call, going, opened, self._sample(client, audio))

    def end(self, client: Client, handle: str) -> None:
        """End a call; what it has proven stays. Raises NotAllowed as `go_on` does."""
        call = self._find(client, handle)
        with self._store.write() as tx:
            tx.voice.calls.end(call)

    @property
    def _follower(self) -> Following:
        if self._following is None:
            raise NotAllowed(detail="the factor follows nobody")
        return self._following

    def _find(self, client: Client, handle: str) -> VoiceCall:
        with self._store.read() as tx:
            call = tx.voice.calls.find(handle, client.id)
            if call is None or not stands(tx, call.account_id, client.id):
                raise NotAllowed(detail="no such call of this client")
        return call

    @contextmanager
    def _counted(self, call: VoiceCall, going: Going) -> Iterator[None]:
        """Count a segment, unless a busy house does not hear it. Raises TooMany, NotAllowed."""
        key = f"voice call:{call.id}"
        with self._store.write() as tx:
            wait = tx.limits.hit(key, self._bounds.per_minute, MINUTE)
        if wait:
            raise TooMany(detail="segments of one call", retry_after=wait)
        if going.segments >= self._bounds.segments:
            raise NotAllowed(detail="the call has lasted too long")
        try:
            yield
        except Unavailable:
            with self._store.write() as tx:
                give_back(tx, key)
            raise

    @contextmanager
    def _ended_unheard(self, client: Client, handle: str) -> Iterator[None]:
        """End a call whose first segment raises: nobody was told its handle."""
        try:
            yield
        except GatehouseError:
            with self._store.write() as tx:
                if call := tx.voice.calls.find(handle, client.id):
                    tx.voice.calls.end(call)
            raise

    def _sample(self, client: Client, audio: bytes) -> Sample:
        wave, now = self._answering.decode(audio), self._parts.clock.now()
        source = f"client {client.id}"
        return Sample(Modality.VOICE, WAVE, wave, now, source, forwarded=client.id)

    def _hear(self, call: VoiceCall, going: Going, opened: Open, sample: Sample) -> Result:
        try:
            enrolled, asked = self._enrolled(call), opened.said.asked
            heard = self._follower.hear(going.heard, enrolled, asked, sample)
        except Retry as poor:
            return self._poor(call, poor)
        going = replace(going, heard=heard.state, segments=going.segments + 1)
        call = self._keep(call, going)
        return self._conclude(call, going, opened, sample) if heard.enough else Result.AGAIN

    def _conclude(self, call: VoiceCall, going: Going, opened: Open, sample: Sample) -> Result:
        """Judge all that was heard as one answer."""

        def verify(enrolled: Sequence[Enrolled], secret: bytes) -> Verdict:
            return self._follower.conclude(enrolled, secret, going.heard)

        def also(tx: Transaction, outcome: Outcome) -> None:
            if outcome.result is Result.REFUSED:
                tx.voice.calls.end(call)
            else:
                heard = going.heard if outcome.proof else b""
                self._go_on(tx, call, replace(going, heard=heard, proof=outcome.proof))

        return self._answering.judge(opened, sample.data, Terms(verify=verify), also).result

    def _follow(self, call: VoiceCall, going: Going, sample: Sample) -> Result:
        try:
            followed = self._follower.follow(going.heard, self._enrolled(call), sample)
        except Retry as poor:
            return self._poor(call, poor)
        if followed.changed:
            self._changed(call, going)
            return Result.REFUSED
        self._keep(call, replace(going, heard=followed.state, segments=going.segments + 1))
        return Result.ACCEPTED

    def _poor(self, call: VoiceCall, why: Retry) -> Result:
        """Note a segment that could not be used: it counts among the failures to acquire."""
        if why.reason:
            facts = {"factor": FACTOR, "purpose": str(Purpose.VERIFY), "reason": why.reason}
            of = {"account_id": call.account_id, "client_id": call.client_id}
            with self._store.write() as tx:
                tx.audit.add(REFUSED, **of, detail={"forwarded": True}, facts=facts)
        return Result.AGAIN

    def _enrolled(self, call: VoiceCall) -> Sequence[Enrolled]:
        """Return what the voice is compared with. Raises NotAllowed where it is gone."""
        enrolled: Sequence[Enrolled] = ()
        if self._factor is not None:
            with self._store.read() as tx:
                enrolled = usable(
                    tx, call.account_id, self._factor, self._bounds.biometric_failures
                )
        if not enrolled:
            raise NotAllowed(detail="the voiceprint is gone")
        return enrolled

    def _changed(self, call: VoiceCall, going: Going) -> None:
        """Take back what the call has proven, wherever it counts."""
        proof, now = going.proof, self._parts.clock.now()
        with self._store.write() as tx:
            tx.accounts.hold(call.account_id)
            if not proof or not tx.voice.calls.end(call):
                raise Conflict(detail="two segments at once")
            _refuse(tx, call, proof)
            take_back(tx, call.account_id, proof, now, self._bounds.fresh)
            detail = {"factor": FACTOR, "forwarded": True}
            tx.audit.add(
                CHANGED, account_id=call.account_id, client_id=call.client_id, detail=detail
            )

    def _keep(self, call: VoiceCall, going: Going) -> VoiceCall:
        """Write how a call goes. Raises Conflict where another segment was heard meanwhile."""
        with self._store.write() as tx:
            self._go_on(tx, call, going)
        return replace(call, state=going.dump(), version=call.version + 1)

    def _go_on(self, tx: Transaction, call: VoiceCall, going: Going) -> None:
        if not tx.voice.calls.go_on(call, going.dump(), self._bounds.idle):
            raise Conflict(detail="two segments at once")


def _refuse(tx: Transaction, call: VoiceCall, proof: AuthEvent) -> None:
    """Let the browser have nothing of a call in which the speaker changed."""
    note = tx.voice.notes.get(call.note)
    if note is not None and (said := Said.load(note.state)).proof == proof:
        tx.voice.notes.change(note, replace(said, status=Status.REFUSED, proof=None).dump())
