"""Every recorded history replays on today's code, whatever the hash seed (I9), and a changed procedure does not."""

import base64
import os
import re
import subprocess
import sys

import pytest

from runtime.embedded.programs import ROOT
from runtime.worker import WORKFLOWS
from tests.replay.changed import AssessedAfterTheReview, ReviewedBeforeTheSurvey, SleepsBeforehand
from tests.replay.histories import one, recorded, words_of
from tests.replay.replaying import replay

APART_FROM_A_CASE = {"probe"}
BY_THE_CALENDAR = {"month-begins", "sharing-month"}
"""Started with a province and a month, or with nothing."""
PLAIN = base64.b64encode(b"json/plain").decode()
TYPED = (
    "虚构村",
    "患病情况属实",
    "郭禾",
    "虚构银行",
    "家庭经济状况",
    "外出未归",
    "政务公开栏",
    "HD-0001",
    "JS-JOURNEY",
    "未申报的车辆",
    "请尽快入户",
    "银行称未受理",
    "虚构机关",
    "户籍迁移",
    "低保少一页",
)


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_every_history_replays(seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.replay.replaying"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_procedure_has_a_history() -> None:
    types = {
        found.history.events[0].workflow_execution_started_event_attributes.workflow_type.name for found in recorded()
    }
    declared = {_name(workflow) for workflow in WORKFLOWS}
    assert types == declared - APART_FROM_A_CASE


async def test_steps_changed_round_do_not_replay() -> None:
    changed = [ReviewedBeforeTheSurvey, *(workflow for workflow in WORKFLOWS if _name(workflow) != "application")]
    assert await replay([one("application-paid")], changed) == {
        "application-paid": "asks otherwise: “open_task survey 1” was recorded, “open_task township_review 1” is asked"
    }


async def test_computation_moved_to_another_place_does_not_replay() -> None:
    """The result recorded for the computation reaches the opening of a task, which cannot read it."""
    different = await replay([one("application-paid")], [AssessedAfterTheReview])
    assert list(different) == ["application-paid"]
    assert "Failed decoding arguments" in different["application-paid"]


async def test_wait_added_in_front_does_not_replay() -> None:
    different = await replay([one("application-paid")], [SleepsBeforehand])
    assert list(different) == ["application-paid"]
    assert "Nondeterminism" in different["application-paid"]


def test_histories_in_clear_hold_ids_and_no_personal_data() -> None:
    for found in recorded():
        words = words_of(found.history)
        # What is read here is really in clear: every procedure of a case or a matter is started with an opaque id.
        opaque = re.search(r'"[a-z]+_id": ?"[0-9a-f]{8}-[0-9a-f]{4}-', words)
        assert opaque or (found.name in BY_THE_CALENDAR and PLAIN in words), found.name
        assert "aes" not in words
        assert [typed for typed in TYPED if typed in words] == []
        assert re.findall(r"\b\d{17}[\dX]\b|\b139\d{8}\b|\b62\d{17}\b|申[\u4e00-\u9fff]", words) == []


def _name(workflow: type) -> str:
    definition = workflow.__temporal_workflow_definition  # type: ignore[attr-defined]
    return str(definition.name)
