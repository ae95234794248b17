"""From which day, and until which: five rules, of which a jurisdiction has one at a time (S-09, S-13, AMB-2)."""

from datetime import date

import pytest

from policy.entitlement import (
    AdjustmentDates,
    MissingDate,
    changed_on,
    covers,
    entitled_from,
    entitled_until,
    late_notice,
    provided_after_correction,
)
from policy.rulebook import MissingParameter, Rulebook
from tests.policy.rulebooks import having, value, without

ADJUSTED, CERTIFIED, PROVIDED, SOURCE = date(2025, 3, 31), date(2025, 4, 8), date(2025, 4, 10), date(2025, 5, 1)
DATES = AdjustmentDates(PROVIDED, ADJUSTED, CERTIFIED, SOURCE)


def ruled(rulebook: Rulebook, rule: str) -> Rulebook:
    since = date(2025, 4, 1)
    return having(
        rulebook,
        value("ENTITLEMENT_START_RULE", rule, "text", since=since),
        value("ENTITLEMENT_END_RULE", rule, "text", since=since),
    )


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ("LIST_DATE", PROVIDED),
        ("CERT_DATE", CERTIFIED),
        ("NEXT_MONTH_FIRST", date(2025, 4, 1)),
        ("SOURCE_BENEFIT_START", SOURCE),
        ("ADJUSTMENT_DATE", ADJUSTED),
    ],
)
def test_each_rule_names_its_day_for_the_start_the_end_and_the_change(
    yangcheng: Rulebook, rule: str, day: date
) -> None:
    law = ruled(yangcheng, rule)

    assert entitled_from(law, DATES).day == entitled_until(law, DATES).day == changed_on(law, DATES).day == day
    assert entitled_from(law, DATES).rule.value == rule


def test_next_month_of_december_is_january(yangcheng: Rulebook) -> None:
    dates = AdjustmentDates(date(2026, 1, 6), date(2025, 12, 31))

    assert entitled_from(ruled(yangcheng, "NEXT_MONTH_FIRST"), dates).day == date(2026, 1, 1)


def test_shanxi_went_from_the_certificate_to_the_list(yangcheng: Rulebook) -> None:
    before = AdjustmentDates(date(2025, 2, 28), date(2025, 2, 20), date(2025, 2, 26))
    after = AdjustmentDates(date(2025, 3, 1), date(2025, 2, 20), date(2025, 2, 26))

    assert (entitled_from(yangcheng, before).day, entitled_from(yangcheng, before).grounds) == (
        date(2025, 2, 26),
        ("A-32",),
    )
    assert (entitled_from(yangcheng, after).day, entitled_from(yangcheng, after).grounds) == (
        date(2025, 3, 1),
        ("C-11",),
    )


def test_before_2025_who_left_lost_it_from_the_day_of_leaving(yangcheng: Rulebook) -> None:
    left = entitled_until(yangcheng, AdjustmentDates(date(2024, 10, 8), date(2024, 9, 30), date(2024, 10, 8)))

    assert (left.day, left.grounds) == (date(2024, 9, 30), ("A-34",))


def test_exit_boundary(yangcheng: Rulebook) -> None:
    ends = entitled_until(yangcheng, AdjustmentDates(date(2025, 9, 19), date(2025, 9, 15)))

    assert ends.grounds == ("C-12",)
    assert covers(date(2025, 4, 10), ends.day, date(2025, 9, 18))
    assert not covers(date(2025, 4, 10), ends.day, date(2025, 9, 19))
    assert covers(date(2025, 4, 10), None, date(2025, 9, 19))
    assert not covers(date(2025, 4, 10), None, date(2025, 4, 9))


def test_change_of_category_leaves_no_gap_even_where_start_and_end_have_different_rules(yangcheng: Rulebook) -> None:
    dates = AdjustmentDates(date(2024, 10, 8), date(2024, 9, 30), date(2024, 10, 8))

    assert entitled_from(yangcheng, dates).day != entitled_until(yangcheng, dates).day
    assert changed_on(yangcheng, dates).day == entitled_from(yangcheng, dates).day


def test_jining_follows_the_source_departments_own_benefit(jining: Rulebook) -> None:
    dates = AdjustmentDates(date(2025, 9, 19), date(2025, 9, 15), source_benefit_from=date(2025, 10, 1))

    assert (entitled_from(jining, dates).day, entitled_from(jining, dates).grounds) == (date(2025, 10, 1), ("J-13",))
    assert entitled_until(jining, dates).day == date(2025, 10, 1)


def test_a_date_that_the_list_does_not_give_is_asked_for_by_name(jining: Rulebook) -> None:
    with pytest.raises(MissingDate) as raised:
        entitled_from(jining, AdjustmentDates(date(2025, 9, 19)))
    assert raised.value.name == "source_benefit_from"


def test_without_a_rule_nothing_is_guessed(yangcheng: Rulebook) -> None:
    lawless = without(yangcheng, "ENTITLEMENT_START_RULE", "ENTITLEMENT_END_RULE")
    only_a_start = without(yangcheng, "ENTITLEMENT_END_RULE")

    with pytest.raises(MissingParameter):
        entitled_from(lawless, DATES)
    with pytest.raises(MissingParameter):
        entitled_until(lawless, DATES)
    assert entitled_until(only_a_start, DATES).day == PROVIDED


def test_a_late_list_over_qingming_makes_twelve_persons_wait(yangcheng: Rulebook) -> None:
    late = late_notice(yangcheng, ADJUSTED, PROVIDED, 12)

    assert late is not None
    assert (late.due.nominal, late.days_late, late.persons) == (date(2025, 4, 8), 2, 12)
    assert entitled_from(yangcheng, DATES).day == date(2025, 4, 10)
    assert late_notice(yangcheng, ADJUSTED, date(2025, 4, 8), 12) is None


def test_over_spring_festival_the_make_up_sunday_counts(yangcheng: Rulebook) -> None:
    assert late_notice(yangcheng, date(2025, 1, 24), date(2025, 2, 7), 3) is None
    late = late_notice(yangcheng, date(2025, 1, 24), date(2025, 2, 8), 3)  # a make-up Saturday
    assert late is not None
    assert late.days_late == 1


def test_where_entitlement_does_not_wait_for_the_list_nobody_is_harmed(yangcheng: Rulebook, jining: Rulebook) -> None:
    late = late_notice(ruled(yangcheng, "ADJUSTMENT_DATE"), ADJUSTED, PROVIDED, 12)

    assert late is not None
    assert (late.days_late, late.persons) == (2, 0)
    assert late_notice(jining, ADJUSTED, PROVIDED, 12) is None  # no term is set there


def test_a_corrected_row_keeps_the_day_of_its_list_and_a_new_person_has_none_to_keep() -> None:
    original, corrected = date(2025, 4, 8), date(2025, 4, 14)

    assert provided_after_correction(original, corrected, on_original_list=True) == original
    assert provided_after_correction(original, corrected, on_original_list=False) == corrected
