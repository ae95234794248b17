"""What a department does about a row that came back: corrects it, stands by it, or takes it off its list (W11).

The answer is committed here; whether it holds is checked by the procedure, as if the row had just come in.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Kind
from activities.imports.registry import KINDS
from activities.imports.roster_anomalies import TICKED
from api.errors import Refusal, not_allowed, not_found, wrong_fields
from api.exchange.matters import brief, check_may_view, timeline_of
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object, task_view
from api.services import Services
from policy.access import Action, PersonalView, may, personal_view
from policy.clock import today
from policy.confirming import may_be_confirmed
from policy.exchange_terms import AnomalyState
from policy.masking import mask_id_number, mask_name
from policy.problems import Problem
from policy.procedures import Procedure
from policy.terms import Level
from store import lists
from store.anomalies import AnomalyRow, anomalies_of, nudge, settle
from store.disclosure import Cell, Look, disclose
from store.matters import MatterRow, record_in
from store.paging import decode, page, row_id
from store.timekeeping import load_timekeeping
from store.uploads import UploadRow

LONGEST = 200
SHOWN = 100
"""Rows shown at once: of a roster thousands may have come back."""


@dataclass(frozen=True)
class Correction:
    """The cells that are to be read instead, by the names of their columns."""

    values: Mapping[str, str]


@dataclass(frozen=True)
class Statement:
    """Why the row is true as it stands, or why it is taken off the list."""

    reason: str


async def view_anomalies(
    services: Services, user: CurrentUser, matter_id: uuid.UUID, *, cursor: str | None = None, limit: int = SHOWN
) -> dict[str, Any]:
    """One matter with its rows: what stood there, why they came back, what has been done. Raises Refusal 404, BadCursor.

    `columns`: those of the table that the rows came from, none of rows that a review has returned.
    """
    check_may_view(user)
    async with services.database.transaction(user.scope) as session:
        matter = await _matter(session, matter_id)
        time = await load_timekeeping(session, today(services.clock))
        found: Sequence[AnomalyRow] = ()
        if user.post.level is Level.COUNTY:
            found = await anomalies_of(session, matter.id, after=_after(cursor), limit=limit + 1)
        shown = page([{"row": row, "id": row.id} for row in found], limit, ("id",))
        return {
            **brief(matter),
            "columns": await _columns(session, found),
            "rows": [await _row(services, session, user, one["row"]) for one in shown.items],
            "next": shown.next,
            "tasks": [task_view(task, time) for task in await lists.tasks_of(session, matter.id)],
            "timeline": await timeline_of(session, matter.id),
        }


def _after(cursor: str | None) -> uuid.UUID | None:
    keys = decode(cursor, 1)
    return row_id(keys[0]) if keys else None


async def _columns(session: AsyncSession, rows: Sequence[AnomalyRow]) -> list[dict[str, str]]:
    upload = await session.get(UploadRow, rows[0].upload_id) if rows and rows[0].upload_id else None
    columns = KINDS[upload.kind].columns if upload is not None and upload.kind in KINDS else ()
    return [{"name": column.name, "label": column.label} for column in columns]


async def correct(
    services: Services,
    user: CurrentUser,
    matter_id: uuid.UUID,
    row_id: uuid.UUID,
    correction: Correction,
    key: str | None = None,
) -> None:
    """Typed anew, to be checked again. Raises Refusal."""
    once = Once(services, user, key, "anomaly correct", [str(matter_id), str(row_id), dict(correction.values)])
    async with services.database.transaction(user.scope) as session:
        if await once.earlier(session) is not None:
            return
        matter, row = await _mine(session, user, matter_id, row_id)
        kind = await _kind(session, row)
        names = {column.name: column.label for column in kind.columns}
        unknown = [name for name in correction.values if name not in names]
        too_long = [name for name, value in correction.values.items() if name in names and len(value) > LONGEST]
        problems = [Problem(f"/values/{name}", "没有这一列", "there is no such column") for name in unknown]
        problems += [
            Problem(f"/values/{name}", f"“{names[name]}”不得超过{LONGEST}字", "is too long") for name in too_long
        ]
        if not correction.values:
            problems.append(Problem("/values", "请填写更正后的内容", "say what is to be read instead"))
        if problems:
            raise wrong_fields(problems)
        row.corrected_sealed = services.vault.seal("anomaly", "corrected", row.id, dict(correction.values))
        row.state = AnomalyState.CORRECTED.value
        await _done(services, session, user, matter, row)
        await once.keep(session, 204, {})


async def confirm(
    services: Services,
    user: CurrentUser,
    matter_id: uuid.UUID,
    row_id: uuid.UUID,
    statement: Statement,
    key: str | None = None,
) -> None:
    """The department stands by the row, where it may know better. Raises Refusal."""
    once = Once(services, user, key, "anomaly confirm", [str(matter_id), str(row_id), statement.reason])
    async with services.database.transaction(user.scope) as session:
        if await once.earlier(session) is not None:
            return
        matter, row = await _mine(session, user, matter_id, row_id)
        if not may_be_confirmed([reason["code"] for reason in row.reasons]):
            raise Refusal(
                409,
                "cannot-be-confirmed",
                "该行的问题不能以“确认属实”处理，请更正或者撤回",
                "what is wrong with this row must be corrected, or the row withdrawn",
                clause="C-28",
            )
        row.state, row.confirmed = AnomalyState.CONFIRMED_TRUE.value, True
        _say(services, row, statement)
        await _done(services, session, user, matter, row)
        await once.keep(session, 204, {})


async def withdraw(
    services: Services,
    user: CurrentUser,
    matter_id: uuid.UUID,
    row_id: uuid.UUID,
    statement: Statement,
    key: str | None = None,
) -> None:
    """Taken off the list: nothing is marked. Raises Refusal."""
    once = Once(services, user, key, "anomaly withdraw", [str(matter_id), str(row_id), statement.reason])
    async with services.database.transaction(user.scope) as session:
        if await once.earlier(session) is not None:
            return
        matter, row = await _mine(session, user, matter_id, row_id)
        _say(services, row, statement)
        settle(row, AnomalyState.WITHDRAWN, services.clock.now())
        await _done(services, session, user, matter, row)
        await once.keep(session, 204, {})


async def _done(
    services: Services, session: AsyncSession, user: CurrentUser, matter: MatterRow, row: AnomalyRow
) -> None:
    now = services.clock.now()
    row.answered_by, row.answered_at = user.id, now
    record_in(
        session,
        matter,
        "row",
        at=now,
        day=today(services.clock),
        actor=user.username,
        codes={"row": row.row_number, "state": row.state},
        grounds=["C-28"],
    )
    await nudge(session, matter, at=now)


def _say(services: Services, row: AnomalyRow, statement: Statement) -> None:
    if not statement.reason.strip():
        raise wrong_fields([Problem("/reason", "请说明理由", "say why")])
    row.words_sealed = services.vault.seal("anomaly", "words", row.id, {"reason": statement.reason.strip()})


async def _mine(
    session: AsyncSession, user: CurrentUser, matter_id: uuid.UUID, row_id: uuid.UUID
) -> tuple[MatterRow, AnomalyRow]:
    """The row, locked behind its matter, for the desk of the department that it came from."""
    matter = await _matter(session, matter_id, lock=True)
    row = await session.scalar(
        select(AnomalyRow).where(AnomalyRow.id == row_id, AnomalyRow.matter_id == matter.id).with_for_update()
    )
    if row is None:
        raise not_found()
    if not may(user.post, Action.UPLOAD_IDENTITY) or user.post.department.value != row.department:
        raise not_allowed("退回的行由报送部门的经办人更正、确认或者撤回")
    if AnomalyState(row.state) is not AnomalyState.RETURNED:
        raise Refusal(
            409,
            "row-answered",
            f"该行{AnomalyState(row.state).label}",
            f"the row is {row.state}",
            state=row.state,
        )
    return matter, row


async def _matter(session: AsyncSession, matter_id: uuid.UUID, *, lock: bool = False) -> MatterRow:
    matter = await session.get(MatterRow, matter_id, with_for_update=lock or None)
    if matter is None or matter.procedure != Procedure.ANOMALY.value:
        raise not_found()
    return matter


async def _kind(session: AsyncSession, row: AnomalyRow) -> Kind:
    """Raises Refusal for a row that a review has returned."""
    upload = await session.get(UploadRow, row.upload_id) if row.upload_id else None
    if upload is None or upload.kind not in KINDS:
        raise Refusal(
            409,
            "no-line-of-a-table",
            "该行由集中复核退回，不能在此更正：无误的请确认属实，有误的请报送动态调整名单后撤回本行",
            "returned by a review: confirm it, or hand in a list that puts it right and withdraw it",
            clause="J-17",
        )
    return KINDS[upload.kind]


async def _row(services: Services, session: AsyncSession, user: CurrentUser, row: AnomalyRow) -> dict[str, Any]:
    look = Look(str(user.id), "anomaly", row.id, row.division, "anomaly.view", services.clock.now())
    cells = {
        "row": Cell("anomaly", "row", row.id, row.sealed),
        "corrected": Cell("anomaly", "corrected", row.id, row.corrected_sealed),
        "words": Cell("anomaly", "words", row.id, row.words_sealed),
    }
    opened = disclose(session, services.vault, look, cells)
    masked = personal_view(user.post) is PersonalView.MASKED
    values = _shown({**opened["row"], **(opened["corrected"] or {})}, masked)
    return json_object(
        {
            "id": row.id,
            "upload": row.upload_id,
            "sheet": row.sheet,
            "row": row.row_number,
            "values": values,
            "reasons": [
                {**reason, "zh": f"第{row.row_number}行 {reason['label']}：{reason['zh']}".replace(" ：", "：")}
                for reason in row.reasons
            ],
            "state": row.state,
            "state_label": AnomalyState(row.state).label,
            "provided_on": row.provided_on,
            "may_be_corrected": row.upload_id is not None,
            "may_be_confirmed": may_be_confirmed([reason["code"] for reason in row.reasons]),
            "words": None if masked or not opened["words"] else opened["words"]["reason"],
            "answered_at": row.answered_at,
            "settled_at": row.settled_at,
        }
    )


def _shown(values: Mapping[str, str], masked: bool) -> dict[str, str]:
    """Masked: who it is about in part, and nothing else of the row."""
    if not masked:
        return {name: value for name, value in values.items() if name != TICKED}
    return {"name": mask_name(values.get("name", "")), "id_number": mask_id_number(values.get("id_number", ""))}
