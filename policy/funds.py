"""The fund of one year: raised, paid, carried over, and how much of a year's raising lies unused (A-49 … A-54)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from policy.money import ZERO
from policy.payment_terms import Account, IncomeSource

_FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Movement:
    """What a kind of entry moved on an account in a year: yuan, debits less credits. `detail`: the source of an income."""

    division: str
    year: int
    kind: str
    account: Account
    detail: str | None
    amount: Decimal


@dataclass(frozen=True)
class FundYear:
    """One year of one fund, or of several added up. Amounts in yuan.

    `carried_over` is what the year began with and `balance` what it ends with (so far): both follow from the ledger and
    are never typed (A-53). `owed`: payable to people and not paid yet; `claimed_back`: approved and not received yet.
    """

    year: int
    carried_over: Decimal = ZERO
    raised_by: dict[IncomeSource, Decimal] = field(default_factory=dict)
    paid: Decimal = ZERO
    recovered: Decimal = ZERO
    balance: Decimal = ZERO
    owed: Decimal = ZERO
    claimed_back: Decimal = ZERO

    @property
    def raised(self) -> Decimal:
        return sum((amount for source, amount in self.raised_by.items() if source.raised), ZERO)

    @property
    def ratio(self) -> Decimal | None:
        """Balance by what was raised in the year (A-54), four places; None while nothing has been raised."""
        return (self.balance / self.raised).quantize(_FOUR_PLACES, ROUND_HALF_UP) if self.raised else None

    def above(self, most: Decimal) -> bool:
        """Whether more is left than the document “generally” allows (A-54, 一般应不超过): a warning, nothing more.

        Judged without rounding; a balance with nothing raised is above any ratio.
        """
        return self.balance > most * self.raised


def fund_year(movements: Iterable[Movement], year: int) -> FundYear:
    """The year as the ledger has it. Movements of later years are left out, earlier ones make what was carried over."""
    known = [one for one in movements if one.year <= year]
    this_year = [one for one in known if one.year == year]
    before = [one for one in known if one.year < year]
    return FundYear(
        year,
        carried_over=_on(before, Account.SPECIAL_ACCOUNT),
        raised_by=_by_source(this_year),
        paid=-_on(_of(this_year, "paid"), Account.SPECIAL_ACCOUNT),
        recovered=_on(_of(this_year, "recovered"), Account.SPECIAL_ACCOUNT),
        balance=_on(known, Account.SPECIAL_ACCOUNT),
        owed=-_on(known, Account.PAYABLE) - _on(known, Account.RETURNED),
        claimed_back=_on(known, Account.RECOVERABLE),
    )


def _by_source(movements: Sequence[Movement]) -> dict[IncomeSource, Decimal]:
    """Every source that moved, in the order of the nouns."""
    incomes = [one for one in movements if one.account is Account.INCOME]
    moved = {IncomeSource(one.detail) for one in incomes if one.detail}
    return {
        source: -sum((one.amount for one in incomes if one.detail == source.value), ZERO)
        for source in IncomeSource
        if source in moved
    }


def _of(movements: Sequence[Movement], kind: str) -> list[Movement]:
    return [one for one in movements if one.kind == kind]


def _on(movements: Iterable[Movement], account: Account) -> Decimal:
    return sum((one.amount for one in movements if one.account is account), ZERO)
