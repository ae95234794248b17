"""What a case looks like to a reader: masked by role, every opening of personal data logged. For programs and pages."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import not_allowed, not_found
from api.identity import CurrentUser
from api.money.payment_view import attempts_view
from api.presentation import json_object, task_view, title
from api.services import Services
from api.teamwork.wording import usernames_in, with_category, with_names
from api.timeline_text import timeline_text
from policy.access import Action, PersonalView, may
from policy.clock import today
from policy.masking import mask_account, mask_id_number, mask_name, mask_phone
from policy.steps import step
from policy.suspension import categories
from policy.terms import ApplicationStatus, Category, DocumentKind, PayeeKind, PaymentStatus, RefusalStatus, Residence
from store import lists
from store.accounts import AccountRow
from store.applications import ApplicationRow, PaperRow, PublicityRow, RefusalRow, RemedyRow
from store.decisions import DecisionRow
from store.disclosure import Cell, Look, disclose
from store.payments import PaymentRow
from store.reference import DivisionRow
from store.tasks import TaskRow
from store.timekeeping import load_timekeeping
from store.timeline import TimelineRow

MONEY = (
    "total",
    "compliant_total",
    "basic",
    "critical_illness",
    "supplementary",
    "commercial",
    "preferential_subsidy",
    "mutual_aid",
)
_WHOLE_PAYEE = (PersonalView.FULL, PersonalView.PAYEE)
TREATMENT = (
    "institution_code",
    "admitted_on",
    "discharged_on",
    "settled_on",
    "out_of_region",
    "one_stop",
    "treatment",
    "referred",
    "in_province",
)
ILLNESS = ("disease_code", "joint_replacement", "late_stage", "settlement_no", "filing_no", "referral_no")


async def view_case(
    services: Services, user: CurrentUser, application_id: uuid.UUID, *, purpose: str = "application.view"
) -> dict[str, Any]:
    """The whole case as this reader may see it. Raises Refusal 404 outside the area, 403 for a post that sees no cases."""
    async with services.database.transaction(user.scope) as session:
        row = await session.get(ApplicationRow, application_id)
        if row is None:
            raise not_found()
        if not may(user.post, Action.VIEW_APPLICATIONS):
            raise not_allowed("您的岗位不能查看案件")
        opened = _open(services, session, user, row, purpose)
        time = await load_timekeeping(session, today(services.clock))
        tasks = await lists.tasks_of(session, row.id)
        whole = {
            **await _head(session, row, tasks),
            **_personal(user, row, opened),
            "open_tasks": [task_view(task, time) for task in tasks if task["state"] == "open"],
            "documents": await _documents(services, session, user, row, purpose),
            "decision": await _decision(session, user, row),
            "publicity": await _publicity(session, row),
            "payment": None if user.view.identity_only else await _payment(session, row),
            "refusal": await _refusal(services, session, user, row, purpose),
            "household_cases": await _household_cases(session, user, row),
            "timeline": await _timeline(session, user, row, tasks, categories(time.rulebook(row.division), time.today)),
            "records": await _records(services, session, user, row, purpose),
        }
    return json_object(whole)


async def _head(session: AsyncSession, row: ApplicationRow, tasks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    name = await session.scalar(select(DivisionRow.name).where(DivisionRow.code == row.division))
    under_way = [task for task in tasks if task["outcome"] and task["acknowledged_at"] is None]
    last = max(under_way, key=lambda task: task["answered_at"], default=None)
    return {
        "id": row.id,
        "number": row.number,
        "status": row.status,
        "status_label": ApplicationStatus(row.status).label,
        "in_transit": last is not None or row.moving_to is not None,
        "last_answer": _last_answer(last) if last else None,
        "division": row.division,
        "division_name": name or row.division,
        "category": row.category,
        "category_label": Category(row.category).label,
        "submitted_on": row.submitted_on,
        "filed_at": row.filed_at,
        "accepted_on": row.accepted_on,
        "pending_papers": row.pending_papers,
        "closed_at": row.closed_at,
        "opening": row.opening,
        "reopened_on": row.reopened_on,
        "direct": row.direct,
        "deceased_on": row.deceased_on,
        "moving_to": row.moving_to,
    }


def _last_answer(task: Mapping[str, Any]) -> dict[str, Any]:
    chosen = step(task["kind"]).outcome(task["outcome"])
    return {
        "task": task["id"],
        "kind": task["kind"],
        "title": title(task["kind"], task["detail"]),
        "outcome": task["outcome"],
        "label": chosen.label if chosen else task["outcome"],
        "by": task["answered_by"],
        "at": task["answered_at"],
    }


def _look(services: Services, user: CurrentUser, row: ApplicationRow, purpose: str) -> Look:
    return Look(str(user.id), "application", row.id, row.division, purpose, services.clock.now())


def _open(
    services: Services, session: AsyncSession, user: CurrentUser, row: ApplicationRow, purpose: str
) -> dict[str, Any]:
    """Only the cells that this view shows at all: finance sees no medical data, masked readers no illness."""
    cells = {}
    if not user.view.identity_only:
        cells["payee"] = Cell("application", "payee", row.id, row.payee_sealed)
    if not user.view.payment_only:
        cells["applicant"] = Cell("application", "applicant", row.id, row.applicant_sealed)
    if user.view is PersonalView.FULL:
        cells["medical"] = Cell("application", "medical", row.id, row.medical_sealed)
        cells["paper_reason"] = Cell("application", "paper_reason", row.id, row.paper_reason_sealed)
    return disclose(session, services.vault, _look(services, user, row, purpose), cells)


def _personal(user: CurrentUser, row: ApplicationRow, opened: Mapping[str, Any]) -> dict[str, Any]:
    full = user.view is PersonalView.FULL
    if user.view.identity_only:
        return {
            "masked": False,
            "view": user.view.value,
            "payee": None,
            "costs": None,
            "applicant": _who(row, opened["applicant"], ("name", "id_number", "household")),
        }
    payee = {
        "kind": row.payee_kind,
        "kind_label": PayeeKind(row.payee_kind).label,
        **(opened["payee"] if user.view in _WHOLE_PAYEE else _masked_payee(row, opened["payee"])),
    }
    shown: dict[str, Any] = {"masked": not full, "view": user.view.value, "payee": payee}
    if user.view.payment_only:
        return {**shown, "applicant": None, "costs": None}
    applicant = opened["applicant"] if full else _masked_applicant(opened["applicant"])
    medical = dict.fromkeys(ILLNESS) | (opened["medical"] if full else {})
    return {
        **shown,
        "applicant": _who(row, applicant, tuple(applicant)),
        "costs": {name: getattr(row, name) for name in (*MONEY, *TREATMENT)} | medical,
        "paper_reason": opened.get("paper_reason"),
    }


def _who(row: ApplicationRow, applicant: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    return {
        **{name: applicant[name] for name in fields},
        "residence": row.residence,
        "residence_label": Residence(row.residence).label,
        "registered_in": row.registered_in,
        "recognised_in": row.recognised_in,
        "insured_in": row.insured_in,
    }


def _masked_applicant(applicant: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": mask_name(applicant["name"]),
        "id_number": mask_id_number(applicant["id_number"]),
        "phone": mask_phone(applicant["phone"]),
        "address": None,
        "household": [
            {
                "name": mask_name(member["name"]),
                "id_number": mask_id_number(member["id_number"]),
                "relation": member["relation"],
            }
            for member in applicant["household"]
        ],
    }


def _masked_payee(row: ApplicationRow, payee: Mapping[str, Any]) -> dict[str, Any]:
    """A hospital's name is no personal data; a person's is."""
    name = mask_name(payee["name"]) if row.payee_kind == PayeeKind.PERSON else payee["name"]
    return {"name": name, "account": mask_account(payee["account"]), "bank": payee["bank"]}


async def _documents(
    services: Services, session: AsyncSession, user: CurrentUser, row: ApplicationRow, purpose: str
) -> list[dict[str, Any]]:
    """The applicant's papers; none for finance. Who may read files also sees the recognition's number."""
    if user.view.payment_only or user.view.identity_only:
        return []
    reads = may(user.post, Action.READ_FILE)
    rows = await session.scalars(select(PaperRow).where(PaperRow.application_id == row.id).order_by(PaperRow.id))
    papers = rows.all()
    cells = {
        f"{paper.id}": Cell("application_paper", "reference", paper.id, paper.reference_sealed)
        for paper in papers
        if reads and paper.reference_sealed
    }
    numbers = disclose(session, services.vault, _look(services, user, row, purpose), cells) if cells else {}
    return [
        {
            "kind": paper.kind,
            "label": DocumentKind(paper.kind).label,
            "state": paper.state,
            "file": paper.file_id if reads else None,
            "no": (numbers.get(str(paper.id)) or {}).get("no"),
            "date": paper.dated,
            "received_on": paper.received_on,
        }
        for paper in papers
    ]


async def _decision(session: AsyncSession, user: CurrentUser, row: ApplicationRow) -> dict[str, Any] | None:
    """The approved decision, else the newest. Its trace repeats the cost statement, which finance is not shown."""
    if user.view.identity_only:
        return None
    found = await session.scalar(
        select(DecisionRow)
        .where(DecisionRow.application_id == row.id)
        .order_by(DecisionRow.final.desc(), DecisionRow.id.desc())
        .limit(1)
    )
    if found is None:
        return None
    return decision_view(found) | ({"base": None, "trace": []} if user.view.payment_only else {})


def decision_view(row: DecisionRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "outcome": row.outcome,
        "amount": row.amount,
        "as_of": row.as_of,
        "category": row.category,
        "base": row.base,
        "grounds": row.grounds,
        "trace": row.trace,
        "parameters": row.parameters,
        "missing": row.missing,
        "marks": row.marks,
        "demonstration": "DEMO" in row.marks,
        "final": row.final,
        "made_at": row.made_at,
    }


async def _publicity(session: AsyncSession, row: ApplicationRow) -> list[dict[str, Any]]:
    rows = await session.scalars(
        select(PublicityRow).where(PublicityRow.application_id == row.id).order_by(PublicityRow.posted_on)
    )
    return [
        {
            "level": notice.level,
            "round": notice.round,
            "posted_on": notice.posted_on,
            "last_day": notice.last_day,
            "result": notice.result,
            "result_on": notice.result_on,
            "poster": notice.poster_file,
        }
        for notice in rows
    ]


async def _payment(session: AsyncSession, row: ApplicationRow) -> dict[str, Any] | None:
    payment = await session.scalar(select(PaymentRow).where(PaymentRow.application_id == row.id))
    if payment is None:
        return None
    return {
        "id": payment.id,
        "status": payment.status,
        "status_label": PaymentStatus(payment.status).label,
        "amount": payment.amount,
        "payee_kind": payment.payee_kind,
        "submitted_on": payment.submitted_on,
        "finance_approved_on": payment.finance_approved_on,
        "transferred_on": payment.transferred_on,
        "attempts": await attempts_view(session, payment),
    }


async def _household_cases(session: AsyncSession, user: CurrentUser, row: ApplicationRow) -> list[dict[str, Any]]:
    """The household's other cases inside the reader's area: ids, numbers and status only; none for a department asked."""
    if user.view.identity_only or row.household_id is None:
        return []
    found = await session.execute(
        select(ApplicationRow.id, ApplicationRow.number, ApplicationRow.status)
        .where(ApplicationRow.household_id == row.household_id, ApplicationRow.id != row.id)
        .order_by(ApplicationRow.id)
    )
    return [dict(case) for case in found.mappings()]


async def _refusal(
    services: Services, session: AsyncSession, user: CurrentUser, row: ApplicationRow, purpose: str
) -> dict[str, Any] | None:
    newest = select(RefusalRow).where(RefusalRow.application_id == row.id).order_by(RefusalRow.opening.desc()).limit(1)
    refusal = await session.scalar(newest)
    if refusal is None:
        return None
    return {
        "status": refusal.status,
        "status_label": RefusalStatus(refusal.status).label,
        "number": refusal.number,
        "level": refusal.level,
        "provisions": refusal.provisions,
        "decided_on": refusal.decided_on,
        "issued_on": refusal.issued_on,
        "delivered_on": refusal.delivered_on,
        "method": refusal.method,
        "reconsideration_until": refusal.reconsideration_until,
        "suit_until": refusal.suit_until,
        "notice": refusal.notice_file,
        "remedies": await _remedies(services, session, user, row, purpose),
    }


async def _remedies(
    services: Services, session: AsyncSession, user: CurrentUser, row: ApplicationRow, purpose: str
) -> list[dict[str, Any]]:
    """Reconsiderations and suits of all openings; where they were filed, for those who may read the applicant's papers."""
    rows = (
        await session.scalars(select(RemedyRow).where(RemedyRow.application_id == row.id).order_by(RemedyRow.id))
    ).all()
    typed: dict[str, Any] = {}
    if rows and may(user.post, Action.READ_FILE):
        cells = {str(remedy.id): Cell("remedy", "typed", remedy.id, remedy.typed_sealed) for remedy in rows}
        typed = disclose(session, services.vault, _look(services, user, row, purpose), cells)
    return [
        {
            "kind": remedy.kind,
            "filed_on": remedy.filed_on,
            "body": (typed.get(str(remedy.id)) or {}).get("body"),
            "result": remedy.result,
            "result_on": remedy.result_on,
        }
        for remedy in rows
    ]


