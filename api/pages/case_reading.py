"""A case as `api/case_view.py` gives it, with the few words that only a page needs."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from api.case_view import view_case
from api.pages.case_papers import papers_of
from api.pages.desk import Desk
from policy.access import Action, PersonalView, may
from policy.answer_fields import REFUSAL_PROVISIONS
from policy.costs import DEDUCTIONS, LABELS
from policy.fields import Kind
from policy.steps import step
from policy.terms import ApplicationStatus

MAIN_PATH = (
    ("受理", (ApplicationStatus.SUBMITTED, ApplicationStatus.SUPPLEMENT)),
    ("入户调查", (ApplicationStatus.SURVEY,)),
    ("乡镇审核", (ApplicationStatus.TWP_REVIEW,)),
    ("乡镇公示", (ApplicationStatus.TWP_PUBLICITY,)),
    ("报送县级", (ApplicationStatus.FORWARDED,)),
    ("县级审批", (ApplicationStatus.COUNTY_REVIEW,)),
    ("县级公示", (ApplicationStatus.COUNTY_PUBLICITY,)),
    ("支付", (ApplicationStatus.APPROVED,)),
)
ENDED = (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN)


@dataclass(frozen=True)
class Stage:
    """A stage of the main path: `state` is done, now, next or stopped."""

    label: str
    state: str


@dataclass(frozen=True)
class CostLine:
    label: str
    amount: Decimal
    sum: bool = False


@dataclass(frozen=True)
class PrintPage:
    """`dated` where the address takes the day that the paper is to bear (`posted_on`)."""

    href: str
    label: str
    dated: bool = False


@dataclass(frozen=True)
class Record:
    """What was typed at a step: the step, the day, and label and text of each field."""

    title: str
    outcome: str
    day: str
    lines: tuple[tuple[str, str], ...]
    paper_reason: str | None


async def case_for(desk: Desk, application_id: uuid.UUID) -> dict[str, Any]:
    """The context of the fragments under `templates/cases/`; `case` is None for a post that sees no cases."""
    if not may(desk.signed_in.post, Action.VIEW_APPLICATIONS):
        return {"case": None, "documents": [], "decision": None, "papers": [], "records": []}
    case = await view_case(desk.services, desk.signed_in, application_id)
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {case["division"], *(task["office"]["division"] for task in case["open_tasks"])})
    return {
        "case": case,
        "documents": case["documents"],
        "decision": case["decision"],
        "refusal": case["refusal"],
        "payment": case["payment"],
        "publicity": case["publicity"],
        "timeline": case["timeline"],
        "open_tasks": case["open_tasks"],
        "way": way(case),
        "costs": cost_lines(case["costs"]) if case["costs"] else [],
        "records": [record_of(record) for record in case["records"]],
        "papers": print_pages(case, reads_files=may(desk.signed_in.post, Action.READ_FILE)),
        "provision_labels": {choice.code: choice.label for choice in REFUSAL_PROVISIONS},
    }


def way(case: Mapping[str, Any]) -> list[Stage]:
    """How far the case has come. One that ended early shows where it was by the steps it has taken."""
    status = ApplicationStatus(case["status"])
    if status is ApplicationStatus.PAID:
        return [Stage(label, "done") for label, _ in MAIN_PATH]
    if status in ENDED:
        return [Stage("受理", "done"), Stage(status.label, "stopped")]
    here = next(place for place, (_, statuses) in enumerate(MAIN_PATH) if status in statuses)
    states = ["done"] * here + ["now"] + ["next"] * (len(MAIN_PATH) - here - 1)
    return [Stage(label, state) for (label, _), state in zip(MAIN_PATH, states, strict=True)]


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
    )


def _text(value: Any, choices: Sequence[Any]) -> str:
    labels = {choice.code: choice.label for choice in choices}
    values = value if isinstance(value, list) else [value]
    return "、".join(labels.get(entry, str(entry)) for entry in values)


def print_pages(case: Mapping[str, Any], *, reads_files: bool) -> list[PrintPage]:
    """The papers of the case that can be printed, as far as this reader is shown them."""
    to_post = {"township_notice", "county_notice"} & {task["kind"] for task in case["open_tasks"]}
    pages = [PrintPage(f"/cases/{case['id']}/poster", "打印待张贴公示", dated=True)] if to_post and reads_files else []
    pages += [
        PrintPage(f"/papers/{notice['poster']}", "乡镇公示" if notice["level"] == "township" else "县级公示")
        for notice in case["publicity"]
        if notice["poster"]
    ]
    if reads_files and any(task["kind"] == "refusal_notice" for task in case["open_tasks"]):
        pages.append(PrintPage(f"/cases/{case['id']}/refusal-notice", "预览书面告知书（附件5）"))
    if case["refusal"] and case["refusal"]["notice"] and reads_files:
        pages.append(PrintPage(f"/papers/{case['refusal']['notice']}", "书面告知书（附件5）"))
    pages += [PrintPage(f"/cases/{case['id']}/papers/{name}", title) for name, title in papers_of(case).items()]
    if case["decision"] and not PersonalView(case["view"]).payment_only:
        pages.append(PrintPage(f"/cases/{case['id']}/calculation", "计算表"))
    return pages
