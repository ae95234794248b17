"""What the timeline says of acts on a whole case: made from codes, as all of it."""

from collections.abc import Callable, Mapping
from typing import Any

from api.wrong_shape import LABELS
from policy.case_acts import KINDS_OF_REMEDY
from policy.steps import is_kind, step
from policy.terms import PayeeKind

Codes = Mapping[str, Any]
REMEDIES = {choice.code: choice.label for choice in KINDS_OF_REMEDY}


def act_on_case_text(subject: str, action: str, codes: Codes) -> str | None:
    """The act in words; None for what is no act on a case."""
    said = _SAID.get((subject, action))
    return said(codes) + ("（补录）" if codes.get("paper") else "") if said else None


def _corrected(codes: Codes) -> str:
    names = "、".join(dict.fromkeys(_label(name) for name in codes["fields"]))
    again = f"；重新核算，金额{codes['amount']}元" if codes.get("amount") else ""
    return f"更正登记内容：{names}{again}"


def _label(name: str) -> str:
    part, _, field = name.partition(".")
    label = LABELS.get(field or part, field or part)
    return f"收款方{label}" if part == "payee" and field else label


def _recalled(codes: Codes) -> str:
    kind = codes["kind"]
    declared = step(kind) if is_kind(kind) else None
    outcome = declared.outcome(codes["outcome"]) if declared else None
    said = f"{declared.label}：{outcome.label}" if declared and outcome else kind
    return f"撤回办理结果“{said}”"


def _reopened(codes: Codes) -> str:
    return f"补齐材料，重新办理（第{codes['opening']}次）"


def _remedy(codes: Codes) -> str:
    late = "，逾期提出，已说明正当理由" if codes.get("late") else ""
    return f"申请人于{codes['filed_on']}提出{REMEDIES.get(codes['kind'], codes['kind'])}{late}"


_SAID: Mapping[tuple[str, str], Callable[[Codes], str]] = {
    ("application", "withdraw"): lambda _: "申请人撤回申请",
    ("application", "correct"): _corrected,
    ("application", "move"): lambda codes: f"户籍迁移，案卷将转送{codes['to']}",
    ("application", "death"): lambda codes: f"登记申请人于{codes['died_on']}死亡，死亡前的费用继续办理",
    ("application", "payee"): lambda codes: f"改定收款人（{PayeeKind(codes['payee_kind']).label}）",
    ("application", "reopen"): _reopened,
    ("application", "recall"): _recalled,
    ("remedy", "filed"): _remedy,
    ("person", "merged"): lambda _: "申请人的两份人员记录已合并",
}
