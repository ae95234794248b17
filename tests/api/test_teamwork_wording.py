"""Every act that the counter enters is said in words, and whom it names by name."""

import pytest

from api.teamwork.wording import ON_A_CASE, ON_A_TASK, usernames_in, with_category, with_names
from api.timeline_text import timeline_text

CODES = {
    "task": "x",
    "to": "clerk@140522100",
    "from": "gone@140522100",
    "due": "2025-05-15",
    "post": "县级民政经办人",
    "since": "2025-05-14",
    "days": 3,
    "old": "2025-05-26",
    "new": "2025-05-29",
}
LISTED = {"urged", "ordered", "copied"}


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("assigned", "入户调查：指派给clerk@140522100"),
        ("left_behind", "入户调查：原经手人gone@140522100离岗，转由clerk@140522100办理"),
        ("suspended", "入户调查：期限中止"),
        ("resumed", "入户调查：自2025-05-14起的中止已恢复，期限至2025-05-29"),
        ("extension_granted", "入户调查：同意延长3个工作日，期限由2025-05-26改为2025-05-29"),
        ("opinion_asked", "入户调查：提请县级民政经办人会签"),
    ],
)
def test_act_on_a_task_in_words(action: str, said: str) -> None:
    assert timeline_text(f"counter:survey:{action}", CODES) == said


@pytest.mark.parametrize("action", sorted(ON_A_TASK))
def test_no_act_on_a_task_is_shown_as_a_code(action: str) -> None:
    codes = CODES | ({"to": [CODES["to"]]} if action in LISTED else {})
    assert timeline_text(f"counter:survey:{action}", codes).startswith("入户调查：")


@pytest.mark.parametrize("action", sorted(ON_A_CASE))
def test_no_act_on_a_case_is_shown_as_a_code(action: str) -> None:
    assert "counter" not in timeline_text(f"counter:application:{action}", CODES | {"to": ["clerk@140522100"]})


def test_people_are_named_in_the_text() -> None:
    codes = {"to": ["a@14", "b@14"], "from": "140522100"}
    assert usernames_in(codes) == {"a@14", "b@14", "140522100"}
    assert with_names(codes, {"a@14": "阳城县审核人"}) == {"to": ["阳城县审核人", "b@14"], "from": "140522100"}


def test_a_suspension_says_its_category() -> None:
    codes = CODES | {"category": "dispute"}
    said = with_category(codes, {"dispute": "争议处理"})
    assert timeline_text("counter:survey:suspended", said) == "入户调查：期限中止（争议处理）"
    assert timeline_text("counter:survey:suspended", with_category(codes, {})) == "入户调查：期限中止（dispute）"
    assert with_category(CODES, {"dispute": "争议处理"}) == CODES


def test_an_unknown_act_stays_a_code() -> None:
    assert timeline_text("counter:application:unheard_of", {}) == "counter:application:unheard_of"
