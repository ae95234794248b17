from datetime import date, datetime, timedelta

import pytest

from policy.deadlines import SHANGHAI, days_late, due_after, due_in_month, ladder, light, notice_last_day
from policy.rulebook import Basis, MissingParameter, Rulebook
from policy.terms import Light, Rung
from tests.policy.rulebooks import having, shipped, value


def nine(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 9, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("key", "start", "last"),
    [
        ("ACCEPT_WD", date(2025, 3, 3), date(2025, 3, 6)),
        ("SURVEY_WD", date(2025, 3, 4), date(2025, 3, 18)),
        ("FORWARD_WD", date(2025, 3, 20), date(2025, 3, 25)),
        ("COUNTY_WD", date(2025, 3, 21), date(2025, 4, 7)),
        ("PAY_APPLY_WD", date(2025, 4, 15), date(2025, 4, 22)),
        ("FIN_WD", date(2025, 4, 22), date(2025, 4, 28)),
        ("PAY_WD", date(2025, 4, 28), date(2025, 5, 6)),
        ("REJECT_NOTICE_WD", date(2025, 4, 8), date(2025, 4, 11)),
        ("T-DYN", date(2025, 1, 24), date(2025, 2, 7)),
        ("T-FBK", date(2025, 9, 29), date(2025, 10, 13)),
    ],
)
def test_periods_of_the_worked_cases(yangcheng: Rulebook, key: str, start: date, last: date) -> None:
    due = due_after(yangcheng, key, start)

    assert (due.nominal, due.work_target, due.late_after) == (last, last, last)


def test_why_this_date_names_rule_days_and_calendar(yangcheng: Rulebook) -> None:
    due = due_after(yangcheng, "FIN_WD", date(2025, 4, 22))

    assert [day.day for day in due.counted] == [23, 24, 25, 27, 28]
    assert [(skip.day, skip.why) for skip in due.skipped] == [(date(2025, 4, 26), "周末")]
    assert (due.rule.value, due.rule.unit, due.rule.document) == (5, "WD", "本地设置")
    assert [(year.year, year.version, year.status.value) for year in due.calendars] == [(2025, 1, "published")]


@pytest.mark.parametrize(
    ("key", "posted", "last"),
    [
        ("PUB_TWP_DAYS", date(2025, 3, 13), date(2025, 3, 20)),
        ("PUB_TWP_DAYS", date(2025, 3, 24), date(2025, 3, 31)),
        ("PUB_CTY_WD", date(2025, 4, 8), date(2025, 4, 15)),
        ("PUB_TWP_DAYS", date(2025, 3, 28), date(2025, 4, 7)),
    ],
)
def test_last_day_of_a_notice(yangcheng: Rulebook, key: str, posted: date, last: date) -> None:
    assert notice_last_day(yangcheng, key, posted).nominal == last


def test_notice_may_count_its_posting_day_and_end_on_a_rest_day(yangcheng: Rulebook) -> None:
    counting = having(yangcheng, value("PUB_COUNT_POSTING_DAY", True, "bool", since=date(2025, 1, 1)))
    not_rolling = having(yangcheng, value("PUB_ROLL", False, "bool", since=date(2025, 1, 1)))

    assert notice_last_day(counting, "PUB_TWP_DAYS", date(2025, 3, 13)).nominal == date(2025, 3, 19)
    assert notice_last_day(not_rolling, "PUB_TWP_DAYS", date(2025, 3, 28)).nominal == date(2025, 4, 4)


@pytest.mark.parametrize(
    ("division", "data_of", "nominal", "target"),
    [
        ("140522", date(2025, 3, 1), date(2025, 4, 5), date(2025, 4, 3)),
        ("140522", date(2025, 9, 1), date(2025, 10, 5), date(2025, 10, 9)),
        ("140522", date(2025, 12, 1), date(2026, 1, 5), date(2026, 1, 5)),
        ("140522", date(2026, 4, 1), date(2026, 5, 5), date(2026, 5, 6)),
        ("140922", date(2025, 3, 1), date(2025, 4, 10), date(2025, 4, 10)),
        ("140922", date(2025, 9, 1), date(2025, 10, 10), date(2025, 10, 10)),
        ("140922", date(2025, 12, 1), date(2026, 1, 10), date(2026, 1, 9)),
        ("140922", date(2026, 4, 1), date(2026, 5, 10), date(2026, 5, 9)),
    ],
)
def test_push_falls_due_in_the_month_after_its_data(division: str, data_of: date, nominal: date, target: date) -> None:
    due = due_in_month(shipped(division), "T-PUSH", data_of)

    assert (due.nominal, due.work_target, due.late_after) == (nominal, target, max(nominal, target))


