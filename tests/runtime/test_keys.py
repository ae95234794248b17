"""The keyring: made once, for its owner's eyes, and never made anew beside a database."""

import json
import stat
from pathlib import Path

import pytest

from runtime.keys import Keyring, generate, load, load_or_create, vault
from runtime.trouble import StartTrouble


def all_keys(keyring: Keyring) -> list[bytes]:
    return [keyring.blind_index, *keyring.fields.values(), *keyring.files.values(), *keyring.payloads.values()]


def test_keyring_is_made_once_with_a_key_for_each_purpose(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    first = load_or_create(path, database_exists=False)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(set(all_keys(first))) == 4
    assert {len(key) for key in all_keys(first)} == {32}
    assert all_keys(load_or_create(path, database_exists=True)) == all_keys(first)
    assert [entry.name for entry in tmp_path.iterdir()] == ["keyring.json"]


def test_missing_keyring_beside_a_database_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    with pytest.raises(StartTrouble, match="缺少密钥文件"):
        load_or_create(path, database_exists=True)
    assert not path.exists()


def test_keyring_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    load_or_create(path, database_exists=False)
    path.chmod(0o640)
    with pytest.raises(StartTrouble, match=r"0640.*chmod 600"):
        load(path)


@pytest.mark.parametrize("content", ["", "{}", '{"versions": {}, "blind_index": ""}', "[]"])
def test_damaged_keyring_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keyring.json"
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(StartTrouble, match="已损坏"):
        load(path)


def test_short_key_is_refused_and_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    load_or_create(path, database_exists=False)
    content = json.loads(path.read_text())
    content["versions"]["1"]["fields"] = "c2hvcnQ="
    path.write_text(json.dumps(content))
    with pytest.raises(StartTrouble, match="已损坏") as trouble:
        load(path)
    assert "c2hvcnQ" not in str(trouble.value)


def test_keyring_does_not_print_its_keys() -> None:
    keyring = generate()
    assert repr(keyring) == "Keyring(versions=[1])"


def test_vault_seals_with_the_keyring_and_has_no_payload_keys() -> None:
    keyring = generate()
    store = vault(keyring)
    assert store.open("person", "name", 1, store.seal("person", "name", 1, "某人")) == "某人"
    assert keyring.payloads[1] not in {*store.columns.values(), *store.files.values(), store.index}
