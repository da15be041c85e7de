"""The one way from a factor's template into the store."""

from __future__ import annotations

from contracts.abilities import Protecting
from contracts.errors import Tampered
from contracts.factor import Factor, Template
from contracts.remembering import Remembering
from store import Transaction


def keep(
    tx: Transaction, account_id: str, factor: Factor, template: Template, *, virtual: bool = False
) -> str:
    """Store a new credential and return its id; protect what the factor protects. Raises Conflict.

    Its row of the keystore is made where there is none: the seed must be that of the subject.
    """
    if isinstance(factor, Protecting):
        template = factor.protect(template, tx.credentials.seed(account_id, factor.name))
    return tx.credentials.add(account_id, factor.name, template, virtual=virtual)


def carried(tx: Transaction, account_id: str, factor: Factor, template: Template) -> Template:
    """Return a new template with what those remember that it will replace, disabled ones too.

    What cannot be opened any more, as after a backup was put back, remembers nothing.
    """
    if not isinstance(factor, Remembering):
        return template
    try:
        replaced = tx.credentials.enrolled(account_id, factor.name, disabled=True)
    except Tampered:
        return template
    return factor.carry(template, replaced)
