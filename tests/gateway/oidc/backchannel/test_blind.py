"""No clock and no counter tells a client who is here: the same work is done for everybody."""

from __future__ import annotations

from store import Store
from tests.gateway.oidc.backchannel.backend import Backend, Phone
from tests.gateway.oidc.test_statements import counted


def test_the_same_statements_for_known_unknown_and_silenced(
    bank: Backend, phone: Phone, store: Store
) -> None:
    with store.write() as tx:
        tx.accounts.add("bob")
    bank.ask(login_hint="nobody")
    made = {}
    for name, hint in (("ada", "ada"), ("bob", "bob"), ("nobody", "nobody")):
        with counted() as statements:
            bank.ask(login_hint=hint)
        made[name] = [statement.split(" WHERE ")[0] for statement in statements]
    assert phone.waits
    phone.post(f"/requests/{phone.waits}", decision="deny")
    with counted() as statements:
        bank.ask(login_hint="ada")
    made["silenced"] = [statement.split(" WHERE ")[0] for statement in statements]
    assert made["bob"] == made["nobody"] == made["silenced"] == made["ada"]
