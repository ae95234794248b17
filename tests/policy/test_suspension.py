"""Which terms may be given more days, and which clocks may stand still (R-TEAM)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from policy.rulebook import Rulebook
from policy.suspension import categories, stands_too_long, why_not_extended
from store.packs import rulebook_from_packs

TODAY = date(2025, 3, 10)
DUE = date(2025, 3, 17)
LOCAL = {"unit": "WD", "value": 10, "basis": "unconfirmed", "document": "本地设置"}


def rulebook() -> Rulebook:
    return rulebook_from_packs("140522100", TODAY)


def why_not(rule: dict[str, Any] = LOCAL, **changes: Any) -> str | None:
    asked = {"days": 5, "granted": 0, "today": TODAY, "late_after": DUE} | changes
    late_after = asked.pop("late_after")
    refused = why_not_extended(rulebook(), {"rule": rule}, late_after, **asked)
    return refused.code if refused else None


def test_half_of_the_longest_term_may_be_added_once_until_its_last_day() -> None:
    assert why_not() is None
    assert why_not(today=DUE) is None


@pytest.mark.parametrize(
    ("code", "rule", "changes"),
    [
        ("too-many-days", LOCAL, {"days": 6}),
        ("extended-before", LOCAL, {"granted": 1}),
        ("too-late", LOCAL, {"today": date(2025, 3, 18)}),
        ("term-of-a-document", LOCAL | {"basis": "document", "document": "晋医保发〔2019〕46号"}, {}),
        ("not-extendable", LOCAL | {"unit": "days", "value": 60}, {}),
        ("not-extendable", LOCAL | {"unit": "text", "value": "2025-03-14"}, {}),
        ("not-extendable", LOCAL | {"value": None}, {"late_after": None}),
    ],
)
def test_what_is_not_extended_says_why(code: str, rule: dict[str, Any], changes: dict[str, Any]) -> None:
    assert why_not(rule, **changes) == code


def test_a_period_without_a_rule_is_not_extended() -> None:
    refused = why_not_extended(rulebook(), {"missing": "SURVEY_WD"}, None, days=1, granted=0, today=TODAY)
    assert refused is not None
    assert refused.code == "not-extendable"


def test_a_suspension_is_looked_at_after_thirty_days() -> None:
    assert not stands_too_long(rulebook(), date(2025, 2, 8), TODAY)
    assert stands_too_long(rulebook(), date(2025, 2, 7), TODAY)


def test_an_office_that_has_named_no_categories_suspends_nothing() -> None:
    assert set(categories(rulebook(), TODAY)) == {"other_department", "force_majeure", "applicant", "dispute"}
    elsewhere = replace(rulebook(), parameters={})
    assert categories(elsewhere, TODAY) == {}
