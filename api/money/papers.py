"""What leaves a batch as a file: the 拨款申请表 for finance, and the payment files for the bank as they were released."""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found
from api.identity import CurrentUser
from api.money.batches import demand
from api.services import Services
from policy.access import Action, PersonalView, may
from policy.clock import today
from policy.disbursement import DisbursementLine, DisbursementRequest
from policy.masking import mask_account, mask_name
from policy.payment_terms import DisbursementState
from policy.terms import Department, PayeeKind
from store.accounts import AccountRow
from store.disbursements import DisbursementRow, ReleaseRow
from store.disclosure import Cell, Look, disclose, log_look
from store.reference import DivisionRow
from store.rulebook import load_rulebook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LINES = """
select l.no, p.amount, a.id as application, a.number, a.division, a.payee_kind, a.payee_sealed
  from disbursement_line l join payment p on p.id = l.payment_id join application a on a.id = p.application_id
 where l.disbursement_id = :batch and l.state = 'in' order by l.no
"""


@dataclass(frozen=True, repr=False)
class Made:
    """A file to be handed out."""

    name: str
    media_type: str
    content: bytes


async def request_paper(services: Services, user: CurrentUser, batch_id: uuid.UUID, form: str) -> Made:
    """The 拨款申请表 as `pdf` or `xlsx`, with whole accounts only for those who need them. Raises Refusal."""
    request = await _request(services, user, batch_id)
    return await asyncio.to_thread(_draw, request, form)


async def payment_file(services: Services, user: CurrentUser, batch_id: uuid.UUID, no: int, form: str) -> Made:
    """The payment file of a release, the very bytes of its release; each download is logged. Raises Refusal."""
    if not (may(user.post, Action.RELEASE_PAYMENT) or may(user.post, Action.REVIEW_DISBURSEMENT)):
        raise not_allowed("支付文件由县级财政经办人和审核人下载")
    async with services.database.transaction(user.scope) as session:
        batch = await session.get(DisbursementRow, batch_id)
        released = await session.scalar(
            select(ReleaseRow).where(ReleaseRow.disbursement_id == batch_id, ReleaseRow.no == no)
        )
        if batch is None or released is None:
            raise not_found()
        file, media_type = (
            (released.xlsx_file, XLSX) if form == "xlsx" else (released.csv_file, "application/octet-stream")
        )
        look = Look(
            str(user.id), "disbursement", batch.id, batch.division, "payment_file.download", services.clock.now()
        )
        log_look(session, look, [f"file {file}"])
        content = await asyncio.to_thread(services.files.get, file)
    return Made(f"{batch.number}-{no}.{form}", media_type, content)


def _draw(request: DisbursementRequest, form: str) -> Made:
    if form == "xlsx":
        from exchange.disbursement_request import workbook  # heavy: only where one is made

        return Made(f"{request.number}.xlsx", XLSX, workbook(request))
    from notifications.papers import DisbursementPaper
    from notifications.typesetting import PDF, Unprintable, render_pdf

    try:
        return Made(f"{request.number}.pdf", PDF, render_pdf(DisbursementPaper.of(request)))
    except Unprintable as lacking:
        zh = f"字库中没有文书所用的字“{''.join(lacking.characters)}”，不能生成PDF，请下载xlsx"
        raise Refusal(409, "glyphs-missing", zh, "the font lacks a character: take the xlsx") from None


async def _request(services: Services, user: CurrentUser, batch_id: uuid.UUID) -> DisbursementRequest:
    demand(user, Action.VIEW_DISBURSEMENTS, "您的岗位不能查看拨款批次")
    async with services.database.transaction(user.scope) as session:
        batch = await session.get(DisbursementRow, batch_id)
        if batch is None or batch.state == DisbursementState.CANCELLED.value:
            raise not_found()
        rows = (await session.execute(text(_LINES), {"batch": batch_id})).mappings().all()
        if not rows:
            raise Refusal(409, "empty-batch", "批次中没有待付款项", "there is nothing in the batch")
        county = await session.scalar(select(DivisionRow.name).where(DivisionRow.code == batch.division))
        rulebook = await load_rulebook(session, batch.division, today(services.clock))
        return DisbursementRequest(
            number=batch.number,
            county_bureau=f"{county or batch.division}{_bureau(Department.MEDICAL_INSURANCE)}",
            finance_bureau=f"{county or batch.division}{_bureau(Department.FINANCE)}",
            prepared_on=batch.prepared_on,
            lines=tuple(_line(services, session, user, dict(row), place) for place, row in enumerate(rows, start=1)),
            prepared_by=await _name(session, batch.prepared_by) or "",
            approved_by=await _name(session, batch.approved_by),
            citation=rulebook.cite("A-51"),
            demonstration=services.options.demo,
        )


def _line(
    services: Services, session: AsyncSession, user: CurrentUser, row: Mapping[str, Any], place: int
) -> DisbursementLine:
    now = services.clock.now()
    look = Look(str(user.id), "application", row["application"], row["division"], "disbursement.request", now)
    cell = Cell("application", "payee", row["application"], row["payee_sealed"])
    payee = disclose(session, services.vault, look, {"payee": cell})["payee"]
    whole = user.view in (PersonalView.FULL, PersonalView.PAYEE)
    person = row["payee_kind"] == PayeeKind.PERSON
    return DisbursementLine(
        no=place,
        case_number=row["number"],
        payee_name=payee["name"] if whole or not person else mask_name(payee["name"]),
        payee_kind=PayeeKind(row["payee_kind"]).label,
        bank=payee.get("bank") or "",
        account=payee["account"] if whole else mask_account(payee["account"]),
        amount=row["amount"],
    )


def _bureau(department: Department) -> str:
    return f"{department.label}局"


async def _name(session: AsyncSession, account: uuid.UUID | None) -> str | None:
    return await session.scalar(select(AccountRow.name).where(AccountRow.id == account)) if account else None
