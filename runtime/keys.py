"""The keyring: separate random keys for fields, blind index, files and Temporal's payloads, in one file of mode 0600.

Keys are made once. Losing the file means losing every encrypted column, so nothing here ever makes a second one
beside a database that was written under the first.
"""

import base64
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runtime.trouble import StartTrouble
from store.vault import Vault

KEY_BYTES = 32
PURPOSES = ("fields", "files", "payloads")


@dataclass(frozen=True, repr=False)
class Keyring:
    """Keys by version (1–255, written as one byte before each ciphertext); the highest version writes.

    The blind index has one key without a version: changing it means rebuilding every index column.
    """

    fields: Mapping[int, bytes]
    files: Mapping[int, bytes]
    payloads: Mapping[int, bytes]
    blind_index: bytes

    def __repr__(self) -> str:
        return f"Keyring(versions={sorted(self.fields)})"


def vault(keyring: Keyring) -> Vault:
    """The keys that the store seals columns and files with; Temporal's stay here."""
    return Vault(columns=keyring.fields, files=keyring.files, index=keyring.blind_index)


def generate() -> Keyring:
    """A keyring of fresh random keys, version 1."""
    fields, files, payloads, blind_index = (secrets.token_bytes(KEY_BYTES) for _ in range(4))
    return Keyring({1: fields}, {1: files}, {1: payloads}, blind_index)


def load(path: Path) -> Keyring:
    """Read the keyring; raises StartTrouble when it is missing, readable by others, or damaged."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError as error:
        raise StartTrouble(f"缺少密钥文件 {path}：没有它，已加密的数据无法读出。请从备份恢复该文件。") from error
    if mode & 0o077:
        raise StartTrouble(f"密钥文件 {path} 的权限是 {mode:04o}，其他人可以读取。请改为仅本人可读：chmod 600 '{path}'")
    try:
        return _parsed(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        # The cause is left out: its text could quote the file.
        raise StartTrouble(f"密钥文件 {path} 已损坏，请从备份恢复。") from error.with_traceback(None)


def load_or_create(path: Path, *, database_exists: bool) -> Keyring:
    """Read the keyring, or make it for a new database; with a database there and no file, raises StartTrouble."""
    if not path.exists() and not database_exists:
        _write_once(path, generate())
    return load(path)


def _write_once(path: Path, keyring: Keyring) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(_printed(keyring), file)
        file.flush()
        os.fsync(file.fileno())
    # A link fails where the name is taken, so two first starts cannot overwrite each other's keys.
    os.link(draft, path)
    draft.unlink()


def _printed(keyring: Keyring) -> dict[str, object]:
    versions = {
        str(version): {purpose: _text(getattr(keyring, purpose)[version]) for purpose in PURPOSES}
        for version in keyring.fields
    }
    return {"versions": versions, "blind_index": _text(keyring.blind_index)}


def _parsed(content: dict[str, object]) -> Keyring:
    versions = content["versions"]
    if not isinstance(versions, dict):
        raise TypeError("versions")
    by_purpose = {
        purpose: {int(version): _key(keys[purpose]) for version, keys in versions.items()} for purpose in PURPOSES
    }
    if not versions or not all(1 <= int(version) <= 255 for version in versions):
        raise ValueError("versions")
    return Keyring(blind_index=_key(content["blind_index"]), **by_purpose)


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _key(text: object) -> bytes:
    key = base64.b64decode(str(text), validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("key length")
    return key
