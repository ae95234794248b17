"""What a story expects of an answer: subset match with operators."""

from typing import Any

import pytest

from runtime.story.matching import NOTHING, differences

TIMELINE = {
    "status": "survey",
    "timeline": [
        {"tag": "counter:acceptance:accept", "grounds": ["A-38"]},
        {"tag": "deadline:survey:reminder", "grounds": ["R-ESC"]},
        {"tag": "deadline:survey:overdue", "grounds": ["R-ESC"]},
    ],
    "decision": None,
}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"status": "survey"},
        {"decision": None},
        {"refusal": {"absent": True}},
        {"decision": {"absent": True}},
        {"timeline": {"count": 3}},
        {"timeline": {"contains": {"tag": "deadline:survey:overdue"}}},
        {"timeline": {"contains": [{"tag": "deadline:survey:overdue"}, {"grounds": {"contains": "A-38"}}]}},
        {"timeline": {"absent": {"tag": "deadline:survey:city"}}},
        {"timeline": {"count": {"of": {"tag": {"matches": "deadline:.*"}}, "is": 2}}},
        {"timeline": {"contains": {"tag": {"contains": "deadline:"}}, "count": 2}},
        {"timeline": {"contains": {"tag": "deadline:survey:city"}, "count": 0}},
        {"status": {"matches": "sur.ey", "contains": "urv"}},
        {"timeline": [{"tag": {"contains": "accept"}}, {}, {}]},
    ],
)
def test_holds(expected: Any) -> None:
    assert differences(expected, TIMELINE) == []


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        ({"status": "paid"}, "status"),
        ({"status": {"matches": "^surve$"}}, "status"),
        ({"number": "1"}, "number"),
        ({"timeline": {"absent": True}}, "timeline"),
        ({"timeline": {"count": 2}}, "timeline"),
        ({"timeline": {"contains": {"tag": "deadline:survey:city"}}}, "timeline"),
        ({"timeline": {"contains": [{"tag": "deadline:survey:overdue"}, {"tag": "deadline:survey:city"}]}}, "timeline"),
        ({"timeline": {"absent": {"tag": "deadline:survey:overdue"}}}, "timeline"),
        ({"timeline": {"count": {"of": {"grounds": ["R-ESC"]}, "is": 1}}}, "timeline"),
        ({"timeline": {"contains": {"tag": "deadline:survey:overdue"}, "count": 3}}, "timeline"),
        ({"timeline": [{}, {}]}, "timeline"),
        ({"timeline": [{}, {"tag": "x"}, {}]}, "timeline[1].tag"),
        ({"decision": {"amount": "10200.00"}}, "decision"),
    ],
)
def test_does_not_hold(expected: Any, path: str) -> None:
    assert [one.path for one in differences(expected, TIMELINE)] == [path]


def test_amounts_are_text_and_true_is_not_one() -> None:
    assert differences({"amount": "10200.00"}, {"amount": "10200.0"}) != []
    assert differences({"count": 1, "new": True}, {"count": 1, "new": 1}) != []


def test_an_answer_s_own_count_is_a_name_not_an_operator() -> None:
    assert differences({"count": 3}, {"count": 3, "items": []}) == []
    assert differences({"count": 3}, {"count": 4, "items": []}) != []


def test_what_is_not_there_differs_from_null() -> None:
    (missing,) = differences({"number": None}, {})
    assert (missing.expected, missing.came) == ("null", repr(NOTHING))


def test_a_text_asks_a_mapping_for_its_key() -> None:
    decision = {"outcome": "eligible", "amount": "10200.00"}
    assert differences({"contains": "amount"}, decision) == []
    assert differences({"absent": "missing"}, decision) == []
    assert differences({"absent": "amount"}, decision) != []
