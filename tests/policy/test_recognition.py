"""How long a recognition holds (X-4, GXZC_VALID_MONTHS = 12): to the corresponding day, which is no longer in it."""

from datetime import date

import pytest

from policy.recognition import holds
from policy.rulebook import Rulebook
from policy.terms import Category
from tests.policy.rulebooks import having, value


@pytest.mark.parametrize(
    ("recognised", "on", "held"),
    [
        (date(2025, 2, 27), date(2026, 2, 26), True),
        (date(2025, 2, 27), date(2026, 2, 27), False),
        (date(2024, 2, 29), date(2025, 2, 27), True),
        (date(2024, 2, 29), date(2025, 2, 28), False),  # the month without a 29th ends on its last day
        (date(2025, 2, 28), date(2026, 2, 27), True),
        (date(2025, 12, 31), date(2026, 12, 30), True),
        (date(2025, 12, 31), date(2026, 12, 31), False),
    ],
)
def test_a_recognition_holds_for_twelve_months(yangcheng: Rulebook, recognised: date, on: date, *, held: bool) -> None:
    assert holds(yangcheng, Category.GXZC, recognised, on) is held


def test_other_categories_end_only_with_their_period(yangcheng: Rulebook) -> None:
    assert holds(yangcheng, Category.DB, date(2015, 1, 1), date(2026, 1, 1))


def test_before_the_rule_and_where_it_is_empty_nothing_expires(yangcheng: Rulebook) -> None:
    empty = having(yangcheng, value("GXZC_VALID_MONTHS", None, "months", division="1405"))

    assert holds(yangcheng, Category.GXZC, date(2022, 1, 1), date(2024, 10, 23))
    assert not holds(yangcheng, Category.GXZC, date(2022, 1, 1), date(2024, 10, 24))
    assert holds(empty, Category.GXZC, date(2022, 1, 1), date(2026, 1, 1))
