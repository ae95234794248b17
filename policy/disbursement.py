"""A 拨款申请表 as plain data: what the county bureau asks the county's finance bureau to pay (A-51).

It holds names and accounts; nothing of it is ever logged, so it has no repr.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policy.money import ZERO, in_words


@dataclass(frozen=True, kw_only=True, repr=False)
class DisbursementLine:
    no: int
    """Its place in the batch, from 1."""
    case_number: str
    payee_name: str
    payee_kind: str
    """As the paper says it: 定点医疗机构, 定点药店, 医疗救助对象."""
    bank: str
    account: str
    amount: Decimal
    """Yuan."""


@dataclass(frozen=True, kw_only=True, repr=False)
class DisbursementRequest:
    number: str
    """The batch's own number."""
    county_bureau: str
    finance_bureau: str
    prepared_on: date
    lines: tuple[DisbursementLine, ...]
    prepared_by: str
    approved_by: str | None
    """None until somebody has approved it; the paper then says 待审批."""
    citation: str
    """The clause that the payment rests on, as `Rulebook.cite` has it."""
    demonstration: bool

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError("a request asks for at least one payment")
        if any(line.amount <= 0 for line in self.lines):
            raise ValueError("every line pays something")

    @property
    def count(self) -> int:
        return len(self.lines)

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def total_in_words(self) -> str:
        """人民币 before it, as `policy.money.in_words` writes it."""
        return f"人民币{in_words(self.total)}"
