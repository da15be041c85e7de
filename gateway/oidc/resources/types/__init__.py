"""The types of authorization details (RFC 9396, section 2): our own and the declared ones."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.oidc.resources.types.declared import Declared
from gateway.oidc.resources.types.message import Message
from gateway.oidc.resources.types.type import Type
from store import Transaction

BUILT_IN: Mapping[str, Type] = {Message.name: Message()}


def known(tx: Transaction) -> dict[str, Type]:
    """Return every type: our own, and those that the registered resources understand."""
    declared = (item for one in tx.resources.list() for item in one.authorization_details.items())
    return {**{name: Declared(name, declaration) for name, declaration in declared}, **BUILT_IN}
