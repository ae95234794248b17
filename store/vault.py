"""Personal data at rest: sealed columns, sealed files and keyed blind indexes. Opening for a reader: `store/disclosure.py`.

A sealed value is one byte of key version, a nonce, and AES-256-GCM over the text with `table|column|row` as associated
data, so that a value copied into another row does not open.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

_NONCE = 12
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode


class SealBroken(Exception):
    """A sealed value does not open: wrong key, wrong row, or altered. Carries no content."""


@dataclass(frozen=True)
class Vault:
    """`columns` and `files` hold 32-byte keys by version (the highest seals); `index` keys the blind index."""

    columns: Mapping[int, bytes]
    files: Mapping[int, bytes]
    index: bytes

    def seal(self, table: str, column: str, row: object, content: Any) -> bytes:
        """`content` (anything JSON can hold) as a sealed value for that very cell."""
        plain = _AS_JSON(content).encode()
        return _seal(self.columns, plain, f"{table}|{column}|{row}".encode())

    def seal_texts(self, table: str, column: str, cells: Sequence[tuple[object, str]]) -> list[bytes]:
        """Many cells of one column, by their rows, at once. Each content is JSON already."""
        version = max(self.columns)
        cipher, head = _cipher(self.columns[version]), bytes([version])
        nonces = os.urandom(_NONCE * len(cells))
        sealed = []
        for at, (row, plain) in enumerate(cells):
            nonce = nonces[at * _NONCE : (at + 1) * _NONCE]
            associated = f"{table}|{column}|{row}".encode()
            sealed.append(head + nonce + cipher.encrypt(nonce, plain.encode(), associated))
        return sealed

    def open(self, table: str, column: str, row: object, sealed: bytes) -> Any:
        """The content of a sealed cell. Raises SealBroken."""
        return json.loads(_open(self.columns, sealed, f"{table}|{column}|{row}".encode()))

    def seal_file(self, file_id: object, content: bytes) -> bytes:
        return _seal(self.files, content, f"file|{file_id}".encode())

    def open_file(self, file_id: object, sealed: bytes) -> bytes:
        """The content of a sealed file. Raises SealBroken."""
        return _open(self.files, sealed, f"file|{file_id}".encode())

    def blind(self, kind: str, value: str) -> bytes:
        """A keyed index for equality search (HMAC-SHA256): `kind` keeps a name and a number apart."""
        mac = _keyed(self.index, kind).copy()
        mac.update(value.encode())
        return mac.finalize()


@lru_cache(maxsize=32)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(maxsize=32)
def _keyed(key: bytes, kind: str) -> HMAC:
    """What all indexes of a kind begin with; to be copied, never to be finished itself."""
    begun = HMAC(key, SHA256())
    begun.update(f"{kind}|".encode())
    return begun


def _seal(keys: Mapping[int, bytes], plain: bytes, associated: bytes) -> bytes:
    version = max(keys)
    nonce = os.urandom(_NONCE)
    return bytes([version]) + nonce + _cipher(keys[version]).encrypt(nonce, plain, associated)


def _open(keys: Mapping[int, bytes], sealed: bytes, associated: bytes) -> bytes:
    try:
        return _cipher(keys[sealed[0]]).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], associated)
    except (KeyError, IndexError, ValueError, InvalidTag):
        raise SealBroken from None
