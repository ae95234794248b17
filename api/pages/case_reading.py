"""A case as `api/case_view.py` gives it, with the few words that only a page needs."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.case_lines import Record, cost_lines, record_of
from api.case_view import view_case
from api.identity import CurrentUser
from api.pages.desk import Desk
from api.papers.catalogue import CALCULATION, CASE_FILE, offered
from policy.access import Action, may
from policy.answer_fields import REFUSAL_PROVISIONS
from policy.terms import ApplicationStatus, Level

MAIN_PATH = (
    ("受理", (ApplicationStatus.SUBMITTED, ApplicationStatus.SUPPLEMENT)),
    ("入户调查", (ApplicationStatus.SURVEY,)),
    ("乡镇审核", (ApplicationStatus.TWP_REVIEW,)),
    ("乡镇公示", (ApplicationStatus.TWP_PUBLICITY, ApplicationStatus.OBJECTION)),
    ("报送县级", (ApplicationStatus.FORWARDED, ApplicationStatus.RETURNED_TWP)),
    ("县级审批", (ApplicationStatus.COUNTY_REVIEW, ApplicationStatus.WAIT_CAB)),
    ("县级公示", (ApplicationStatus.COUNTY_PUBLICITY,)),
    ("支付", (ApplicationStatus.APPROVED,)),
)
ENDED = (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN, ApplicationStatus.LAPSED)


@dataclass(frozen=True)
class Stage:
    """A stage of the main path: `state` is done, now, next or stopped."""

    label: str
    state: str


@dataclass(frozen=True)
class PrintPage:
    """`dated` where the address takes the day that the paper is to bear (`posted_on`)."""

    href: str
    label: str
    dated: bool = False


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
        "may_see_payment": may(desk.signed_in.post, Action.VIEW_DISBURSEMENTS),
        "publicity": case["publicity"],
        "timeline": case["timeline"],
        "open_tasks": case["open_tasks"],
        "way": way(case),
        "costs": cost_lines(case["costs"]) if case["costs"] else [],
        "records": [record for record in map(record_of, case["records"]) if _says_more(record)],
        "papers": print_pages(case, desk.signed_in),
        "provision_labels": {choice.code: choice.label for choice in REFUSAL_PROVISIONS},
    }


def _says_more(record: Record) -> bool:
    """Than the timeline does: an answer without a word of its own stands there already."""
    return bool(record.lines or record.paper_reason or record.recalled)


def way(case: Mapping[str, Any]) -> list[Stage]:
    """How far the case has come. One that ended early shows where it was by the steps it has taken."""
    status = ApplicationStatus(case["status"])
    if status is ApplicationStatus.PAID:
        return [Stage(label, "done") for label, _ in MAIN_PATH]
    if status in ENDED:
        return [Stage("受理", "done"), Stage(status.label, "stopped")]
    here = next(place for place, (_, statuses) in enumerate(MAIN_PATH) if _shown_as(status, case) in statuses)
    states = ["done"] * here + ["now"] + ["next"] * (len(MAIN_PATH) - here - 1)
    return [Stage(label, state) for (label, _), state in zip(MAIN_PATH, states, strict=True)]


def _shown_as(status: ApplicationStatus, case: Mapping[str, Any]) -> ApplicationStatus:
    """An objection to the county's notice is looked into by the township, but the case has come as far as that notice."""
    last = case["publicity"][-1]["level"] if case["publicity"] else None
    if status is ApplicationStatus.OBJECTION and last == Level.COUNTY.value:
        return ApplicationStatus.COUNTY_PUBLICITY
    return status


def print_pages(case: Mapping[str, Any], user: CurrentUser) -> list[PrintPage]:
    """The papers of the case that can be printed, as far as this reader is shown them; those to be issued come first."""
    waiting = {task["kind"] for task in case["open_tasks"]} if may(user.post, Action.READ_FILE) else set()
    pages = []
    if waiting & {"township_notice", "county_notice"}:
        pages.append(PrintPage(f"/cases/{case['id']}/poster", "打印待张贴公示", dated=True))
    if "refusal_notice" in waiting:
        pages.append(PrintPage(f"/cases/{case['id']}/refusal-notice", "预览书面告知书（附件5）"))
    for paper in offered(case, user):
        page = f"/papers/{paper.file}" if paper.file else _PAGES.get(paper.name, f"/cases/%s/papers/{paper.name}")
        pages.append(PrintPage(page.replace("%s", case["id"]), paper.title))
    return pages


_PAGES = {CALCULATION: "/cases/%s/calculation", CASE_FILE: "/cases/%s/file"}
"""Where papers are shown that have an address of their own."""