def test_push_of_jincheng_shows_the_provincial_date_beside_its_own(yangcheng: Rulebook) -> None:
    due = due_in_month(yangcheng, "T-PUSH", date(2025, 9, 1))

    assert (due.rule.clause, [rule.clause for rule in due.also]) == ("E-02", ["D-02"])


def test_push_of_march_2025_was_still_under_the_tenth(yangcheng: Rulebook) -> None:
    due = due_in_month(yangcheng, "T-PUSH", date(2025, 2, 1))

    assert (due.nominal, due.rule.clause) == (date(2025, 3, 10), "D-02")


def test_push_had_no_date_before_the_document(shanxi: Rulebook) -> None:
    with pytest.raises(MissingParameter) as raised:
        due_in_month(shanxi, "T-PUSH", date(2024, 12, 1))
    assert raised.value.key == "T-PUSH"


def test_fixed_date_may_exclude_the_day_that_it_names(shanxi: Rulebook) -> None:
    exclusive = having(shanxi, value("DEADLINE_INCLUSIVE", False, "bool", since=date(2025, 1, 1)))

    assert due_in_month(exclusive, "T-PUSH", date(2025, 9, 1)).nominal == date(2025, 10, 9)


def test_fixed_date_beyond_a_short_month_is_its_last_day(shanxi: Rulebook) -> None:
    month_end = having(shanxi, value("T-PUSH", 31, "day_of_next_month", since=date(2025, 3, 1)))

    assert due_in_month(month_end, "T-PUSH", date(2025, 3, 1)).nominal == date(2025, 4, 30)


def test_lateness_may_be_judged_by_the_next_working_day(shanxi: Rulebook) -> None:
    lenient = having(shanxi, value("LATE_AGAINST", "NEXT_WD", "text", since=date(2025, 1, 1)))
    strict_due, lenient_due = (due_in_month(book, "T-PUSH", date(2025, 12, 1)) for book in (shanxi, lenient))

    assert days_late(shanxi.calendar, strict_due.late_after, date(2026, 1, 12)) == 1
    assert days_late(shanxi.calendar, lenient_due.late_after, date(2026, 1, 12)) == 0


def test_ladder_of_a_late_list_over_qingming(shanxi: Rulebook) -> None:
    due = due_after(shanxi, "T-DYN", date(2025, 3, 31))

    assert due.work_target == date(2025, 4, 8)
    assert [(moment.rung, moment.at) for moment in ladder(shanxi, due)] == [
        (Rung.REMINDER, nine(2025, 4, 3)),
        (Rung.DUE_TODAY, nine(2025, 4, 8)),
        (Rung.OVERDUE, nine(2025, 4, 9)),
        (Rung.CITY, nine(2025, 4, 11)),
        (Rung.PROVINCE, nine(2025, 4, 15)),
    ]
    assert days_late(shanxi.calendar, due.late_after, date(2025, 4, 10)) == 2


def test_ladder_does_not_climb_on_a_sunday(shanxi: Rulebook) -> None:
    due = due_after(shanxi, "ACCEPT_WD", date(2025, 3, 11))

    assert due.work_target == date(2025, 3, 14)
    assert [m.at.date() for m in ladder(shanxi, due) if m.rung is Rung.OVERDUE] == [date(2025, 3, 17)]


def test_reminder_before_spring_festival(shanxi: Rulebook) -> None:
    due = due_after(shanxi, "T-DYN", date(2025, 1, 24))

    assert ladder(shanxi, due)[0].at == nine(2025, 2, 5)


