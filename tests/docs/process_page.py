"""The generated part of docs/process/application.md, from policy/steps.py and the baseline parameters.

`python -m tests.docs.process_page` writes it anew.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from policy.county_steps import COUNTY_STEPS
from policy.law_steps import LAW_STEPS
from policy.payment_steps import PAYMENT_STEPS
from policy.refusal_steps import REFUSAL_STEPS
from policy.rulebook import Parameter, Rulebook
from policy.step import Outcome, Step
from policy.teamwork_steps import TEAMWORK_STEPS
from policy.township_steps import TOWNSHIP_STEPS
from store.packs import rulebook_from_packs

PAGE = Path(__file__).resolve().parents[2] / "docs" / "process" / "application.md"
BEGIN = "<!-- generated from policy/steps.py: begin -->"
END = "<!-- generated from policy/steps.py: end -->"

DIVISION = "140522"
AS_OF = date(2026, 1, 1)
UNITS = {"WD": "working days", "days": "days"}


def generated() -> str:
    """One table for each procedure of a case, and one for what is asked beside it."""
    rulebook = rulebook_from_packs(DIVISION, AS_OF)
    parts = (
        ("W01 依申请救助: from the counter to the decision", (*TOWNSHIP_STEPS, *COUNTY_STEPS, *LAW_STEPS)),
        ("W02 书面告知与救济: the refusal", REFUSAL_STEPS),
        ("W03 支付: the payment", PAYMENT_STEPS),
        ("Beside the case", TEAMWORK_STEPS),
    )
    return "\n\n".join(_table(title, steps, rulebook) for title, steps in parts)


def written() -> str:
    """What stands in the page now."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def write() -> None:
    """Puts the tables of today into the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{generated()}\n\n{END}{after}", encoding="utf-8")


def _table(title: str, steps: Sequence[Step], rulebook: Rulebook) -> str:
    head = "| Step | Who acts | Due | Counted from | Clause | Answers |\n|---|---|---|---|---|---|"
    return "\n".join([f"### {title}", "", head, *(_row(step, rulebook) for step in steps)])


def _row(step: Step, rulebook: Rulebook) -> str:
    status = f" · {step.status.label}" if step.status else ""
    shared = f", shared with `{step.period}`" if step.period else ""
    cells = (
        f"{step.label} `{step.kind}`{status}",
        step.post.label,
        f"{_term(rulebook.find(step.deadline, AS_OF))} (`{step.deadline}`){shared}",
        step.counted_from,
        f"{step.clause}: {rulebook.cite(step.clause)}",
        ", ".join(_answer(outcome) for outcome in step.outcomes),
    )
    return f"| {' | '.join(cells)} |"


def _term(rule: Parameter | None) -> str:
    if rule is None:
        return "asked for"
    return "no term 无期限" if rule.value is None else f"{rule.value} {UNITS[rule.unit]}"


def _answer(outcome: Outcome) -> str:
    return f"{outcome.label} `{outcome.name}`{' (later)' if outcome.later else ''}"


if __name__ == "__main__":
    write()
