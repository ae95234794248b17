"""A case said line by line: its costs, and what was typed at each step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from policy.costs import DEDUCTIONS, LABELS
from policy.fields import Kind
from policy.steps import step


@dataclass(frozen=True)
class CostLine:
    label: str
    amount: Decimal
    sum: bool = False


@dataclass(frozen=True)
class Record:
    """What was typed at a step: the step, the day, and label and text of each field."""

    title: str
    outcome: str
    day: str
    lines: tuple[tuple[str, str], ...]
    paper_reason: str | None
    recalled: bool = False


def cost_lines(costs: Mapping[str, Any]) -> list[CostLine]:
    """The statement in the order of A-13: total, compliant, what others paid, what is left."""
    amounts = {name: Decimal(costs[name]) for name in LABELS}
    paid = [CostLine(LABELS[name], -amounts[name]) for name in DEDUCTIONS if amounts[name]]
    base = max(Decimal(), amounts["compliant_total"] + sum((line.amount for line in paid), Decimal()))
    return [
        CostLine(LABELS["total"], amounts["total"]),
        CostLine(LABELS["compliant_total"], amounts["compliant_total"]),
        *paid,
        CostLine("个人负担的合规费用", base, sum=True),
    ]


def record_of(record: Mapping[str, Any]) -> Record:
    declared = step(record["kind"])
    outcome = declared.outcome(record["outcome"])
    fields = {field.name: field for field in outcome.fields} if outcome else {}
    lines = [
        (fields[name].label if name in fields else name, _text(value, fields[name].choices if name in fields else ()))
        for name, value in (record.get("fields") or {}).items()
        if name not in fields or fields[name].kind is not Kind.DOCUMENTS
    ]
    if record.get("comment"):
        lines.append(("备注", record["comment"]))
    return Record(
        declared.label,
        outcome.label if outcome else record["outcome"],
        record["day"],
        tuple(lines),
        record.get("paper_reason"),
        bool(record.get("recalled")),
    )


def _text(value: Any, choices: Sequence[Any]) -> str:
    labels = {choice.code: choice.label for choice in choices}
    values = value if isinstance(value, list) else [value]
    return "、".join(labels.get(entry, str(entry)) for entry in values)