async def _names_of(session: AsyncSession, named: Collection[str]) -> dict[str, str]:
    """Of accounts, and of townships (a file that moves says from and to as well): their names by what stands in the codes."""
    found = await session.execute(select(AccountRow.username, AccountRow.name).where(AccountRow.username.in_(named)))
    places = await session.execute(select(DivisionRow.code, DivisionRow.name).where(DivisionRow.code.in_(named)))
    return {row.username: row.name for row in found} | {row.code: f"{row.name}（{row.code}）" for row in places}


async def _timeline(
    session: AsyncSession,
    user: CurrentUser,
    row: ApplicationRow,
    tasks: Sequence[Mapping[str, Any]],
    known: Mapping[str, str],
) -> list[dict[str, Any]]:
    """All of it; a department that was asked about the case sees what concerns its own tasks.

    `known` are the categories of suspensions: code to label.
    """
    own = {str(task["id"]) for task in tasks if task["department"] == user.post.department.value}
    entries = await session.execute(
        select(TimelineRow, AccountRow.name)
        .outerjoin(AccountRow, AccountRow.username == TimelineRow.actor)
        .where(TimelineRow.subject_id == row.id)
        .order_by(TimelineRow.id)
    )
    found = entries.all()
    people = set().union(*(usernames_in(entry.codes) for entry, _ in found))
    names = await _names_of(session, people) if people else {}
    return [
        {
            "at": entry.at,
            "day": entry.day,
            "tag": entry.tag,
            "actor": entry.actor,
            "actor_name": name or ("系统" if entry.actor == "system" else entry.actor),
            "text": timeline_text(entry.tag, with_category(with_names(entry.codes, names), known)),
            "codes": entry.codes,
            "grounds": entry.grounds,
        }
        for entry, name in found
        if not user.view.identity_only or entry.codes.get("task") in own
    ]


async def _records(
    services: Services, session: AsyncSession, user: CurrentUser, row: ApplicationRow, purpose: str
) -> list[dict[str, Any]]:
    """What was typed at each step (survey, opinions, reasons), for those who may read the applicant's papers.

    A department that was asked sees the question and its own answers.
    """
    if not may(user.post, Action.READ_FILE) and not user.view.identity_only:
        return []
    found = await session.scalars(
        select(TaskRow).where(TaskRow.subject_id == row.id, TaskRow.outcome.is_not(None)).order_by(TaskRow.answered_at)
    )
    tasks = [task for task in found if not user.view.identity_only or _concerns(task, user)]
    cells = {f"answer {task.id}": Cell("task", "answer", task.id, task.answer_sealed) for task in tasks}
    opened = disclose(session, services.vault, _look(services, user, row, purpose), cells)
    return [
        {
            "task": task.id,
            "kind": task.kind,
            "outcome": task.outcome,
            "day": task.done_on,
            "recalled": task.recalled_at is not None,
        }
        | (opened[f"answer {task.id}"] or {})
        for task in tasks
    ]


def _concerns(task: TaskRow, user: CurrentUser) -> bool:
    return task.department == user.post.department.value or task.outcome == "ask_civil_affairs"
