"""The fund of a year: what was carried over follows from the years before, and 15 % is a warning (A-49 … A-54)."""

from decimal import Decimal

import pytest

from policy.funds import FundYear, Movement, fund_year
from policy.payment_terms import Account, IncomeSource

COUNTY = "140522"


def income(year: int, source: IncomeSource, amount: str) -> list[Movement]:
    return [
        Movement(COUNTY, year, "income", Account.SPECIAL_ACCOUNT, None, Decimal(amount)),
        Movement(COUNTY, year, "income", Account.INCOME, source.value, -Decimal(amount)),
    ]


def payment(year: int, amount: str) -> list[Movement]:
    return [
        Movement(COUNTY, year, "payable", Account.AID_EXPENSE, None, Decimal(amount)),
        Movement(COUNTY, year, "payable", Account.PAYABLE, None, -Decimal(amount)),
        Movement(COUNTY, year, "paid", Account.PAYABLE, None, Decimal(amount)),
        Movement(COUNTY, year, "paid", Account.SPECIAL_ACCOUNT, None, -Decimal(amount)),
    ]


YEARS = [
    *income(2023, IncomeSource.OPENING_BALANCE, "100.00"),
    *income(2024, IncomeSource.COUNTY_SUBSIDY, "1000.00"),
    *payment(2024, "700.00"),
    *income(2025, IncomeSource.PROVINCIAL_SUBSIDY, "2000.00"),
    *income(2025, IncomeSource.DONATION, "50.00"),
    *payment(2025, "2100.00"),
    Movement(COUNTY, 2025, "recovered", Account.SPECIAL_ACCOUNT, None, Decimal("20.00")),
    Movement(COUNTY, 2025, "recovered", Account.RECOVERABLE, None, Decimal("-20.00")),
    *payment(2026, "9999.00"),
]


def test_year_is_carried_over_from_the_one_before() -> None:
    # 100 + 1000 − 700 = 400 carried over; 400 + 2050 − 2100 + 20 = 370.
    found = fund_year(YEARS, 2025)
    assert found.carried_over == Decimal("400.00") == fund_year(YEARS, 2024).balance
    assert (found.raised, found.paid, found.recovered) == (Decimal("2050.00"), Decimal("2100.00"), Decimal("20.00"))
    assert found.balance == Decimal("370.00")
    assert found.raised_by == {
        IncomeSource.PROVINCIAL_SUBSIDY: Decimal("2000.00"),
        IncomeSource.DONATION: Decimal("50.00"),
    }


def test_what_was_there_before_the_books_is_not_raised() -> None:
    found = fund_year(YEARS, 2023)
    assert (found.raised, found.balance, found.ratio) == (Decimal("0.00"), Decimal("100.00"), None)
    assert found.above(Decimal("0.15"))


@pytest.mark.parametrize(("balance", "above"), [("149.99", False), ("150.00", False), ("150.01", True)])
def test_ratio_is_judged_to_the_cent(balance: str, above: bool) -> None:
    raised = {IncomeSource.COUNTY_SUBSIDY: Decimal("1000.00")}
    assert FundYear(2025, raised_by=raised, balance=Decimal(balance)).above(Decimal("0.15")) is above


def test_ratio_has_four_places() -> None:
    raised = {IncomeSource.COUNTY_SUBSIDY: Decimal("3000.00")}
    assert FundYear(2025, raised_by=raised, balance=Decimal("500.00")).ratio == Decimal("0.1667")


def test_what_came_back_is_still_owed() -> None:
    returned = [
        Movement(COUNTY, 2025, "payable", Account.PAYABLE, None, Decimal("-10.00")),
        Movement(COUNTY, 2025, "returned", Account.PAYABLE, None, Decimal("10.00")),
        Movement(COUNTY, 2025, "returned", Account.RETURNED, None, Decimal("-10.00")),
    ]
    assert fund_year(returned, 2025).owed == Decimal("10.00")
