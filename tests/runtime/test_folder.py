"""The data folder: whole, damaged, strange, taken."""

import json
from pathlib import Path

import pytest

from runtime.folder import SQLITE_HEADER, DataFolder
from runtime.trouble import StartTrouble


def whole(path: Path) -> DataFolder:
    folder = DataFolder(path)
    with folder.claim():
        folder.prepare(with_temporal=True)
    (folder.postgres / "global").mkdir(parents=True)
    (folder.postgres / "PG_VERSION").write_text("18\n")
    (folder.postgres / "global" / "pg_control").write_bytes(b"x")
    folder.keyring.write_text("{}")
    folder.temporal.write_bytes(SQLITE_HEADER)
    folder.finish()
    return folder


def test_whole_folder_is_accepted_again(tmp_path: Path) -> None:
    whole(tmp_path / "data").prepare(with_temporal=True)


@pytest.mark.parametrize("lost", ["postgres/PG_VERSION", "postgres/global/pg_control", "keyring.json", "temporal.db"])
def test_lost_part_is_named(tmp_path: Path, lost: str) -> None:
    folder = whole(tmp_path / "data")
    (folder.path / lost).unlink()
    with pytest.raises(StartTrouble, match=f"已损坏：缺少 {lost}"):
        folder.prepare(with_temporal=True)


def test_overwritten_temporal_database_is_damage(tmp_path: Path) -> None:
    folder = whole(tmp_path / "data")
    folder.temporal.write_bytes(b"not a database")
    with pytest.raises(StartTrouble, match=r"temporal\.db 不是完好的数据库文件"):
        folder.prepare(with_temporal=True)


def test_unreadable_marker_is_damage(tmp_path: Path) -> None:
    folder = whole(tmp_path / "data")
    folder.marker.write_text("{")
    with pytest.raises(StartTrouble, match="已损坏"):
        folder.prepare(with_temporal=True)


def test_newer_format_is_refused(tmp_path: Path) -> None:
    folder = whole(tmp_path / "data")
    folder.marker.write_text(json.dumps({"format": 2, "stage": "ready"}))
    with pytest.raises(StartTrouble, match="第 2 版"):
        folder.prepare(with_temporal=True)


def test_interrupted_first_start_is_taken_up_again(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with folder.claim():
        folder.prepare(with_temporal=True)
    folder.prepare(with_temporal=True)
    assert not folder.finished


def test_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StartTrouble, match="是一个文件"):
        DataFolder(tmp_path / "data").claim()


def test_second_claim_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    with folder.claim(), pytest.raises(StartTrouble, match="正被另一个"):
        folder.claim()
    folder.claim().close()


def test_socket_path_is_short_and_without_blanks(tmp_path: Path) -> None:
    socket = DataFolder(tmp_path / ("很长 " * 40)).socket / ".s.PGSQL.5432"
    assert len(str(socket).encode()) < 100
    assert " " not in str(socket)
