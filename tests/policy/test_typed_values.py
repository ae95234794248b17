from typing import Any

import pytest

from policy.parameters import KINDS, label, well_formed
from policy.typed_values import BadValue, TypedValue, read_value


@pytest.mark.parametrize(
    ("key", "typed", "value", "unit"),
    [
        ("SURVEY_WD", "10", 10, "WD"),
        ("SURVEY_WD", " 10 个工作日 ", 10, "WD"),
        ("PARAMETER_WD", "无", None, "WD"),
        ("PUB_TWP_DAYS", "7天", 7, "days"),
        ("CAP(GXZC)", "40,000.00", "40000.00", "yuan"),
        ("CAP(GXZC)", "40000元", "40000.00", "yuan"),
        ("CAP(TK)", "无", None, "yuan"),
        ("RATE(GXZC)", "0.6", "0.60", "ratio"),
        ("RATE(GXZC)", "60%", "0.60", "ratio"),
        ("RATE(GXZC)", "62.5％", "0.625", "ratio"),
        ("RATE(TK)", "100%", "1.00", "ratio"),
        (
            "RATE(GXZC)",
            "0:50%，20000：60%",
            [{"above": "0.00", "rate": "0.50"}, {"above": "20000.00", "rate": "0.60"}],
            "tiers",
        ),
        ("DEDUCT(GXZC)", "25% PCDI", "0.25", "ratio_of_pcdi"),
        ("DEDUCT(GXZC)", "上年人均可支配收入的25%", "0.25", "ratio_of_pcdi"),
        ("DEDUCT(GXZC)", "7731", "7731.00", "yuan"),
        ("DEDUCT(DB)", "无", None, "yuan"),
        ("RONGQUE", "是", True, "bool"),
        ("RONGQUE", "否", False, "bool"),
        ("DEDUCT_SCOPE", "CASE", "CASE", "text"),
        ("LADDER_HOUR", "08:30", "08:30", "text"),
        ("CONDITIONS(DSR)", "晋市医保发〔2025〕1号规定的条件", "晋市医保发〔2025〕1号规定的条件", "text"),
        ("CONDITIONS(DSR)", "本市户籍，且年满六十周岁", "本市户籍，且年满六十周岁", "text"),
        ("KEY_TARGETS", "TK、DB", ["TK", "DB"], "list"),
        ("PCDI(2024)", "32,400.5", "32400.50", "yuan"),
        ("DISEASE_CEILING(A61-04)", "30,000", "30000.00", "yuan"),
        ("DISEASE_CEILING", "a61-04：30,000；A61-05: 25000元", {"A61-04": "30000.00", "A61-05": "25000.00"}, "map"),
        ("CHILD_AGE", "18周岁", 18, "years"),
        ("OUTPATIENT_FORM(DB)", "FIXED", "FIXED", "text"),
        ("OUTPATIENT_FORM(DB)", "无", None, "text"),
    ],
)
def test_typed_values_are_read_with_their_unit(key: str, typed: str, value: Any, unit: str) -> None:
    read = read_value(key, typed)

    assert (read.value, read.unit) == (value, unit)
    assert well_formed(read.unit, read.value)


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("SURVEY_WD", "十"),
        ("SURVEY_WD", "0"),
        ("SURVEY_WD", "2.5"),
        ("SURVEY_WD", "-3"),
        ("SURVEY_WD", ""),
        ("CAP(GXZC)", "4万"),
        ("CAP(GXZC)", "40000.001"),
        ("CAP(GXZC)", "4,0000"),
        ("RATE(GXZC)", "60"),
        ("RATE(GXZC)", "160%"),
        ("RATE(GXZC)", "0"),
        ("RATE(GXZC)", "无"),
        ("RATE(GXZC)", "0:50%，甲：60%"),
        ("PCDI(2024)", "无"),
        ("DEDUCT(GXZC)", "PCDI"),
        ("RONGQUE", "也许"),
        ("DEDUCT_SCOPE", "MONTH"),
        ("LADDER_HOUR", "九点"),
        ("CONDITIONS(DSR)", "  "),
        ("DISEASE_CEILING", "乳腺癌:30000"),
        ("DISEASE_CEILING", "A61-04:三万"),
        ("CHILD_AGE", "成年"),
        ("ESCALATION", "-2/0/1/3/5"),
        ("T-SHARE", "32"),
        ("T-PUSH", "0"),
        ("COUNTY_WD", "0"),
        ("PUSH_GROUP(DB,urban)", "返贫"),
        ("WORK_CALENDAR(2028)", "2028"),
    ],
)
def test_what_cannot_be_read_is_refused_with_words_in_two_languages(key: str, typed: str) -> None:
    with pytest.raises(BadValue) as raised:
        read_value(key, typed)
    assert raised.value.zh
    assert raised.value.en
    assert len(typed.strip()) < 3 or typed.strip() not in str(raised.value)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("RATE(DB)", "救助比例（低保对象）"),
        ("PCDI(2024)", "全省居民人均可支配收入（2024）"),
        ("SURVEY_WD", "入户调查和审核期限"),
        ("WORK_CALENDAR(2028)", "工作日历（2028）"),
        ("PUSH_GROUP(DB,urban)", "高额费用监测名单（低保对象，城镇）"),
        ("SCREENED_BY(falling_back)", "监测名单的初筛部门（返贫）"),
        ("X_WD", "X_WD"),
    ],
)
def test_labels_are_what_people_read(key: str, expected: str) -> None:
    assert label(key) == expected


def test_every_choice_among_texts_can_be_typed() -> None:
    choices = [(key, option, kind.units[0]) for key, kind in KINDS.items() for option in kind.options]

    assert {unit for _, _, unit in choices} == {"text", "list"}
    assert [read_value(key, option).value for key, option, _ in choices] == [
        [option] if unit == "list" else option for _, option, unit in choices
    ]
    assert len(choices) >= 24


def test_a_list_of_departments_takes_known_codes_only() -> None:
    assert read_value("COUNTED_SOURCES", "civil_affairs、agriculture").value == ["civil_affairs", "agriculture"]
    with pytest.raises(BadValue) as raised:
        read_value("COUNTED_SOURCES", "civil_affairs、民政")
    assert raised.value.zh.startswith("只能是：medical_insurance")


def test_the_same_day_is_a_term_of_no_days_and_the_months_end_is_its_31st() -> None:
    assert read_value("MARK_WD", "0").value == 0
    assert (read_value("T-SHARE", "31日").value, read_value("T-SHARE", "31日").unit) == (31, "day_of_month")
    assert read_value("PUSH_THRESHOLD(falling_back)", "50% PCDI") == TypedValue("0.50", "ratio_of_pcdi")
    assert read_value("PUSH_GROUP(DB,urban)", "falling_back").value == "falling_back"
