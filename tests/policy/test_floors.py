from datetime import date
from typing import Any

import pytest

from policy.floors import check
from policy.rulebook import Rulebook
from tests.policy.rulebooks import having, value

SINCE = date(2025, 7, 1)


def findings(rulebook: Rulebook, key: str, content: Any, unit: str) -> list[tuple[str, str]]:
    return [(f.severity, f.clause) for f in check(rulebook, value(key, content, unit, since=SINCE))]


@pytest.mark.parametrize(
    ("rate", "expected"),
    [("0.70", []), ("0.69", [("error", "A-14")])],
)
def test_rate_of_key_targets_has_a_floor(yangcheng: Rulebook, rate: str, expected: list[tuple[str, str]]) -> None:
    assert findings(yangcheng, "RATE(DB)", rate, "ratio") == expected
    assert findings(yangcheng, "RATE(YF)", rate, "ratio") == expected


def test_rate_of_other_targets_has_no_floor(yangcheng: Rulebook) -> None:
    assert findings(yangcheng, "RATE(DBBY)", "0.10", "ratio") == []


def test_lowest_tier_of_key_targets_is_held_to_the_floor(yangcheng: Rulebook) -> None:
    tiers = [{"above": "0.00", "rate": "0.65"}, {"above": "10000.00", "rate": "0.80"}]

    assert findings(yangcheng, "RATE(DB)", tiers, "tiers") == [("error", "A-14")]


@pytest.mark.parametrize(
    ("cap", "expected"),
    [("15000.00", []), ("14999.99", [("warning", "A-15")]), (None, [])],
)
def test_cap_below_the_usual_minimum_is_a_warning(
    yangcheng: Rulebook, cap: str | None, expected: list[tuple[str, str]]
) -> None:
    assert findings(yangcheng, "CAP(DB)", cap, "yuan") == expected


@pytest.mark.parametrize(("rate", "expected"), [("0.70", []), ("0.71", [("warning", "A-18")])])
def test_other_targets_above_key_targets_is_a_warning(
    yangcheng: Rulebook, rate: str, expected: list[tuple[str, str]]
) -> None:
    assert findings(yangcheng, "RATE(GXZC)", rate, "ratio") == expected


def test_key_targets_falling_below_other_targets_is_a_warning_too(yangcheng: Rulebook) -> None:
    generous = having(yangcheng, value("RATE(DBBY)", "0.75", "ratio", since=date(2025, 1, 1)))

    assert findings(generous, "RATE(DB)", "0.74", "ratio") == [("warning", "A-18")]
    assert findings(generous, "RATE(DB)", "0.75", "ratio") == []


@pytest.mark.parametrize(
    "tiers",
    [
        [{"above": "0.00", "rate": "0.50"}, {"above": "10000.00", "rate": "0.50"}],
        [{"above": "0.00", "rate": "0.60"}, {"above": "10000.00", "rate": "0.50"}],
        [{"above": "10000.00", "rate": "0.50"}, {"above": "10000.00", "rate": "0.60"}],
    ],
)
def test_tiers_must_rise(yangcheng: Rulebook, tiers: list[dict[str, str]]) -> None:
    assert findings(yangcheng, "RATE(GXZC)", tiers, "tiers") == [("error", "A-19")]


def test_rising_tiers_pass(yangcheng: Rulebook) -> None:
    tiers = [{"above": "0.00", "rate": "0.50"}, {"above": "10000.00", "rate": "0.60"}]

    assert findings(yangcheng, "RATE(GXZC)", tiers, "tiers") == []


def test_floors_are_those_of_the_first_day(yangcheng: Rulebook) -> None:
    raised = having(yangcheng, value("RATE_FLOOR", "0.75", "ratio", since=SINCE, clause="A-14"))

    assert findings(raised, "RATE(DB)", "0.72", "ratio") == [("error", "A-14")]
    earlier = value("RATE(DB)", "0.72", "ratio", since=date(2025, 6, 30))
    assert check(raised, earlier) == ()


def test_the_office_may_answer_for_its_modules_either_way(yangcheng: Rulebook) -> None:
    for module in ("MODULE_SINGLE_DISEASE", "MODULE_CARE_AID"):
        assert findings(yangcheng, module, True, "bool") == []
        assert findings(yangcheng, module, False, "bool") == []


def test_fund_and_aid_together_pay_no_more_than_the_cost(yangcheng: Rulebook) -> None:
    for share, expected in (("0.30", []), ("0.31", [("error", "A-21")]), (None, [])):
        assert findings(yangcheng, "DISEASE_AID_SHARE(DB)", share, "ratio") == expected
    for share, expected in (("0.80", []), ("0.81", [("error", "A-21")])):
        assert findings(yangcheng, "DISEASE_FUND_SHARE", share, "ratio") == expected


def test_findings_speak_both_languages(yangcheng: Rulebook) -> None:
    finding = check(yangcheng, value("RATE(DB)", "0.60", "ratio", since=SINCE))[0]

    assert finding.zh == "重点救助对象的救助比例不得低于70%"
    assert finding.en == "the rate of key targets must not be below 70%"
