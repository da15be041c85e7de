"""Consent before anything of somebody's body is measured: asked, remembered, taken back.

Without it no sample is asked for, none is decoded, and no template is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.abilities import Consent, Consented
from contracts.errors import Expired
from contracts.factor import Factor
from contracts.sample import Modality
from contracts.text import Text
from enrollment.outcomes import Change, Happened
from store import Credential, Store, Transaction
from store.events import Event

GIVEN = "consent.biometric_given"
WITHDRAWN = "consent.biometric_withdrawn"
KEPT = Text("It is also deleted once you have not used it for %(days)d days.")


def consent_of(factor: Factor) -> Consent | None:
    """Return what a factor needs consent to; None where it measures nobody."""
    return factor.consent if isinstance(factor, Consented) else None


def stands(tx: Transaction, account_id: str, factor: Factor) -> bool:
    """Tell whether somebody agrees to what a factor does now; to most there is nothing to agree."""
    consent = consent_of(factor)
    return consent is None or tx.biometric_consents.stands(account_id, factor.name, consent.version)


def hold_consent(tx: Transaction, account_id: str, factor: Factor) -> None:
    """See to it that consent stands until the transaction ends. Raises Expired: withdrawn."""
    if consent_of(factor) is None:
        return
    tx.accounts.hold(account_id)
    if not stands(tx, account_id, factor):
        raise Expired(detail="consent was withdrawn while something was enrolled")


def points(consent: Consent, idle_days: int) -> Iterator[Text]:
    """Yield all that somebody agrees to: the factor's sentences, and how long is kept."""
    yield from consent.points
    if idle_days:
        yield Text(KEPT.message, {"days": idle_days})


def end(tx: Transaction, account_id: str, factor: str, address: str) -> bool:
    """Note that a consent is over, within the transaction that deletes what it was for.

    What was measured of a voice in calls goes with it, and what chats have proven by it.
    """
    if factor == Modality.VOICE:
        tx.voice.forget(account_id)
    versions = tx.biometric_consents.withdraw(account_id, factor)
    for version in versions:
        named = _named(factor, version)
        tx.audit.add(WITHDRAWN, account_id=account_id, source=address, detail=named)
        tx.events.happened(Event.CONSENT_WITHDRAWN, account_id, **named)
    return bool(versions)


def give(tx: Transaction, account_id: str, factor: Factor, by: str, address: str) -> None:
    """Write down that somebody agrees to what a factor does now, at a browser or a kiosk."""
    consent = consent_of(factor)
    if consent is None or stands(tx, account_id, factor):
        return
    tx.biometric_consents.give(account_id, factor.name, consent.version, by)
    named = _named(factor.name, consent.version)
    tx.audit.add(GIVEN, account_id=account_id, source=address, detail={**named, "by": by})
    tx.events.happened(Event.CONSENT_GIVEN, account_id, **named)


@dataclass(frozen=True, slots=True)
class Wording:
    """What a factor needs consent to now, and whether somebody has given it."""

    factor: str
    title: Text
    version: str
    points: Sequence[Text]
    given: bool


class Consents:
    """Shows people what they agree to, and takes it back, with what it was for."""

    def __init__(
        self,
        store: Store,
        factors: Mapping[str, Factor],
        changed: Callable[[Transaction, Change], None],
        address: Callable[[], str],
        *,
        idle_days: int,
    ) -> None:
        """Take what hears of each change of a factor as `changed`."""
        self._store = store
        self._factors = factors
        self._changed = changed
        self._address = address
        self._idle_days = idle_days

    def wording(self, account_id: str, factor: str) -> Wording:
        """Return what a factor needs consent to. Raises Expired: none."""
        known = self._factors.get(factor)
        if known is None or not isinstance(known, Consented):
            raise Expired(detail=f"{factor!r} needs no consent")
        with self._store.read() as tx:
            given = stands(tx, account_id, known)
        said = tuple(points(known.consent, self._idle_days))
        return Wording(factor, known.title, str(known.consent.version), said, given)

    def agree(self, account_id: str, factor: str, version: str, by: str) -> bool:
        """Give consent to the words of a version; False where these are not today's."""
        if version != self.wording(account_id, factor).version:
            return False
        with self._store.write() as tx:
            tx.accounts.hold(account_id)
            give(tx, account_id, self._factors[factor], by, self._address())
        return True

    def withdraw(self, account_id: str, factor: str) -> None:
        """Delete all templates of a factor at once and end the consent. Raises Expired: none."""
        with self._store.write() as tx:
            tx.accounts.hold(account_id)
            held = self._held(tx, account_id, factor)
            # Told first, as every change is; who hears of a removal ends the consent with it.
            for one in held:
                self._changed(tx, Change(account_id, factor, Happened.REMOVED, one.label))
            ended = end(tx, account_id, factor, self._address())
            tx.credentials.remove_factor(account_id, factor)
            tx.ceremonies.forget(account_id, factor)
            if not (held or ended):
                raise Expired(detail="no such consent stands")

    def _held(self, tx: Transaction, account_id: str, factor: str) -> Sequence[Credential]:
        """Return what goes with a consent; of a factor that needs none nothing does.

        Who agreed to one that is switched off by now can take that back all the same.
        """
        known = self._factors.get(factor)
        given = any(one.factor == factor for one in tx.biometric_consents.list(account_id))
        if not isinstance(known, Consented) and not (known is None and given):
            raise Expired(detail=f"{factor!r} needs no consent")
        return [one for one in tx.credentials.list(account_id) if one.factor == factor]


def _named(factor: str, version: int) -> dict[str, str]:
    return {"factor": factor, "version": str(version)}
