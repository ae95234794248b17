"""`jiuzhu up` as a newcomer meets it: it starts, says what is wrong in words, and leaves nothing behind."""

import signal
import socket
import subprocess
from pathlib import Path

from runtime.embedded import ports
from tests.runtime.conftest import Ups, processes_naming, wait_for_none


def test_up_announces_the_address_and_ctrl_c_leaves_nothing_behind(tmp_path: Path, start_up: Ups) -> None:
    port = ports.free()
    up = start_up(tmp_path / "data", port=port)

    assert up.until("ready:") == f"ready: http://127.0.0.1:{port}"
    up.until("停止：")
    assert processes_naming(tmp_path)
    assert up.stop(signal.SIGINT) == 0
    assert wait_for_none(tmp_path, 0) == []
    said = "\n".join(up.said)
    assert "county.medical_insurance.supervisor@140522" in said
    assert f"http://127.0.0.1:{port}/dev/mail" in said
    assert "Ctrl-C" in said
    listing = next(line for line in up.said if "全部账号" in line).partition("：")[2].split()
    assert (
        "city.medical_insurance.leader@1405"
        in subprocess.run(listing, capture_output=True, text=True, check=True).stdout
    )


def test_ctrl_c_while_it_is_starting_leaves_nothing_behind_and_a_second_one_changes_nothing(
    tmp_path: Path, start_up: Ups
) -> None:
    up = start_up(tmp_path / "data")
    up.until("已启动")
    up.process.send_signal(signal.SIGINT)

    assert up.stop(signal.SIGINT) == 0
    assert wait_for_none(tmp_path, 0) == []
    again = start_up(tmp_path / "data")
    again.until("ready:")
    assert again.stop() == 0


def test_up_killed_takes_its_children_along_and_the_next_one_starts_on_the_same_data(
    tmp_path: Path, start_up: Ups
) -> None:
    data = tmp_path / "我的 data folder"
    first = start_up(data)
    assert "路径含有空格" in first.until("空格")
    first.until("ready:")
    key = (data / "keyring.json").read_bytes()

    first.stop(signal.SIGKILL)
    assert wait_for_none(tmp_path) == []
    second = start_up(data)
    second.until("ready:")

    assert (data / "keyring.json").read_bytes() == key
    assert second.stop(signal.SIGTERM) == 0


def test_up_in_a_folder_in_use_names_the_process_and_leaves_it_alone(tmp_path: Path, start_up: Ups) -> None:
    first = start_up(tmp_path / "data")
    first.until("ready:")

    second = start_up(tmp_path / "data")
    words = second.end()

    assert second.process.returncode == 1
    assert f"正被另一个 jiuzhu up 使用（进程号 {first.process.pid}）" in words
    assert "Traceback" not in words
    assert first.stop() == 0


def test_up_with_its_port_taken_names_port_and_setting(tmp_path: Path, start_up: Ups) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        up = start_up(tmp_path / "data", port=port)
        words = up.end()

    assert up.process.returncode == 1
    assert f"端口 {port} 已被占用" in words
    assert "JIUZHU_PORT=" in words
    assert wait_for_none(tmp_path, 0) == []


def test_up_on_a_damaged_database_says_so_and_what_to_do(tmp_path: Path, start_up: Ups) -> None:
    data = tmp_path / "data"
    first = start_up(data)
    first.until("ready:")
    first.stop()
    (data / "postgres" / "global" / "pg_control").write_bytes(b"\0" * 8192)

    up = start_up(data)
    words = up.end()

    assert up.process.returncode == 1
    assert f"数据文件夹 {data} 已损坏" in words
    assert "--fresh" in words
    assert "Traceback" not in words
    assert wait_for_none(tmp_path, 0) == []

    anew = start_up(data, "--fresh")
    anew.until("ready:")
    assert anew.stop() == 0


def test_fresh_refuses_a_folder_that_is_not_ours(tmp_path: Path, start_up: Ups) -> None:
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "dear.txt").write_text("keep me")

    up = start_up(letters, "--fresh")
    words = up.end()

    assert up.process.returncode == 1
    assert "不使用、也不清空它" in words
    assert [path.name for path in letters.iterdir()] == ["dear.txt"]
