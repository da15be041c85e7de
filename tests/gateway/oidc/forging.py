"""What an attacker would need: the private half of a key of the provider."""

from __future__ import annotations

import json

from joserfc.jwk import Key, import_key

from store import Store


def private_key(store: Store, alg: str = "ES256") -> Key:
    """Return the key that signs with this algorithm, its kid in it."""
    with store.read() as tx:
        held = next(key for key in tx.keys.list() if key.alg == alg)
    return import_key({**json.loads(held.private), "kid": held.kid})