def test_rungs_in_a_year_without_a_calendar_are_left_out(shanxi: Rulebook) -> None:
    due = due_after(shanxi, "ACCEPT_WD", date(2027, 12, 24))

    assert due.work_target == date(2027, 12, 29)
    assert [moment.rung for moment in ladder(shanxi, due)] == [Rung.REMINDER, Rung.DUE_TODAY, Rung.OVERDUE]


def test_a_rung_before_the_first_calendar_does_not_hide_the_later_ones(shanxi: Rulebook) -> None:
    due = due_after(having(shanxi, value("ONE_WD", 1, "WD")), "ONE_WD", date(2024, 1, 1))

    assert due.work_target == date(2024, 1, 2)
    assert [m.rung for m in ladder(shanxi, due)] == [Rung.DUE_TODAY, Rung.OVERDUE, Rung.CITY, Rung.PROVINCE]
    assert light(shanxi, due, date(2024, 1, 1)) is Light.GREEN


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 4, 2), Light.GREEN),
        (date(2025, 4, 3), Light.YELLOW),
        (date(2025, 4, 8), Light.YELLOW),
        (date(2025, 4, 9), Light.RED),
    ],
)
def test_light_turns_yellow_with_the_reminder_and_red_the_day_after(
    shanxi: Rulebook, day: date, expected: Light
) -> None:
    assert light(shanxi, due_after(shanxi, "T-DYN", date(2025, 3, 31)), day) is expected


def test_light_of_a_fixed_date_stays_yellow_between_target_and_nominal(shanxi: Rulebook) -> None:
    due = due_in_month(shanxi, "T-PUSH", date(2025, 12, 1))

    assert due.work_target == date(2026, 1, 9)
    assert light(shanxi, due, date(2026, 1, 10)) is Light.YELLOW
    assert light(shanxi, due, date(2026, 1, 11)) is Light.RED


def test_an_empty_term_has_no_date_no_ladder_and_stays_green(shanxi: Rulebook) -> None:
    due = due_after(shanxi, "PARAMETER_WD", date(2025, 3, 3))

    assert (due.nominal, due.work_target, due.late_after, ladder(shanxi, due)) == (None, None, None, ())
    assert light(shanxi, due, date(2026, 11, 1)) is Light.GREEN
    assert days_late(shanxi.calendar, due.late_after, date(2026, 11, 1)) == 0


def test_lateness_is_counted_as_far_as_calendars_go(shanxi: Rulebook) -> None:
    assert days_late(shanxi.calendar, date(2027, 12, 28), date(2028, 1, 10)) == 3  # 29, 30 and 31 December
    assert days_late(shanxi.calendar, date(2027, 12, 31), date(2028, 1, 10)) == 1


def test_a_month_without_the_corresponding_day_ends_on_its_last_day(shanxi: Rulebook) -> None:
    due = due_after(having(shanxi, value("T-SUIT", 6, "months", since=date(2025, 1, 1))), "T-SUIT", date(2025, 8, 31))

    assert due.nominal == date(2026, 2, 28)  # 29, 30 and 31 February are not there; the 28th is a make-up Saturday


def test_a_count_into_an_unknown_year_asks_for_its_calendar(shanxi: Rulebook) -> None:
    with pytest.raises(MissingParameter) as raised:
        due_after(shanxi, "SURVEY_WD", date(2027, 12, 28))
    assert raised.value.key == "WORK_CALENDAR(2028)"


def test_yesterdays_rule_stays_true_about_yesterday(shanxi: Rulebook) -> None:
    shorter = having(shanxi, value("SURVEY_WD", 7, "WD", since=date(2025, 7, 1)))

    assert due_after(shorter, "SURVEY_WD", date(2025, 6, 30)).rule.value == 10
    assert due_after(shorter, "SURVEY_WD", date(2025, 7, 1)).rule.value == 7
    pinned = due_after(shorter, "SURVEY_WD", date(2025, 7, 10), pinned_on=date(2025, 6, 25))
    assert pinned.rule.value == 10


