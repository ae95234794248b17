"""计算表 of a case: of the approved decision, else of the newest."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from api.pages.wording import MARKS, Wording
from api.papers.reading import Case, CaseReading
from api.parameter_name import parameter_name
from api.texts import CHINESE
from notifications.papers import CalculationLine, CalculationSheet, ParameterLine
from policy.access import PersonalView
from policy.money import on_paper
from policy.parameters import label as parameter_label

NOT_SHOWN = "（按岗位权限不显示）"


def has_calculation(case: Case) -> bool:
    """Not for finance: the sheet repeats the costs; nor for a department that was asked who somebody is."""
    view = PersonalView(case["view"])
    return case["decision"] is not None and not view.payment_only and not view.identity_only


def calculation_sheet(reading: CaseReading) -> CalculationSheet:
    case, decision = reading.case, reading.case["decision"]
    amount = decision["amount"]
    return CalculationSheet(
        demonstration=decision["demonstration"],
        case_number=case["number"],
        applicant_name=case["applicant"]["name"] if case["applicant"] else NOT_SHOWN,
        division_name=reading.place,
        category=case["category_label"],
        as_of=date.fromisoformat(decision["as_of"]),
        amount=Decimal(amount) if amount is not None else None,
        lines=calculation_lines(reading, decision),
        parameters=parameter_lines(decision),
        remarks=remarks(decision),
    )


def calculation_lines(reading: CaseReading, decision: Mapping[str, Any]) -> tuple[CalculationLine, ...]:
    cite = reading.rulebook.cite
    return tuple(
        CalculationLine(
            line["step"], line["formula"], on_paper(line["value"]), cite(line["clause"]) if line["clause"] else None
        )
        for line in decision["trace"]
    )


def parameter_lines(decision: Mapping[str, Any]) -> tuple[ParameterLine, ...]:
    return tuple(
        ParameterLine(
            parameter_label(parameter["key"]),
            Wording(CHINESE).worth(parameter),
            date.fromisoformat(parameter["effective_from"]),
            parameter["document"],
            MARKS.get(parameter["basis"], parameter["basis"]),
        )
        for parameter in decision["parameters"]
    )


def remarks(decision: Mapping[str, Any]) -> tuple[str, ...]:
    """The decision's marks in words, and what is missing."""
    missing = (f"缺少参数：{parameter_name(key)}" for key in decision["missing"])
    return (*(MARKS.get(mark, mark) for mark in decision["marks"]), *missing)
