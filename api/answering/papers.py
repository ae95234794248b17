"""The applicant's papers at acceptance and afterwards: complete, to follow (容缺), or asked for once (A-37, B-19)."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from api.answering.answer import Answer, wrong_field
from api.errors import Refusal, wrong_fields
from policy.problems import Problem
from policy.rulebook import MissingParameter
from policy.terms import DocumentKind
from store.applications import PaperRow
from store.files import FileRow
from store.tasks import TaskRow

GIVEN = ("given", "supplied")
PENDING = "pending"


async def accept(answer: Answer) -> None:
    """Accepted as complete: every required paper has been handed in."""
    missing = await _missing(answer)
    if missing:
        raise _incomplete(missing)
    answer.application.pending_papers = False  # of an earlier opening


async def accept_with_pending(answer: Answer) -> None:
    """容缺受理: allowed by the city, only for the papers it lists, and only for papers that are really missing.

    Without a list they are all that is missing: what is required, and what the applicant promised to bring.
    """
    await _check_allowed(answer)
    rows = await _papers(answer)
    given = {row.kind for row in rows if row.state in GIVEN}
    chosen: list[str] = answer.values.get("pending") or await _to_follow(answer, rows)
    if not chosen:
        raise wrong_fields(
            [wrong_field("pending", "材料已经齐全，请选择“受理”", "no paper is missing: accept", "B-19")]
        )
    followable: list[str] = await answer.setting("PENDING_PAPERS")
    problems = [
        wrong_field("pending", f"“{_label(kind)}”不在可以后补的材料之列", f"{kind} may not follow later", "B-19")
        for kind in chosen
        if kind not in followable
    ] + [
        wrong_field("pending", f"“{_label(kind)}”已经提交，无须后补", f"{kind} has been handed in", "B-19")
        for kind in chosen
        if kind in given
    ]
    if problems:
        raise wrong_fields(problems)
    missing = [kind for kind in await _missing(answer) if kind not in chosen]
    if missing:
        raise _incomplete(missing)
    known = {row.kind for row in rows}
    answer.session.add_all(_pending_row(answer, kind) for kind in chosen if kind not in known)
    answer.application.pending_papers = True
    answer.codes["pending"] = chosen


async def ask_supplement(answer: Answer) -> None:
    """一次性告知: all that is missing is said once, so a second list is refused once the first has been brought.

    One that lapsed before the case was reopened, or that a move overtook, has brought nothing: the papers of the list
    come by this step alone.
    """
    earlier = await answer.session.scalar(
        select(TaskRow.id).where(
            TaskRow.subject_id == answer.application.id,
            TaskRow.workflow_id == answer.task.workflow_id,
            TaskRow.kind == "supplement",
            TaskRow.outcome == "supplied",
        )
    )
    if earlier:
        raise Refusal(
            409,
            "supplement-already-asked",
            "已一次性告知补正，不得再次要求补正；请受理、容缺受理或不予受理",
            "the list of missing papers has been given once already",
            clause="A-37",
        )
    answer.codes["missing"] = answer.values["missing"]


async def supplied(answer: Answer) -> None:
    """Papers that came later: a pending one is marked as supplied, others are added."""
    papers = answer.values.get("documents", [])
    files = await usable_files(answer, papers)
    rows = await _papers(answer)
    waiting = {row.kind: row for row in rows if row.state == PENDING}
    for paper in papers:
        file = files[uuid.UUID(paper["file"])]
        file.application_id = answer.application.id
        row = waiting.pop(paper["kind"], None)
        if row is None:
            answer.session.add(_supplied_row(answer, paper["kind"], file.id))
        else:
            row.state, row.file_id, row.received_on = "supplied", file.id, answer.act_day
    if answer.task.kind == "pending_papers" and waiting:
        names = "、".join(_label(kind) for kind in waiting)
        raise wrong_fields([wrong_field("documents", f"还缺容缺的材料：{names}", "pending papers are missing", "B-19")])
    if answer.application.pending_papers:  # what was merely promised at filing holds nothing back
        answer.application.pending_papers = bool(waiting)
    if papers:
        answer.codes["papers"] = [paper["kind"] for paper in papers]


async def usable_files(answer: Answer, papers: Sequence[dict[str, Any]]) -> dict[uuid.UUID, FileRow]:
    """The uploaded files that the papers name. Raises Refusal for one that is unknown here or belongs to another case."""
    ids = [_id(paper["file"]) for paper in papers]
    rows = await answer.session.scalars(
        select(FileRow)
        .where(FileRow.id.in_({key for key in ids if key}), FileRow.origin == "upload")
        .where(or_(FileRow.application_id.is_(None), FileRow.application_id == answer.application.id))
        .order_by(FileRow.id)
        .with_for_update()  # or two answers given at once could both take one file
    )
    found = {row.id: row for row in rows}
    problems = [
        wrong_field(f"documents/{number}/file", "没有这个已上传的文件", "there is no such uploaded file")
        for number, key in enumerate(ids)
        if key not in found
    ]
    if problems:
        raise wrong_fields(problems)
    return found


def _id(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None


async def _check_allowed(answer: Answer) -> None:
    try:
        allowed = (await answer.rulebook()).parameter("RONGQUE", answer.application.submitted_on).value
    except MissingParameter:
        allowed = False
    if not allowed:
        raise Refusal(
            422, "pending-not-allowed", "本地未实行容缺受理", "papers may not follow later here", clause="B-19"
        )


async def _missing(answer: Answer) -> list[str]:
    required: list[str] = await answer.setting("REQUIRED_PAPERS")
    given = {row.kind for row in await _papers(answer) if row.state in GIVEN}
    return [kind for kind in required if kind not in given]


async def _to_follow(answer: Answer, rows: Sequence[PaperRow]) -> list[str]:
    given = {row.kind for row in rows if row.state in GIVEN}
    promised = [row.kind for row in rows if row.state == PENDING and row.kind not in given]
    return list(dict.fromkeys([*await _missing(answer), *promised]))


async def _papers(answer: Answer) -> Sequence[PaperRow]:
    rows = await answer.session.scalars(select(PaperRow).where(PaperRow.application_id == answer.application.id))
    return rows.all()


def _incomplete(missing: Sequence[str]) -> Refusal:
    return Refusal(
        422,
        "papers-missing",
        f"申请材料不齐，不能受理：缺{'、'.join(_label(kind) for kind in missing)}；可容缺受理（B-19）或一次性告知补正（A-37）",
        "required papers are missing",
        [Problem("/outcome", f"缺“{_label(kind)}”", f"{kind} is missing", "A-37") for kind in missing],
        clause="A-37",
        missing=list(missing),
    )


def _pending_row(answer: Answer, kind: str) -> PaperRow:
    return PaperRow(
        application_id=answer.application.id, division=answer.application.division, kind=kind, state=PENDING
    )


def _supplied_row(answer: Answer, kind: str, file_id: uuid.UUID) -> PaperRow:
    return PaperRow(
        application_id=answer.application.id,
        division=answer.application.division,
        kind=kind,
        state="supplied",
        file_id=file_id,
        received_on=answer.act_day,
    )


def _label(kind: str) -> str:
    return DocumentKind(kind).label
