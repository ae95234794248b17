"""Dates, money and periods as pages write them."""

from datetime import date
from decimal import Decimal

from api.pages.wording import CountedDay, Wording, day_by_day
from policy.matter_numbers import as_kept

CHINESE, ENGLISH = Wording("zh-CN"), Wording("en")


def test_day_names_its_weekday() -> None:
    assert CHINESE.day(date(2025, 10, 14)) == "2025-10-14 周二"
    assert ENGLISH.day("2025-10-14") == "2025-10-14 Tue"
    assert CHINESE.day(None) == "—"


def test_moment_is_shown_in_shanghai() -> None:
    assert CHINESE.moment("2025-10-14T01:30:00+00:00") == "2025-10-14 09:30"


def test_money_has_two_places_and_separators() -> None:
    assert CHINESE.money("10200") == "10,200.00"
    assert CHINESE.money(Decimal("0.5")) == "0.50"
    assert CHINESE.money(None) == "—"


def test_term_says_its_length_or_that_there_is_none() -> None:
    assert CHINESE.term({"value": 10, "unit": "WD"}) == "10个工作日"
    assert ENGLISH.term({"value": 6, "unit": "months"}) == "6 months"
    assert CHINESE.term({"value": None, "unit": "WD"}) == "无期限"


def test_counted_and_skipped_days_stand_in_their_order() -> None:
    due = {
        "counted": ["2025-10-10", "2025-10-11"],
        "skipped": [{"day": "2025-10-12", "why": "周末"}, {"day": "2025-10-09", "why": "国庆节"}],
    }
    assert day_by_day(due) == [
        CountedDay(date(2025, 10, 9), None, "国庆节"),
        CountedDay(date(2025, 10, 10), 1),
        CountedDay(date(2025, 10, 11), 2),
        CountedDay(date(2025, 10, 12), None, "周末"),
    ]


def test_parameter_is_written_in_its_unit() -> None:
    assert CHINESE.worth({"value": "0.70", "unit": "ratio"}) == "70%"
    assert CHINESE.worth({"value": "0.25", "unit": "ratio_of_pcdi"}) == "上年全省居民人均可支配收入的25%"
    assert CHINESE.worth({"value": "15000.00", "unit": "yuan"}) == "15,000.00"
    assert CHINESE.worth({"value": None, "unit": "yuan"}) == "无"
    assert CHINESE.worth({"value": True, "unit": "bool"}) == "是"
    assert CHINESE.worth({"value": ["a", "b", "c", "d"], "unit": "list"}) == "共4项"
    assert CHINESE.worth({"value": [{"above": "0", "rate": "0.5"}], "unit": "tiers"}) == "0.00: 50%"


def test_codes_of_a_parameter_are_written_in_words() -> None:
    assert CHINESE.worth({"value": ["DSR", "DBBY"], "unit": "list"}) == "低收入救助对象、低保边缘家庭成员"
    assert CHINESE.worth({"value": "YEAR", "unit": "text"}) == "按年度累计"
    assert ENGLISH.worth({"value": "YEAR", "unit": "text"}) == "added up over the year"
    assert CHINESE.worth({"value": "不予受理", "unit": "text"}) == "不予受理"


def test_number_of_a_matter_names_its_department_and_shortens_an_id() -> None:
    assert CHINESE.number_in_words("140522/civil_affairs/DB/2026-11/1") == "140522/民政/DB/2026-11/1"
    assert ENGLISH.number_in_words("140522/civil_affairs/2026-11") == "140522/civil affairs/2026-11"
    assert CHINESE.number_in_words("01a20317-1ac6-7dfb-a67a-832fd6177ff0/civil_affairs") == "d6177ff0/民政"
    assert as_kept("140522/民政/DB/2026-11/1") == "140522/civil_affairs/DB/2026-11/1"
    assert as_kept("14052210020260011") == "14052210020260011"
    assert CHINESE.number_in_words("YJ-140522-2026-00001") == "YJ-140522-2026-00001"
