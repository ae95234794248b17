"""What a story prints."""

import json
from datetime import UTC, datetime

from runtime.story.language import Step
from runtime.story.records import Entry
from runtime.story.report import Failure, Outcome, table

ENTRY = Entry(
    datetime(2025, 3, 12, 7, tzinfo=UTC),
    "2025-03-11",
    "0199aaaa-0000-7000-8000-000000abcdef",
    "counter:survey:recorded",
    "township.township_government.caseworker@140522100",
    {"task": "0199bbbb", "surveyors": 2},
    ("A-39",),
)
STEP = Step.model_validate({"as": "auditor", "call": "GET /api/v1/tasks"})


def test_the_table_shows_moment_day_of_the_act_tag_and_codes() -> None:
    head, row = table([ENTRY])
    assert head.split() == ["时间", "办理日", "事项", "记录", "经办", "内容"]
    assert row.split() == [
        *("2025-03-12", "15:00", "2025-03-11", "abcdef", "counter:survey:recorded"),
        *("township.township_government.caseworker@140522100", "surveyors=2"),
    ]


def test_a_story_that_does_not_hold_says_where_and_what_came() -> None:
    outcome = Outcome("t", 3, Failure(2, STEP, "status：应为 200，实为 404"), [ENTRY])
    assert not outcome.holds
    assert outcome.as_text(timeline=False).splitlines()[:2] == [
        "第 2 步（auditor call GET /api/v1/tasks）不符合预期：",
        "    status：应为 200，实为 404",
    ]


def test_json_holds_the_failure_and_the_timeline() -> None:
    told = json.loads(Outcome("t", 3, Failure(2, STEP, "x"), [ENTRY]).as_json())
    assert (told["holds"], told["failed"]) == (False, {"step": 2, "reason": "x"})
    assert told["timeline"][0]["at"] == "2025-03-12T15:00:00+08:00"
    assert json.loads(Outcome("t", 3).as_json())["holds"] is True