def test_a_rule_that_has_ended_is_missing_from_its_last_day_on(shanxi: Rulebook) -> None:
    ended = having(shanxi, value("T-NEW", 5, "WD", since=date(2025, 1, 1), until=date(2025, 6, 1)))

    assert due_after(ended, "T-NEW", date(2025, 5, 31)).rule.value == 5
    with pytest.raises(MissingParameter):
        due_after(ended, "T-NEW", date(2025, 6, 1))


def test_a_laxer_nearer_rule_does_not_loosen_a_stricter_document(yangcheng: Rulebook) -> None:
    laxer = having(yangcheng, value("T-DYN", 8, "WD", division="1405", since=date(2025, 1, 1)))
    due = due_after(laxer, "T-DYN", date(2025, 3, 31))

    assert (due.rule.value, [rule.value for rule in due.also]) == (5, [8])


def test_a_nearer_rule_replaces_a_farther_local_setting(yangcheng: Rulebook) -> None:
    city = having(yangcheng, value("SURVEY_WD", 15, "WD", division="1405", since=date(2025, 1, 1), basis=Basis.LOCAL))

    assert due_after(city, "SURVEY_WD", date(2025, 3, 4)).rule.value == 15


def test_a_rule_superseded_by_its_own_division_drives_nothing(yangcheng: Rulebook) -> None:
    relaxed = having(
        yangcheng,
        value("T-DYN", 9, "WD", division="14", since=date(2025, 1, 1)),
        value("T-DYN", 8, "WD", division="1405", since=date(2025, 2, 1)),
    )
    due = due_after(relaxed, "T-DYN", date(2025, 3, 31))

    assert (due.rule.value, [rule.value for rule in due.also]) == (8, [9])


def test_a_newer_version_of_the_same_day_wins(shanxi: Rulebook) -> None:
    corrected = having(shanxi, value("SURVEY_WD", 12, "WD", version=2))

    assert due_after(corrected, "SURVEY_WD", date(2025, 3, 4)).rule.value == 12


def test_day_late_begins_the_day_after(shanxi: Rulebook) -> None:
    due = due_after(shanxi, "T-DYN", date(2025, 3, 31))
    assert due.late_after is not None

    assert days_late(shanxi.calendar, due.late_after, due.late_after) == 0
    assert days_late(shanxi.calendar, due.late_after, due.late_after + timedelta(days=1)) == 1


def test_one_sharing_a_month_is_due_on_the_months_last_day(yangcheng: Rulebook) -> None:
    november, february = (due_in_month(yangcheng, "T-SHARE", month) for month in (date(2026, 11, 1), date(2026, 2, 1)))

    assert (november.nominal, november.work_target, november.late_after) == (
        date(2026, 11, 30),
        date(2026, 11, 30),
        date(2026, 11, 30),
    )
    assert (november.rule.clause, november.counted_from) == ("C-30", date(2026, 11, 1))
    assert february.nominal == date(2026, 2, 28)  # a make-up Saturday


def test_a_months_end_on_a_sunday_is_aimed_at_on_friday_and_late_from_monday(yangcheng: Rulebook) -> None:
    due = due_in_month(yangcheng, "T-SHARE", date(2025, 8, 1))

    assert (due.nominal, due.work_target, due.late_after) == (
        date(2025, 8, 31),
        date(2025, 8, 29),
        date(2025, 8, 31),
    )
    assert days_late(yangcheng.calendar, due.late_after, date(2025, 9, 1)) == 1


def test_no_sharing_was_owed_before_the_document(yangcheng: Rulebook) -> None:
    with pytest.raises(MissingParameter):
        due_in_month(yangcheng, "T-SHARE", date(2025, 2, 1))
    assert due_in_month(yangcheng, "T-SHARE", date(2025, 3, 1)).nominal == date(2025, 3, 31)


