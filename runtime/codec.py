"""What Temporal stores is ciphertext: a codec over every payload that leaves a client or a worker.

It covers payloads and, through the failure converter in `runtime.temporal`, error messages. It does not cover workflow
ids, activity ids or search attributes: those carry opaque ids (architecture decision 4).
"""

import os
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from runtime.keys import Keyring

ENCODING = b"binary/jiuzhu-aes-gcm"
NONCE_BYTES = 12


class EncryptingCodec(PayloadCodec):
    """AES-256-GCM: key-version byte, nonce, ciphertext of the whole payload with its metadata."""

    def __init__(self, keyring: Keyring) -> None:
        self._current = max(keyring.payloads)
        self._ciphers = {version: AESGCM(key) for version, key in keyring.payloads.items()}

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._sealed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._opened(payload) for payload in payloads]

    def _sealed(self, payload: Payload) -> Payload:
        version, nonce = bytes([self._current]), os.urandom(NONCE_BYTES)
        text = self._ciphers[self._current].encrypt(nonce, payload.SerializeToString(), version)
        return Payload(metadata={"encoding": ENCODING}, data=version + nonce + text)

    def _opened(self, payload: Payload) -> Payload:
        # The server itself writes a few payloads in clear (its search attributes, the ones of its own failures).
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        version, nonce, text = payload.data[:1], payload.data[1 : 1 + NONCE_BYTES], payload.data[1 + NONCE_BYTES :]
        cipher = self._ciphers.get(version[0]) if version else None
        if cipher is None:
            raise ValueError("a payload was written under a key that is not in this keyring")
        return Payload.FromString(cipher.decrypt(nonce, text, version))
