"""The language of stories, read strictly, and the names that steps hand on."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from policy.deadlines import SHANGHAI
from runtime.story.names import NoSuchPath, UnknownName, at_path, substitute
from runtime.story.reading import BadStory, load, read_story

HEAD = "title: t\nstart: 2025-09-26T09:00+08:00\n"


def _story(folder: Path, text: str) -> Path:
    path = folder / "story.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_dates_amounts_and_words_stay_as_written() -> None:
    written = "{day: 2025-03-04, at: 2025-03-04T09:00:00+08:00, amount: 10200.00, on: yes, n: 3, none: null, is: true}"
    assert load(written) == {
        "day": "2025-03-04",
        "at": "2025-03-04T09:00:00+08:00",
        "amount": "10200.00",
        "on": "yes",
        "n": 3,
        "none": None,
        "is": True,
    }


def test_names_need_no_quotes_in_flow_mappings() -> None:
    written = "{subject: ${app}, call: GET /x/${app}/y, days: [${today+3}], quoted: '${app}', ${app}: 1}"
    assert load(written) == {
        "subject": "${app}",
        "call": "GET /x/${app}/y",
        "days": ["${today+3}"],
        "quoted": "${app}",
        "${app}": 1,
    }


def test_a_moment_without_offset_is_shanghai_s(tmp_path: Path) -> None:
    story = read_story(_story(tmp_path, "title: t\nstart: 2025-09-26T09:00\nsteps: [{wait: quiet}]")).story
    assert story.start == datetime(2025, 9, 26, 9, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (HEAD + "steps: [{cal: GET /x}]", "cal"),
        (HEAD + "steps: [{wait: quiet}, {wait: quiet, at: 2025-09-27T09:00}]", "第 2 步"),
        (HEAD + "steps: [{as: x}]", "动作"),
        (HEAD + "steps: [{answer: {kind: survey, subject: x, outcome: recorded}}]", "as"),
        (HEAD + "steps: [{as: x, call: FETCH /healthz}]", "方法和路径"),
        (HEAD + "steps: [{run: rm -rf x}]", "jiuzhu"),
        (HEAD + "steps: [{kill: {what: api, at: nowhere}}]", "故障点"),
        (HEAD + "steps: [{kill: {what: temporal}}]", "engine: real"),
        ("title: t\nsteps: []", "start"),
        ("title: t\nengine: real\nsteps: [{at: 2025-09-27T09:00}]", "start 或 at"),
        ("title: [", "读不懂"),
    ],
)
def test_a_story_written_wrongly_is_refused_with_its_place(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(BadStory, match=word):
        read_story(_story(tmp_path, text))


def test_names_are_put_in_whole_and_inside_texts() -> None:
    names = {"app": "0199", "row": {"id": 7}, "today": "2025-12-31"}
    written: Any = {"a": "${row}", "b": ["/x/${app}/y"], "${app}": 1, "c": "${today+1}", "d": "on ${today-31}."}
    assert substitute(written, names) == {
        "a": {"id": 7},
        "b": ["/x/0199/y"],
        "0199": 1,
        "c": "2026-01-01",
        "d": "on 2025-11-30.",
    }


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(UnknownName):
        substitute("/x/${nobody}", {})


def test_paths_reach_into_mappings_and_lists() -> None:
    content = {"items": [{"id": "a"}, {"id": "b"}], "refusal": {"number": "〔2025〕第1号"}}
    assert at_path(content, "items[1].id") == "b"
    assert at_path(content, "items[-1].id") == "b"
    assert at_path(content, "items.0.id") == "a"
    assert at_path(content, "refusal.number") == "〔2025〕第1号"
    with pytest.raises(NoSuchPath, match="items"):
        at_path(content, "items[2].id")
