"""What no policy may do: lock every admin out, or people, or ask for what nobody can show."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from contracts.abilities import Reachable
from contracts.factor import Factor
from contracts.text import Text
from enrollment.usable import begins
from gateway import policy
from gateway.settings import Settings
from store import Transaction
from verifiers import registry

PASSKEYS = "webauthn"
"""The factor that admins log in with."""

FLOORS: Mapping[str, int] = {
    **{"login_seconds": 60, "code_seconds": 10, "enrolment_seconds": 300, "ticket_seconds": 300},
    **{"session_seconds": 600, "session_idle_seconds": 120, "fresh_seconds": 60},
    **{"aal3_seconds": 600, "aal3_idle_seconds": 120},
    **{"access_token_seconds": 30, "id_token_seconds": 30},
    **{"failures_disable": 3, "failures_per_source": 5},
}
"""Below these an admin hardly finishes what would put it right again."""

NO_FACTOR = "factors_off: There is no factor %(name)s."
NO_PASSKEYS = "factors_off: Admins log in with passkeys, so webauthn stays on."
TOO_LITTLE = "%(name)s: With less than %(floor)d no admin could put it right again."
NO_CODES = "factors_off: Registration is open, and needs codes by e-mail or phone."
NEEDED = "factors_off: A client needs %(acr)s, and nobody could reach that any more."


@dataclass(frozen=True, slots=True)
class Draft:
    """Settings that somebody would like, beside those that hold; `named` are set by them."""

    now: Settings
    then: Settings
    named: Collection[str]


def unsound(tx: Transaction, draft: Draft, factors: Mapping[str, Factor]) -> Text | None:
    """Return why settings cannot be, if there is a reason."""
    checks = (_factors(draft), _floors(draft), _clients(tx, draft), _codes(draft, factors))
    return next(chain.from_iterable(checks), None)


def stranded(tx: Transaction, draft: Draft, factors: Mapping[str, Factor]) -> int:
    """Count the people who could begin a login before, and could not any more."""
    before, after = _beginning(draft.now, factors), _beginning(draft.then, factors)
    return tx.policies.stranded(before, after) if before - after else 0


def _beginning(settings: Settings, factors: Mapping[str, Factor]) -> set[str]:
    able = {name for name, factor in factors.items() if begins(factor)}
    return able - set(settings.factors_off)


def _factors(draft: Draft) -> Iterator[Text]:
    known = registry.names()
    for name in draft.then.factors_off:
        if name not in known:
            yield Text(NO_FACTOR, {"name": name})
    if PASSKEYS in draft.then.factors_off:
        yield Text(NO_PASSKEYS)


def _floors(draft: Draft) -> Iterator[Text]:
    for name in draft.named:
        floor = FLOORS.get(name, 0)
        if floor and getattr(draft.then, name) < floor:
            yield Text(TOO_LITTLE, {"name": name, "floor": floor})


def _codes(draft: Draft, factors: Mapping[str, Factor]) -> Iterator[Text]:
    sent = {name for name, factor in factors.items() if isinstance(factor, Reachable)}
    if draft.then.registration == "open" and sent <= set(draft.then.factors_off):
        yield Text(NO_CODES)


def _clients(tx: Transaction, draft: Draft) -> Iterator[Text]:
    off = set(draft.then.factors_off) - set(draft.now.factors_off)
    for acr in tx.policies.needs() if off else ():
        if policy.parse(acr).biometrics & off:
            yield Text(NEEDED, {"acr": acr})
