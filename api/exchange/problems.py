"""重大问题报告: a major problem reported upward, read by everybody who takes part (C-33, D-31, E-05; one report, B-29)."""

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from api.errors import not_allowed, not_found, wrong_fields
from api.exchange.matters import brief, check_may_view, timeline_of
from api.exchange.serials import next_key
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object, task_view
from api.services import Services
from policy.clock import today
from policy.exchange_terms import MatterStatus
from policy.problems import Problem
from policy.procedures import Procedure
from policy.supervision import REPORTING, ProblemTopic, may_report, reports_to
from policy.terms import Department, Level
from store import lists
from store.disclosure import Cell, Look, disclose
from store.matters import MatterRow, Opening, open_matter
from store.problems import ProblemRow
from store.reference import DivisionRow
from store.tasks import TaskRow
from store.timekeeping import load_timekeeping
from store.timeline import record


@dataclass(frozen=True)
class WantedReport:
    topic: ProblemTopic
    to: Level
    text: str


async def report(services: Services, user: CurrentUser, wanted: WantedReport, key: str | None = None) -> dict[str, Any]:
    """Reports it; {id, number}. Raises Refusal."""
    if not may_report(user.post):
        raise not_allowed("重大问题由县级、市级医疗保障、民政、农业农村部门审核人或负责人报告")
    if wanted.to not in reports_to(user.post):
        zh, en = "只能向上级报告", "a level above only"
        raise wrong_fields([Problem("/to", zh, en, "C-33")])
    once = Once(services, user, key, "problems", asdict(wanted))
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        now, day = services.clock.now(), today(services.clock)
        opening = Opening(
            procedure=Procedure.PROBLEM,
            key=await next_key(session, Procedure.PROBLEM, user.division, day.year),
            division=user.division,
            departments=_readers(user.post.department),
            status=MatterStatus.REPORTED,
            department=user.post.department,
            facts={"topic": wanted.topic.value, "to": wanted.to.value},
        )
        matter, _fresh = await open_matter(session, opening, at=now, day=day)
        session.add(
            ProblemRow(
                matter_id=matter.id,
                division=user.division,
                department=user.post.department.value,
                level=wanted.to.value,
                topic=wanted.topic.value,
                text_sealed=services.vault.seal("problem", "text", matter.id, wanted.text.strip()),
                reported_by=user.id,
                reported_on=day,
                reported_at=now,
            )
        )
        record(
            session,
            subject_id=matter.id,
            division=user.division,
            at=now,
            day=day,
            tag=f"matter:{matter.procedure}:{MatterStatus.REPORTED.value}",
            actor=user.username,
            codes={"to": wanted.to.value, "topic": wanted.topic.value},
            grounds=["C-33"],
        )
        answer = {"id": str(matter.id), "number": matter.number}
        await once.keep(session, 201, answer)
        return answer


async def view_report(services: Services, user: CurrentUser, matter_id: uuid.UUID) -> dict[str, Any]:
    """The report with its words and the answer to it. Raises Refusal 403, 404."""
    check_may_view(user)
    async with services.database.transaction(user.scope) as session:
        matter = await session.get(MatterRow, matter_id)
        row = await session.get(ProblemRow, matter_id)
        if matter is None or row is None:
            raise not_found()
        cells = {"text": Cell("problem", "text", row.matter_id, row.text_sealed)}
        answered = await session.scalar(
            select(TaskRow).where(
                TaskRow.subject_id == matter_id, TaskRow.kind == "problem_answer", TaskRow.answer_sealed.is_not(None)
            )
        )
        if answered is not None:
            cells["answer"] = Cell("task", "answer", answered.id, answered.answer_sealed)
        look = Look(str(user.id), "matter", row.matter_id, row.division, "problem.view", services.clock.now())
        opened = disclose(session, services.vault, look, cells)
        time = await load_timekeeping(session, today(services.clock))
        return {
            **brief(matter),
            **json_object({"reported_on": row.reported_on, "topic": row.topic, "to": row.level}),
            "topic_label": ProblemTopic(row.topic).label,
            "to_label": Level(row.level).label,
            "department_label": Department(row.department).label,
            "division_name": (await session.get_one(DivisionRow, row.division)).name,
            "text": opened["text"],
            "answer": opened["answer"]["fields"]["answer"] if answered is not None else None,
            "tasks": [task_view(task, time) for task in await lists.tasks_of(session, matter_id)],
            "timeline": await timeline_of(session, matter_id),
        }


def _readers(department: Department) -> tuple[Department, ...]:
    """One report for all whom it concerns: the insurance and the agriculture bureaus above (D-31, E-05), and its own."""
    return tuple(sorted({*REPORTING[:1], Department.AGRICULTURE, department}))
