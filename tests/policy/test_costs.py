from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from policy.costs import Costs, TreatmentDates, check_costs, check_dates

S01 = Costs(
    Decimal("92400.00"),
    Decimal("86231.00"),
    basic=Decimal("48200.00"),
    critical_illness=Decimal("11300.00"),
    commercial=Decimal("2000.00"),
)


def test_costs_that_add_up_have_no_problem() -> None:
    assert check_costs(S01) == ()


@pytest.mark.parametrize(
    ("change", "pointer", "clause"),
    [
        ({"total": Decimal("86230.99")}, "/compliant_total", "A-25b"),
        ({"basic": Decimal("74931.01")}, "/basic", "A-13"),
        ({"mutual_aid": Decimal("30900.01")}, "/total", "A-13"),
        ({"supplementary": Decimal("-0.01")}, "/supplementary", "A-13"),
        ({"preferential_subsidy": Decimal("1.005")}, "/preferential_subsidy", None),
        ({"basic": Decimal("NaN")}, "/basic", None),
    ],
)
def test_costs_that_cannot_be_right_are_named(change: dict[str, Decimal], pointer: str, clause: str | None) -> None:
    problems = check_costs(replace(S01, **change))

    assert [(problem.pointer, problem.clause) for problem in problems] == [(pointer, clause)]
    assert problems[0].zh
    assert problems[0].en


def test_costs_of_nothing_are_refused() -> None:
    assert [p.pointer for p in check_costs(Costs(Decimal("0.00"), Decimal("0.00")))] == ["/total"]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (TreatmentDates(date(2024, 12, 1), date(2024, 12, 20), date(2024, 12, 20)), []),
        (TreatmentDates(settled_on=date(2024, 12, 20)), []),
        (TreatmentDates(date(2024, 12, 21), date(2024, 12, 20)), ["/discharged_on"]),
        (TreatmentDates(date(2024, 12, 1), date(2024, 12, 20), date(2024, 12, 19)), ["/settled_on"]),
        (TreatmentDates(date(2024, 12, 21), settled_on=date(2024, 12, 19)), ["/settled_on"]),
        (TreatmentDates(settled_on=date(2025, 3, 4)), ["/settled_on"]),
        (TreatmentDates(date(2025, 3, 11)), ["/admitted_on"]),
    ],
)
def test_dates_follow_one_another(dates: TreatmentDates, expected: list[str]) -> None:
    problems = check_dates(dates, submitted_on=date(2025, 3, 3), today=date(2025, 3, 10))

    assert [problem.pointer for problem in problems] == expected
