"""The `jiuzhu` command."""

import json
import subprocess
import sys

import pytest

from runtime.embedded.programs import ROOT


def jiuzhu(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runtime.cli", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "200", "LANG": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("--help",), "Medical-assistance casework"),
        (("up", "--help"), "--fresh"),
        (("worker", "--help"), "办理进程"),
        (("api", "--help"), "REST API"),
        (("relay", "--help"), "投递进程"),
        (("migrate", "--help"), "--demo"),
        (("accounts", "--help"), "--json"),
        (("calendar", "import", "--help"), "--division"),
        (("calendar", "close", "--help"), "--reason"),
        (("calendar", "reopen", "--help"), "Withdraw a closure"),
        (("month", "open", "--help"), "--division"),
        (("month", "status", "--help"), "what is missing"),
        (("month", "crossed", "--help"), "newly above a monitoring line"),
        (("simulate", "--help"), "--timeline"),
    ],
)
def test_every_command_explains_itself(command: tuple[str, ...], words: str) -> None:
    answer = jiuzhu(*command)
    assert answer.returncode == 0, answer.stderr
    assert words in answer.stdout


def test_accounts_as_json_have_what_the_contract_names() -> None:
    accounts = json.loads(jiuzhu("accounts", "--json").stdout)
    supervisor = next(one for one in accounts if one["username"] == "county.civil_affairs.supervisor@140522")

    assert set(supervisor) == {"username", "password", "role", "department", "division"}
    assert (supervisor["role"], supervisor["division"]) == ("supervisor", "140522")
    assert len(accounts) > 80


def test_known_trouble_is_words_without_a_traceback() -> None:
    answer = jiuzhu("up", JIUZHU_DATA_DIR=str(ROOT / "pyproject.toml"))
    assert answer.returncode == 1
    assert "是一个文件" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_unusable_setting_is_named_and_its_value_is_not_repeated() -> None:
    answer = jiuzhu("up", JIUZHU_PORT="secret-word")
    assert answer.returncode == 1
    assert "JIUZHU_PORT" in answer.stderr
    assert "secret-word" not in answer.stderr
