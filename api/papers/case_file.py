"""卷宗: the whole case as one paper, each part as far as its reader may see it."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from api.case_view import decision_view
from api.identity import CurrentUser
from api.papers.case_file_parts import KeptFile, parts_of
from api.papers.reading import Case, CaseReading
from api.presentation import json_object
from api.services import Services
from notifications.case_file import CaseFile
from policy.access import PersonalView
from policy.terms import Department
from store.decisions import DecisionRow
from store.files import FileRow


def has_case_file(case: Case) -> bool:
    """Not for finance, which is shown the payment alone."""
    return not PersonalView(case["view"]).payment_only


async def case_file(services: Services, reading: CaseReading) -> CaseFile:
    """The paper, with all decisions of the case and the checksums of the files that this reader may open."""
    case = reading.case
    async with services.database.transaction(reading.reader.scope) as session:
        rows = await session.scalars(select(FileRow).where(FileRow.id.in_(_files_of(case))))
        files = {str(row.id): KeptFile(row.sha256.hex(), row.created_at, row.size) for row in rows}
        found = await session.scalars(
            select(DecisionRow).where(DecisionRow.application_id == uuid.UUID(case["id"])).order_by(DecisionRow.id)
        )
        decisions = [json_object(decision_view(row)) for row in found]
    return CaseFile(
        demonstration=reading.rulebook.demonstration,
        case_number=case["number"],
        division_name=reading.place,
        status=case["status_label"],
        cover=_cover(case),
        sections=parts_of(reading, decisions, files),
        printed_on=reading.read_on,
        printed_by=_reader(reading.reader),
        masked=case["masked"],
    )


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


def _files_of(case: Case) -> Sequence[str]:
    documents: Sequence[Mapping[str, str | None]] = case["documents"]
    posters = [notice["poster"] for notice in case["publicity"]]
    notice = case["refusal"]["notice"] if case["refusal"] else None
    return [file for file in (*(paper["file"] for paper in documents), *posters, notice) if file]
