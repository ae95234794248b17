from datetime import date

import pytest

from policy.remedies import may_end_in_an_open_year, may_still_move, remedies
from policy.rulebook import MissingParameter, Rulebook


def test_periods_run_from_the_day_after_receipt(yangcheng: Rulebook) -> None:
    both = remedies(yangcheng, date(2025, 4, 10))

    assert both.reconsideration_until.nominal == date(2025, 6, 9)
    assert both.suit_until.nominal == date(2025, 10, 10)
    assert both.grounds[0] == "A-68"


def test_last_day_of_rest_moves_to_the_next_working_day(yangcheng: Rulebook) -> None:
    both = remedies(yangcheng, date(2025, 4, 2))

    assert both.reconsideration_until.nominal == date(2025, 6, 3)  # 1 June lies in Dragon Boat, to 2 June
    assert both.suit_until.nominal == date(2025, 10, 9)  # 2 October lies in National Day, to 8 October


def test_receipt_at_the_end_of_a_long_month(yangcheng: Rulebook) -> None:
    assert remedies(yangcheng, date(2025, 8, 31)).suit_until.nominal == date(2026, 2, 28)


def test_periods_that_run_into_an_unknown_year_ask_for_its_calendar(yangcheng: Rulebook) -> None:
    with pytest.raises(MissingParameter) as raised:
        remedies(yangcheng, date(2027, 9, 1))
    assert raised.value.key == "WORK_CALENDAR(2028)"


def test_last_day_may_move_until_the_holidays_of_its_year_are_published(yangcheng: Rulebook) -> None:
    assert not may_still_move(yangcheng, date(2025, 6, 9), date(2025, 10, 10))
    assert may_still_move(yangcheng, date(2026, 12, 30), date(2027, 4, 30))
    assert may_still_move(yangcheng, date(2028, 1, 4))


def test_notice_may_start_periods_that_end_in_an_open_year(yangcheng: Rulebook) -> None:
    assert not may_end_in_an_open_year(yangcheng, date(2025, 4, 10))
    assert may_end_in_an_open_year(yangcheng, date(2026, 9, 1))
    assert may_end_in_an_open_year(yangcheng, date(2027, 9, 1))