def test_the_monthly_sharing_is_reminded_of_on_the_20th_before_the_ladder_begins(yangcheng: Rulebook) -> None:
    due = due_in_month(yangcheng, "T-SHARE", date(2026, 11, 1))

    assert [(moment.rung, moment.at) for moment in ladder(yangcheng, due)] == [
        (Rung.EARLY, nine(2026, 11, 20)),
        (Rung.REMINDER, nine(2026, 11, 26)),
        (Rung.DUE_TODAY, nine(2026, 11, 30)),
        (Rung.OVERDUE, nine(2026, 12, 1)),
        (Rung.CITY, nine(2026, 12, 3)),
        (Rung.PROVINCE, nine(2026, 12, 7)),
    ]
    assert light(yangcheng, due, date(2026, 11, 25)) is Light.GREEN


def test_the_early_reminder_comes_on_a_working_day_and_may_be_moved(yangcheng: Rulebook) -> None:
    on_a_saturday = due_in_month(yangcheng, "T-SHARE", date(2025, 9, 1))
    tenth = having(yangcheng, value("SHARE_REMINDER_DAY", 10, "day_of_month", division="1405", since=date(2025, 9, 1)))

    assert ladder(yangcheng, on_a_saturday)[0].at == nine(2025, 9, 19)
    assert ladder(tenth, on_a_saturday)[0].at == nine(2025, 9, 10)


@pytest.mark.parametrize(
    ("data_of", "nominal", "target"),
    [
        (date(2025, 12, 1), date(2026, 1, 10), date(2026, 1, 9)),
        (date(2026, 9, 1), date(2026, 10, 10), date(2026, 10, 10)),
    ],
)
def test_review_of_jining_falls_due_on_the_tenth(jining: Rulebook, data_of: date, nominal: date, target: date) -> None:
    due = due_in_month(jining, "T-REV", data_of)

    assert (due.nominal, due.work_target, due.rule.clause) == (nominal, target, "J-14")


def test_a_department_that_delivers_its_review_on_the_12th_is_late_by_one_day(jining: Rulebook) -> None:
    lenient = having(jining, value("LATE_AGAINST", "NEXT_WD", "text", division="3708", since=date(2025, 1, 1)))
    strict_due, lenient_due = (due_in_month(book, "T-REV", date(2025, 12, 1)) for book in (jining, lenient))

    assert days_late(jining.calendar, strict_due.late_after, date(2026, 1, 12)) == 1
    assert days_late(jining.calendar, lenient_due.late_after, date(2026, 1, 12)) == 0


def test_push_of_jining_has_until_the_months_end(jining: Rulebook) -> None:
    due = due_in_month(jining, "T-PUSH", date(2026, 1, 1))

    assert (due.nominal, due.rule.clause, due.rule.basis) == (date(2026, 2, 28), "J-20", Basis.LOCAL)


def test_shanxi_has_no_joint_review_and_jining_no_monthly_sharing(shanxi: Rulebook, jining: Rulebook) -> None:
    for rulebook, key in ((shanxi, "T-REV"), (jining, "T-SHARE")):
        with pytest.raises(MissingParameter):
            due_in_month(rulebook, key, date(2025, 12, 1))


def test_a_laxer_nearer_date_is_a_conflict_of_rules_and_a_stricter_one_is_not(yangcheng: Rulebook) -> None:
    stricter = due_in_month(yangcheng, "T-PUSH", date(2025, 9, 1))
    laxer = having(yangcheng, value("T-PUSH", 15, "day_of_next_month", division="140522", since=date(2025, 6, 1)))
    driven = due_in_month(laxer, "T-PUSH", date(2025, 9, 1))

    assert stricter.conflict is False
    assert (driven.conflict, driven.nominal, driven.rule.clause) == (True, date(2025, 10, 5), "E-02")
    assert [rule.value for rule in driven.also] == [15, 10]


def test_a_laxer_nearer_period_is_a_conflict_and_the_same_one_repeated_is_none(yangcheng: Rulebook) -> None:
    laxer, same = (
        having(yangcheng, value("T-DYN", days, "WD", division="1405", since=date(2025, 1, 1))) for days in (8, 5)
    )

    assert due_after(laxer, "T-DYN", date(2025, 3, 31)).conflict is True
    assert due_after(same, "T-DYN", date(2025, 3, 31)).conflict is False
    assert due_after(same, "T-DYN", date(2025, 3, 31)).rule.division == "1405"
