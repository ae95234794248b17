"""卷宗: the whole case as one paper, each part as far as its reader may see it."""

import uuid
from typing import Any

from sqlalchemy import select

from api.case_outcome import decision_view
from api.identity import CurrentUser
from api.papers.case_file_parts import parts_of
from api.papers.reading import Case, CaseReading
from api.papers.sections import KeptFile, Stored
from api.presentation import json_object
from api.services import Services
from notifications.case_file import CaseFile
from policy.access import PersonalView
from policy.terms import Department, RefusalStatus
from store.applications import RefusalRow
from store.decisions import DecisionRow
from store.files import FileRow


def has_case_file(case: Case) -> bool:
    """For whoever is shown the whole case, masked or not; not for finance, nor for a department that was asked one thing."""
    return PersonalView(case["view"]) in (PersonalView.FULL, PersonalView.MASKED)


async def case_file(services: Services, reading: CaseReading) -> CaseFile:
    """The paper, with all that was ever decided and the checksums of the files that this reader may open."""
    case = reading.case
    return CaseFile(
        demonstration=reading.rulebook.demonstration,
        case_number=case["number"],
        division_name=reading.place,
        status=case["status_label"],
        cover=_cover(case),
        sections=parts_of(reading, await _stored(services, reading)),
        printed_on=reading.read_on,
        printed_by=_reader(reading.reader),
        masked=case["masked"],
    )


async def _stored(services: Services, reading: CaseReading) -> Stored:
    case, key = reading.case, uuid.UUID(reading.case["id"])
    async with services.database.transaction(reading.reader.scope) as session:
        decisions = await session.scalars(
            select(DecisionRow).where(DecisionRow.application_id == key).order_by(DecisionRow.id)
        )
        refusals = await session.scalars(
            select(RefusalRow).where(RefusalRow.application_id == key).order_by(RefusalRow.opening)
        )
        told = [_refusal(row) for row in refusals]
        papers = (*case["documents"], *({"file": notice["poster"]} for notice in case["publicity"]))
        wanted = [file for file in (*(paper["file"] for paper in papers), *(r["notice"] for r in told)) if file]
        rows = await session.scalars(select(FileRow).where(FileRow.id.in_(wanted)))
        return Stored(
            files={str(row.id): KeptFile(row.sha256.hex(), row.created_at) for row in rows},
            decisions=[json_object(decision_view(row)) for row in decisions],
            refusals=told,
        )


def _refusal(row: RefusalRow) -> dict[str, Any]:
    columns = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in _SEALED}
    names = {"number": row.number, "status_label": RefusalStatus(row.status).label, "notice": row.notice_file}
    return json_object(columns | names)


_SEALED = ("reason_sealed",)


def _reader(reader: CurrentUser) -> str:
    """Name and post; a township's government says its level already."""
    post = reader.post
    level = "" if post.department is Department.TOWNSHIP_GOVERNMENT else post.level.label
    return f"{reader.name}（{level}{post.department.label}，{post.role.label}）"


def _cover(case: Case) -> tuple[tuple[str, str], ...]:
    applicant = case["applicant"]
    return (
        ("案号", case["number"]),
        ("申请人", applicant["name"] if applicant else "—"),
        ("对象类别", case["category_label"]),
        ("办理状态", case["status_label"]),
        ("提交日期", case["submitted_on"]),
        ("受理日期", case["accepted_on"] or "—"),
        ("办结时间", (case["closed_at"] or "—")[:10]),
    )
