"""Sealed cells and blind indexes are the same whichever way they are made; what lies in tables stays readable."""

import hashlib
import hmac

import pytest

from store.vault import SealBroken, Vault

VAULT = Vault({1: bytes(range(32)), 2: bytes(range(1, 33))}, {1: bytes(32)}, bytes(range(2, 34)))


def test_an_index_is_a_keyed_hash_of_kind_and_value() -> None:
    for kind, value in (("name", "张三"), ("id_number", "14052219480807001X"), ("name", "张三")):
        said = f"{kind}|{value}".encode()
        assert VAULT.blind(kind, value) == hmac.digest(VAULT.index, said, hashlib.sha256)


def test_cells_sealed_together_open_one_by_one_and_only_in_their_rows() -> None:
    cells = [(f"row {number}", f'{{"name": "张{number}"}}') for number in range(5)]
    sealed = VAULT.seal_texts("person", "sealed", cells)
    assert [VAULT.open("person", "sealed", row, cell) for (row, _text), cell in zip(cells, sealed, strict=True)] == [
        {"name": f"张{number}"} for number in range(5)
    ]
    assert len({cell[:13] for cell in sealed}) == 5, "each has a nonce of its own"
    with pytest.raises(SealBroken):
        VAULT.open("person", "sealed", "row 1", sealed[0])
