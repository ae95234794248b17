"""Civil affairs ask for a person's settlements for a recognition, with reason and legal basis; each look is logged (J-23)."""

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from policy.access import Action, may
from policy.clock import today
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.recognition_steps import SETTLEMENT_REQUEST
from policy.rulebook import Rulebook
from policy.step_clause import clause_of_step
from policy.terms import Department
from store.disclosure import Cell, Look, disclose, log_look
from store.matters import MatterRow, Opening, open_matter
from store.recognitions import RecognitionRow, SettlementRequestRow
from store.rulebook import load_rulebook
from store.timeline import record

TAKES_PART = (Department.MEDICAL_INSURANCE, Department.CIVIL_AFFAIRS)
GRANTED = "granted"


@dataclass(frozen=True)
class Wanted:
    """`recognition` is the id of the person's matter."""

    recognition: uuid.UUID
    reason: str
    legal_basis: str


async def ask_settlements(services: Services, user: CurrentUser, wanted: Wanted, key: str | None) -> dict[str, Any]:
    """{id, matter, state}. Only for somebody under recognition, one request at a time. Raises Refusal."""
    if not may(user.post, Action.ASK_SETTLEMENTS):
        raise not_allowed("只有县级民政部门经办人可以申请医疗费用结算信息")
    once = Once(services, user, key, "settlement-requests", asdict(wanted))
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        case = await session.scalar(
            select(RecognitionRow).where(RecognitionRow.matter_id == wanted.recognition).with_for_update()
        )
        if case is None:
            raise not_found()
        if case.closed_on is not None:
            raise Refusal(
                409, "recognition-closed", "该人的认定已办结", "this recognition has been closed", clause="C-04"
            )
        answer = await _write(services, session, user, case, wanted)
        await once.keep(session, 201, answer)
        return answer


async def _write(
    services: Services, session: AsyncSession, user: CurrentUser, case: RecognitionRow, wanted: Wanted
) -> dict[str, Any]:
    waiting = await session.scalar(
        select(SettlementRequestRow.id).where(
            SettlementRequestRow.recognition_id == case.id, SettlementRequestRow.state == "asked"
        )
    )
    if waiting is not None:
        zh = "该人的结算信息已申请，尚未答复"
        raise Refusal(409, "asked-already", zh, "has been asked for and not answered yet", clause="C-04")
    now, day = services.clock.now(), today(services.clock)
    clause = settlement_clause(await load_rulebook(session, case.division, day))
    request: uuid.UUID = (await session.execute(text("select uuidv7()"))).scalar_one()
    opening = Opening(
        procedure=Procedure.SETTLEMENT_REQUEST,
        key=str(request),
        division=case.division,
        departments=TAKES_PART,
        department=Department.CIVIL_AFFAIRS,
        status=MatterStatus.OPEN,
        parent=case.matter_id,
    )
    matter, _ = await open_matter(session, opening, at=now, day=day)
    sealed = {"reason": wanted.reason, "legal_basis": wanted.legal_basis}
    await session.execute(
        insert(SettlementRequestRow).values(
            id=request,
            matter_id=matter.id,
            recognition_id=case.id,
            division=case.division,
            person_id=case.person_id,
            asked_by=user.id,
            asked_on=day,
            asked_sealed=services.vault.seal("settlement_request", "asked", request, sealed),
            state="asked",
        )
    )
    for subject in (matter.id, case.matter_id):
        record(
            session,
            subject_id=subject,
            division=case.division,
            at=now,
            day=day,
            tag=f"matter:{Procedure.SETTLEMENT_REQUEST.value}:asked",
            actor=user.username,
            codes={"request": str(request)},
            grounds=[clause],
        )
    return {"id": str(request), "matter": str(matter.id), "state": "asked"}


def settlement_clause(rulebook: Rulebook) -> str:
    """The clause of a document of the place itself or of what contains it: Jining's own, or Shanxi's."""
    return clause_of_step(rulebook, SETTLEMENT_REQUEST, rulebook.known_on) or SETTLEMENT_REQUEST.clause


async def view_request(services: Services, user: CurrentUser, request_id: uuid.UUID) -> dict[str, Any]:
    """The request and, once it has been granted, the settlements. What is shown of whom to whom is logged."""
    async with services.database.transaction(user.scope) as session:
        row = await session.get(SettlementRequestRow, request_id)
        if row is None or not may(user.post, Action.VIEW_PUSHES):
            raise not_found()
        matter = await session.get_one(MatterRow, row.matter_id)
        look = Look(
            str(user.id), "person", row.person_id, row.division, "settlement_request.view", services.clock.now()
        )
        cell = Cell("settlement_request", "asked", row.id, row.asked_sealed)
        asked = disclose(session, services.vault, look, {"asked": cell})["asked"]
        return {
            **json_object(
                {
                    "id": row.id,
                    "matter": row.matter_id,
                    "recognition": matter.parent_id,
                    "division": row.division,
                    "state": row.state,
                    "asked_on": row.asked_on,
                    "decided_on": row.decided_on,
                    "clause": settlement_clause(await load_rulebook(session, row.division, today(services.clock))),
                }
            ),
            "reason": asked["reason"],
            "legal_basis": asked["legal_basis"],
            "settlements": await _settlements(session, row, look),
        }


async def _settlements(session: AsyncSession, row: SettlementRequestRow, look: Look) -> list[dict[str, Any]]:
    """Costs and dates; neither illness nor number."""
    if row.state != GRANTED:
        return []
    found = await session.execute(text("select * from granted_settlements(:request)"), {"request": row.id})
    rows = [json_object(dict(one)) for one in found.mappings()]
    log_look(session, look, ["settlements"])
    return rows
