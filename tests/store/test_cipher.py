from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Tampered
from store.cipher import Vault, seal, unseal
from store.keys_file import Keys

KEY = bytes(range(32))


def vault(*versions: int, current: int = 1) -> Vault:
    kek = {version: bytes([version]) * 32 for version in versions}
    return Vault(Keys(kek=kek, current=current, pepper=KEY))


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_what_is_sealed_opens(data: bytes, aad: bytes) -> None:
    assert unseal(KEY, seal(KEY, data, aad), aad) == data


@given(st.binary(max_size=50), st.data())
def test_no_changed_bit_opens(data: bytes, draw: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, data, b"place"))
    bit = draw.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Tampered):
        unseal(KEY, bytes(sealed), b"place")


def test_another_place_does_not_open() -> None:
    with pytest.raises(Tampered):
        vault(1).unseal("codes|2", vault(1).seal("codes|1", b"data"))


def test_an_older_key_still_opens() -> None:
    sealed = vault(1).seal("place", b"data")
    assert vault(1, 2, current=2).unseal("place", sealed) == b"data"
    assert vault(1, 2, current=2).seal("place", b"data")[:2] == b"\0\2"


def test_an_unknown_key_does_not_open() -> None:
    with pytest.raises(Tampered, match="not in the key file"):
        vault(2, current=2).unseal("place", vault(1).seal("place", b"data"))


def test_a_key_of_another_version_does_not_open() -> None:
    sealed = vault(1).seal("place", b"data")
    with pytest.raises(Tampered):
        vault(1, 2).unseal("place", b"\0\2" + sealed[2:])


def test_nonces_do_not_repeat() -> None:
    assert len({seal(KEY, b"", b"")[:12] for _ in range(20_000)}) == 20_000


def test_a_sealed_embedding_looks_random() -> None:
    sealed = seal(KEY, bytes(50_000), b"")
    entropy = -sum(n / len(sealed) * math.log2(n / len(sealed)) for n in Counter(sealed).values())
    assert entropy > 7.9


def test_digests_depend_on_purpose_value_and_pepper() -> None:
    other = Vault(Keys(kek={1: KEY}, current=1, pepper=bytes(32)))
    digests = {
        vault(1).digest("code", "value"),
        vault(1).digest("token", "value"),
        vault(1).digest("code", "other"),
        other.digest("code", "value"),
    }
    assert len(digests) == 4
    assert vault(1, 2, current=2).digest("code", "value") in digests
    assert len(vault(1).digest("code", "\ud800")) == 64
