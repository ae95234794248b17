"""The generated parts of the pages in docs/process, from policy/steps.py and the baseline parameters.

`python -m tests.docs.process_page` writes it anew.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from policy.adjustment_steps import ADJUSTMENT_STEPS
from policy.anomaly_steps import ANOMALY_STEPS
from policy.comparison_steps import COMPARISON_STEPS
from policy.county_steps import COUNTY_STEPS
from policy.law_steps import LAW_STEPS
from policy.payment_steps import PAYMENT_STEPS
from policy.push_steps import PUSH_STEPS
from policy.recognition_steps import RECOGNITION_STEPS
from policy.refusal_steps import REFUSAL_STEPS
from policy.review_steps import REVIEW_STEPS
from policy.rulebook import NOT_RULED_HERE, Parameter, Rulebook
from policy.sharing_steps import SHARING_STEPS
from policy.step import Outcome, Step
from policy.step_clause import clause_of_step
from policy.supervision_steps import SUPERVISION_STEPS
from policy.teamwork_steps import TEAMWORK_STEPS
from policy.township_steps import TOWNSHIP_STEPS
from store.packs import law_of, load_packs, shipped

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "process"
BEGIN = "<!-- generated from policy/steps.py: begin -->"
END = "<!-- generated from policy/steps.py: end -->"

DIVISION = "140522"
AS_OF = date(2026, 1, 1)
UNITS = {
    "WD": "working days",
    "days": "days",
    "day_of_month": "(day of the month; 31 is its last)",
    "day_of_next_month": "(day of the month after)",
}

PAGES: Mapping[str, Sequence[tuple[str, Sequence[Step]]]] = {
    "application.md": (
        ("W01 依申请救助: from the counter to the decision", (*TOWNSHIP_STEPS, *COUNTY_STEPS, *LAW_STEPS)),
        ("W02 书面告知与救济: the refusal", REFUSAL_STEPS),
        ("W03 支付: the payment", PAYMENT_STEPS),
        ("Beside the case", TEAMWORK_STEPS),
    ),
    "roster-change.md": (("W06 动态调整: a department's period and its lists", ADJUSTMENT_STEPS),),
    "anomaly.md": (("W11 异常数据核实: the rows of one batch", ANOMALY_STEPS),),
    "sharing-cycle.md": (("W07 月度信息共享: a county's month", SHARING_STEPS),),
    "high-cost-push.md": (("W09 高额费用推送: a month of one division", PUSH_STEPS),),
    "recognition.md": (("W10 认定反馈: one person of one list", RECOGNITION_STEPS),),
    "review.md": (("W08 集中复核: by the 10th", REVIEW_STEPS),),
    "provincial-list.md": (("W18 省级名单比对: with the provincial list", COMPARISON_STEPS),),
    "supervision.md": (("W17 督促整改与重大问题报告", SUPERVISION_STEPS),),
}
"""Each page's tables, one for each procedure."""
ELSEWHERE = {"review.md": "370829", "provincial-list.md": "370829"}
"""Procedures that other documents than Shanxi's ask for: the division whose terms the page shows."""
JINING = "370829"
IN_BOTH = ("roster-change.md", "anomaly.md", "high-cost-push.md", "recognition.md", "supervision.md")
"""Procedures that run in Jining too: its clause stands beside Shanxi's."""


def generated(page: str) -> str:
    law = law_of(load_packs(shipped()))
    rulebook = law.rulebook(ELSEWHERE.get(page, DIVISION), AS_OF)
    beside = law.rulebook(JINING, AS_OF) if page in IN_BOTH else None
    return "\n\n".join(_table(title, steps, rulebook, beside) for title, steps in PAGES[page])


def written(page: str) -> str:
    """What stands in the page now."""
    return text_of(page).partition(BEGIN)[2].partition(END)[0].strip()


def text_of(page: str) -> str:
    return (FOLDER / page).read_text(encoding="utf-8")


def write() -> None:
    """Puts the tables of today into the pages."""
    for page in PAGES:
        before, _, rest = text_of(page).partition(BEGIN)
        after = rest.partition(END)[2]
        (FOLDER / page).write_text(f"{before}{BEGIN}\n\n{generated(page)}\n\n{END}{after}", encoding="utf-8")


def _table(title: str, steps: Sequence[Step], rulebook: Rulebook, beside: Rulebook | None) -> str:
    head = "| Step | Who acts | Due | Counted from | Clause | Answers |\n|---|---|---|---|---|---|"
    return "\n".join([f"### {title}", "", head, *(_row(step, rulebook, beside) for step in steps)])


def _row(step: Step, rulebook: Rulebook, beside: Rulebook | None) -> str:
    status = f" · {step.status.label}" if step.status else ""
    shared = f", shared with `{step.period}`" if step.period else ""
    cells = (
        f"{step.label} `{step.kind}`{status}",
        step.post.label,
        f"{_term(rulebook.find(step.deadline, AS_OF))} (`{step.deadline}`){shared}",
        step.counted_from,
        _clause(step, rulebook) + (f"; in Jining {_clause(step, beside)}" if beside else ""),
        ", ".join(_answer(outcome) for outcome in step.outcomes),
    )
    return f"| {' | '.join(cells)} |"


def _clause(step: Step, rulebook: Rulebook) -> str:
    clause = clause_of_step(rulebook, step, AS_OF)
    return f"{clause}: {rulebook.cite(clause)}" if clause else NOT_RULED_HERE


def _term(rule: Parameter | None) -> str:
    if rule is None:
        return "asked for"
    return "no term 无期限" if rule.value is None else f"{rule.value} {UNITS[rule.unit]}"


def _answer(outcome: Outcome) -> str:
    return f"{outcome.label} `{outcome.name}`{' (later)' if outcome.later else ''}"


if __name__ == "__main__":
    write()
