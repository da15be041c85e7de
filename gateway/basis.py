"""What biometrics decide by, in the trail: whoever changes a file or a limit leaves an entry."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.abilities import Measured
from contracts.factor import Factor
from gateway.admin.actor import user_of_the_system
from store import Store
from store.acting import acting

Basis = Mapping[str, Mapping[str, str]]


def note(store: Store, factors: Mapping[str, Factor]) -> None:
    """Add an entry where factors decide by something else than at the start before this one."""
    now = {name: dict(each.basis) for name, each in factors.items() if isinstance(each, Measured)}
    user = user_of_the_system()
    with acting(user.id, user.name, user.address), store.write() as tx:
        last = tx.audit.last("biometrics.basis_changed")
        changed = differing(last.detail.get("basis", {}) if last else {}, now)
        if changed:
            tx.audit.add("biometrics.basis_changed", detail={"changed": changed, "basis": now})


def differing(before: Basis, now: Basis) -> list[str]:
    """Return the names of what is not as it was, as `voice.calibration`."""
    old, new = (
        {
            f"{factor}.{name}": value
            for factor, each in basis.items()
            for name, value in each.items()
        }
        for basis in (before, now)
    )
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
