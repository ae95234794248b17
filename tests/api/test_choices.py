"""What a task offers as its matter stands."""

from typing import Any

import pytest

from api.exchange.choices import as_it_stands
from policy.review_steps import REVIEW_DEDUP, SELF_CHECK

CIVIL_AFFAIRS, AGRICULTURE = "civil_affairs", "agriculture"


def check(department: str, state: str) -> dict[str, Any]:
    return {"kind": SELF_CHECK.kind, "state": state, "office": {"department": department}}


@pytest.mark.parametrize(
    ("states", "offered"),
    [
        (("open", "open"), [CIVIL_AFFAIRS, AGRICULTURE]),
        (("answered", "open"), [AGRICULTURE]),
        (("answered", "answered"), []),
    ],
)
def test_only_departments_whose_part_is_not_back_can_be_left_open(states: tuple[str, str], offered: list[str]) -> None:
    tasks = [check(*each) for each in zip((CIVIL_AFFAIRS, AGRICULTURE), states, strict=True)]
    outcome = as_it_stands(REVIEW_DEDUP, {"tasks": tasks}).outcome("done")
    assert outcome is not None
    assert [choice.code for field in outcome.fields for choice in field.choices] == offered


def test_other_steps_are_as_they_were_declared() -> None:
    assert as_it_stands(SELF_CHECK, {"tasks": []}) is SELF_CHECK
