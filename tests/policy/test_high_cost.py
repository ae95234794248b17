"""Who is over the line, and who is pushed: S-20 whole, and Jining's lines as shares of last year's income."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from policy.costs import Costs
from policy.exchange_terms import Insurance, ListType
from policy.high_cost import HighCost, Pushed, burden, monitored, still_heavy
from policy.monitoring_line import Insured
from policy.rulebook import Basis, MissingParameter, Rulebook
from policy.terms import Category, Residence
from tests.policy.rulebooks import having, shipped, value, without

P = Insured([Category.PT])
Q = Insured([Category.DB], Residence.RURAL)
MARCH, APRIL, MAY, JUNE = date(2025, 3, 31), date(2025, 4, 30), date(2025, 5, 31), date(2025, 6, 30)
BACK, INTO = ListType.FALLING_BACK, ListType.FALLING_INTO


def last_push(amount: str, which: ListType, year: int = 2025) -> Pushed:
    return Pushed(Decimal(amount), year, which)


def of(rulebook: Rulebook, insured: Insured, amount: str, on: date, last: Pushed | None = None) -> HighCost:
    return monitored(rulebook, insured, Decimal(amount), on, last)


def test_exactly_at_the_line_is_not_over_it(yangcheng: Rulebook) -> None:
    p, q = of(yangcheng, P, "20000.00", MARCH), of(yangcheng, Q, "6000.00", MARCH)

    assert [(found.over, found.pushed) for found in (p, q)] == [(False, False), (False, False)]
    assert p.line is not None
    assert (p.line.amount, p.line.formula) == (Decimal("20000.00"), "20,000.00")


def test_a_cent_above_the_line_is_pushed_each_on_a_list_of_its_own(yangcheng: Rulebook) -> None:
    p, q = of(yangcheng, P, "20000.01", APRIL), of(yangcheng, Q, "6000.01", APRIL)

    assert (p.pushed, p.line and p.line.list, p.grounds) == (True, INTO, ("B-15",))
    assert (q.pushed, q.line and q.line.list, q.grounds) == (True, BACK, ("B-14",))


@pytest.mark.parametrize(
    ("on", "p", "p_last", "q", "q_last", "pushed"),
    [
        (MAY, "20000.01", last_push("20000.01", INTO), "7150.00", last_push("6000.01", BACK), "Q"),
        (JUNE, "21500.00", last_push("20000.01", INTO), "7150.00", last_push("7150.00", BACK), "P"),
    ],
)
def test_whoever_has_not_changed_is_left_out_and_shown_as_such(
    yangcheng: Rulebook, on: date, p: str, p_last: Pushed, q: str, q_last: Pushed, pushed: str
) -> None:
    both = {"P": of(yangcheng, P, p, on, p_last), "Q": of(yangcheng, Q, q, on, q_last)}

    assert [name for name, found in both.items() if found.pushed] == [pushed]
    assert [name for name, found in both.items() if found.suppressed] == list({"P", "Q"} - {pushed})
    left_out = next(found for found in both.values() if found.suppressed)
    assert (left_out.over, left_out.grounds[-1]) == (True, "D-03")


def test_a_new_year_starts_afresh(yangcheng: Rulebook) -> None:
    january = date(2026, 1, 31)

    assert of(yangcheng, P, "20000.01", january, last_push("20000.01", INTO)).pushed
    assert not of(yangcheng, Q, "0.00", january, last_push("7150.00", BACK)).over


def test_who_becomes_monitored_is_pushed_on_the_other_list_though_nothing_else_changed(yangcheng: Rulebook) -> None:
    now_jc3 = replace(P, categories=[Category.JC3])
    found = of(yangcheng, now_jc3, "20000.01", JUNE, last_push("20000.01", INTO))

    assert found.line is not None
    assert (found.pushed, found.line.list, found.line.amount) == (True, BACK, Decimal("6000.00"))


def test_with_suppression_switched_off_everybody_is_listed_every_month(yangcheng: Rulebook) -> None:
    all_listed = having(yangcheng, value("PUSH_SUPPRESS", False, "bool", division="1405", since=date(2025, 4, 1)))

    assert of(all_listed, P, "20000.01", MAY, last_push("20000.01", INTO)).pushed
    assert of(yangcheng, P, "20000.01", date(2025, 1, 31), last_push("20000.01", INTO)).pushed  # before D-03


@pytest.mark.parametrize(
    ("category", "residence", "which"),
    [
        (Category.TK, Residence.RURAL, BACK),
        (Category.TK, Residence.URBAN, INTO),
        (Category.DB, Residence.URBAN, INTO),
        (Category.DBBY, Residence.RURAL, INTO),
        (Category.GXZC, Residence.RURAL, INTO),
        (Category.FPZP, Residence.RURAL, BACK),
        (Category.JC1, Residence.URBAN, BACK),
        (Category.JC2, None, BACK),
        (Category.TPRK, Residence.RURAL, BACK),
        (Category.YF, None, INTO),
        (Category.PT, None, INTO),
    ],
)
def test_which_list_a_category_belongs_to(
    yangcheng: Rulebook, category: Category, residence: Residence | None, which: ListType
) -> None:
    found = of(yangcheng, Insured([category], residence), "20000.01", APRIL)

    assert found.line is not None
    assert (found.line.list, "RESIDENCE_UNKNOWN" in found.marks) == (which, False)


def test_of_several_categories_the_lowest_line_counts(yangcheng: Rulebook) -> None:
    found = of(yangcheng, Insured([Category.GXZC, Category.TPRK], Residence.RURAL), "6000.01", APRIL)

    assert (found.pushed, found.line and found.line.list) == (True, BACK)


def test_where_town_or_country_is_not_known_nobody_is_missed_and_the_list_says_so(yangcheng: Rulebook) -> None:
    found = of(yangcheng, Insured([Category.DB]), "6000.01", APRIL)

    assert (found.pushed, found.marks) == (True, ("RESIDENCE_UNKNOWN",))


def test_employees_are_no_residents(yangcheng: Rulebook) -> None:
    employee = Insured([Category.PT], insurance=Insurance.EMPLOYEES)
    monitored_employee = Insured([Category.JC1], insurance=Insurance.EMPLOYEES)

    assert of(yangcheng, employee, "50000.00", APRIL).line is None
    assert of(yangcheng, replace(employee, insurance=Insurance.RESIDENTS), "50000.00", APRIL).pushed
    assert of(yangcheng, monitored_employee, "6000.01", APRIL).pushed


def test_a_city_may_move_its_line_from_a_day(yangcheng: Rulebook) -> None:
    lower = having(
        yangcheng, value("PUSH_THRESHOLD(falling_into)", "15000.00", "yuan", division="1405", since=date(2025, 5, 1))
    )

    assert [of(lower, P, "15000.01", on).over for on in (APRIL, MAY)] == [False, True]


@pytest.mark.parametrize(
    ("category", "at", "above", "line", "which"),
    [
        (Category.DBBY, "19945.00", "19945.01", "19945.00", BACK),
        (Category.JC1, "19945.00", "19945.01", "19945.00", BACK),
        (Category.PT, "59835.00", "59835.01", "59835.00", INTO),
    ],
)
def test_lines_of_jining_are_shares_of_last_years_income(
    jining: Rulebook, category: Category, at: str, above: str, line: str, which: ListType
) -> None:
    on = date(2024, 6, 30)
    below, over = (of(jining, Insured([category]), amount, on) for amount in (at, above))

    assert over.line is not None
    assert (below.over, over.pushed) == (False, True)
    assert (over.line.amount, over.line.list) == (Decimal(line), which)
    assert over.line.formula.startswith("2023年全省居民人均可支配收入 39,890.00 × ")
    assert over.marks == ("DEMO",)


@pytest.mark.parametrize(
    ("on", "line", "marks"),
    [
        (date(2025, 1, 31), "19945.00", ("DEMO", "FALLBACK")),
        (date(2025, 2, 28), "21000.00", ("DEMO",)),
    ],
)
def test_until_the_statistic_is_published_that_of_the_year_before_is_used_and_marked(
    jining: Rulebook, on: date, line: str, marks: tuple[str, ...]
) -> None:
    found = of(jining, Insured([Category.DBBY]), "100000.00", on)

    assert found.line is not None
    assert (found.line.amount, found.marks) == (Decimal(line), marks)
    assert found.grounds == ("J-18",)


def test_without_any_statistic_nothing_is_said_and_the_key_is_named(jining: Rulebook) -> None:
    found = of(without(jining, "PCDI(2023)", "PCDI(2024)"), Insured([Category.PT]), "999999.00", MARCH)

    assert (found.over, found.line, found.missing) == (False, None, ("PCDI(2024)",))


def test_no_fallback_where_the_city_wants_none(jining: Rulebook) -> None:
    none = having(jining, value("PCDI_FALLBACK", "NONE", "text", division="3708", since=date(2024, 12, 1)))

    assert of(none, Insured([Category.PT]), "999999.00", date(2025, 1, 31)).missing == ("PCDI(2024)",)


@pytest.mark.parametrize("category", [Category.TK, Category.DB])
def test_key_targets_of_jining_are_not_monitored(jining: Rulebook, category: Category) -> None:
    found = of(jining, Insured([category]), "999999.00", date(2024, 6, 30))

    assert (found.line, found.over, found.missing) == (None, False, ())


def test_jining_pushes_everybody_every_month(jining: Rulebook) -> None:
    unchanged = of(jining, Insured([Category.PT]), "60000.00", date(2024, 6, 30), last_push("60000.00", INTO, 2024))

    assert unchanged.pushed


def test_the_burden_is_counted_before_aid_as_the_jurisdiction_defines_it(yangcheng: Rulebook, jining: Rulebook) -> None:
    costs = Costs(
        total=Decimal("92400.00"),
        compliant_total=Decimal("86231.00"),
        basic=Decimal("48200.00"),
        critical_illness=Decimal("11300.00"),
        commercial=Decimal("2000.00"),
        mutual_aid=Decimal("500.00"),
    )

    assert burden(yangcheng, costs, APRIL) == Decimal("30900.00")
    assert burden(jining, costs, APRIL) == Decimal("32900.00")
    assert burden(yangcheng, replace(costs, basic=Decimal("92400.00")), APRIL) == Decimal("0.00")
    with pytest.raises(MissingParameter):
        burden(without(yangcheng, "BURDEN_DEF"), costs, APRIL)


def test_what_still_weighs_after_three_systems_is_for_the_office_to_say(yangcheng: Rulebook) -> None:
    said = having(yangcheng, value("STILL_HEAVY", "10000.00", "yuan", division="1405", basis=Basis.LOCAL))

    assert still_heavy(yangcheng, Decimal("99999.00"), APRIL) is None
    assert [still_heavy(said, Decimal(amount), APRIL) for amount in ("10000.00", "10000.01")] == [False, True]


def test_before_the_document_nobody_was_monitored() -> None:
    found = of(shipped("140522"), P, "99999.00", date(2023, 4, 30))

    assert (found.over, found.missing) == (False, ("PUSH_GROUP(PT)",))
