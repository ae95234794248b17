"""Named fault points: inert unless named and armed, and then fired once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runtime import faults
from runtime.folder import DataFolder
from runtime.settings import Settings

REACH = """
import sys
from runtime.faults import fault_point
from runtime.settings import Settings
reached = fault_point(Settings())
for name in sys.argv[1:]:
    reached(name)
print("alive")
"""


def _reach(folder: DataFolder, named: str, *points: str) -> subprocess.CompletedProcess[str]:
    """A process that is the `api` of this folder, as far as the supervisor's record says."""
    environment = {**os.environ, "JIUZHU_DATA_DIR": str(folder.path), "JIUZHU_FAULT_POINTS": named}
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read(1)\n" + REACH, *points],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    (folder.run / "api.pid").write_text(f"{process.pid} 1", encoding="utf-8")
    said, _ = process.communicate("x")
    return subprocess.CompletedProcess([], process.returncode, said)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path)
    folder.run.mkdir()
    return folder


def test_an_armed_point_kills_once(folder: DataFolder) -> None:
    faults.arm(folder, "answer.after_commit", "api")
    assert _reach(folder, "answer.after_commit", "answer.after_commit").returncode == -signal.SIGKILL
    assert not faults.is_armed(folder, "answer.after_commit")
    assert _reach(folder, "answer.after_commit", "answer.after_commit").stdout == "alive\n"


def test_a_point_that_the_settings_do_not_name_does_nothing(folder: DataFolder) -> None:
    faults.arm(folder, "answer.after_commit", "api")
    assert _reach(folder, "", "answer.after_commit").stdout == "alive\n"
    assert _reach(folder, "application.after_commit", "answer.after_commit").stdout == "alive\n"
    assert faults.is_armed(folder, "answer.after_commit")


def test_a_point_that_nobody_reaches_cannot_be_armed(folder: DataFolder) -> None:
    with pytest.raises(faults.UnknownPoint):
        faults.arm(folder, "nowhere", "api")


def test_production_code_is_given_a_point_that_looks_nowhere() -> None:
    faults.fault_point(Settings(fault_points="", data_dir=Path("/nonexistent")))("answer.after_commit")
