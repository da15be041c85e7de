"""Finding the login that a browser speaks of."""

from __future__ import annotations

from contracts.errors import Expired
from gateway.login.steps import Visit
from store import Login, Transaction


def found(tx: Transaction, handle: str, visit: Visit) -> Login:
    """Return this browser's login. Raises Expired where it has none of this handle."""
    login = tx.logins.find(handle, visit.browser)
    if login is None:
        raise Expired(detail="no such login of this browser")
    return login
