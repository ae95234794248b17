"""附件3 and 附件4 of a list of dynamic adjustment, as the department provided it, for whoever works with it (A-30).

Each download opens what is sealed and is logged; what the office typed comes out as it was typed.
"""

import re
import uuid
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found
from api.exchange.matters import check_may_view
from api.identity import CurrentUser
from api.services import Services
from policy.access import PersonalView, personal_view
from policy.clock import today
from policy.lists_out import (
    BOXES_OF_A_CERTIFICATE,
    BOXES_OF_A_ROSTER,
    CertificateForm,
    Line,
    RosterForm,
    ticks,
)
from policy.organisations import office_on
from policy.terms import Category, Department
from store.adjustments import AdjustmentLineRow, AdjustmentRow, lines_of
from store.disclosure import Cell, Look, disclose
from store.reference import DivisionRow
from store.rulebook import load_rulebook

MASKED = (PersonalView.MASKED, PersonalView.PAYEE_MASKED)
MOST = 20_000
"""Rows of a list that leaves as one file."""
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")


async def annex_3(services: Services, user: CurrentUser, matter_id: uuid.UUID) -> RosterForm:
    """The list of the matter. Raises Refusal 403, 404, 409 before it has been provided."""
    _demand(user)
    async with services.database.transaction(user.scope) as session:
        row = await _provided(session, matter_id)
        lines = [line for line in await lines_of(session, row.matter_id) if line.upload_id == row.upload_id]
        if len(lines) > MOST:
            raise Refusal(409, "too-many-rows", f"名单超过{MOST}行，请下载原表", "the list is too long for one file")
        county = await division_name(session, row.division)
        return RosterForm(
            annex=3,
            county=county,
            period=period_in_words(row.period),
            unit=await _office(services, session, row, county),
            ticks=ticks(BOXES_OF_A_ROSTER, Category(row.category)),
            day=_day(row),
            lines=tuple(_line(services, session, user, line) for line in lines),
            demonstration=services.options.demo,
        )


async def annex_4(services: Services, user: CurrentUser, matter_id: uuid.UUID) -> CertificateForm:
    """The certificate beside it. Raises Refusal 403, 404, 409."""
    _demand(user)
    async with services.database.transaction(user.scope) as session:
        row = await _provided(session, matter_id)
        look = Look(str(user.id), "adjustment", row.matter_id, row.division, "list.annex_4", services.clock.now())
        cells = {"certificate": Cell("adjustment", "certificate", row.matter_id, row.certificate_sealed)}
        certificate = disclose(session, services.vault, look, cells)["certificate"]
        county = await division_name(session, row.division)
        return CertificateForm(
            period=period_in_words(row.period),
            ticks=ticks(BOXES_OF_A_CERTIFICATE, Category(row.category)),
            households_added=row.households_added or 0,
            persons_added=row.persons_added or 0,
            households_removed=row.households_removed or 0,
            persons_removed=row.persons_removed or 0,
            office=await _office(services, session, row, county),
            day=_day(row),
            number=str(certificate["no"]) if certificate else "",
            demonstration=services.options.demo,
        )


def period_in_words(period: str) -> str:
    """2026-11 → 2026年11月; 2026-Q4 → 2026年第4季度."""
    quarter = _QUARTER.fullmatch(period)
    if quarter:
        return f"{quarter[1]}年第{quarter[2]}季度"
    first = date.fromisoformat(f"{period}-01")
    return f"{first.year}年{first.month}月"


def may_have_lists(user: CurrentUser) -> bool:
    """Whoever works with a list has it whole; whoever oversees sees it masked on its page."""
    return personal_view(user.post) not in MASKED


def _demand(user: CurrentUser) -> None:
    check_may_view(user)
    if not may_have_lists(user):
        raise not_allowed("名单含完整个人信息，由经办名单的岗位下载")


async def _provided(session: AsyncSession, matter_id: uuid.UUID) -> AdjustmentRow:
    row = await session.get(AdjustmentRow, matter_id)
    if row is None:
        raise not_found()
    if row.provided_on is None:
        raise Refusal(409, "not-provided", "名单尚未提供", "the list has not been provided yet")
    return row


def _day(row: AdjustmentRow) -> date:
    """Of filling in, which is the certificate's (A-64)."""
    day = row.certificate_on or row.provided_on
    assert day is not None
    return day


def _line(services: Services, session: AsyncSession, user: CurrentUser, row: AdjustmentLineRow) -> Line:
    look = Look(str(user.id), "adjustment_row", row.id, row.division, "list.annex_3", services.clock.now())
    typed = disclose(session, services.vault, look, {"row": Cell("adjustment_row", "row", row.id, row.sealed)})["row"]

    def cell(name: str) -> str:
        return str(typed.get(name) or "")

    return Line(
        township=cell("township"),
        village=cell("village"),
        head=cell("head"),
        head_id=cell("head_id"),
        household_size=cell("household_size"),
        name=cell("name"),
        id_number=cell("id_number"),
        change=cell("change"),
        changed_in=_month_in_words(cell("changed_in")),
    )


def _month_in_words(typed: str) -> str:
    """A cell that held a date says its year and month (A-63); what was typed otherwise stays."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return typed
    return f"{day.year}年{day.month}月"


async def division_name(session: AsyncSession, division: str) -> str:
    row = await session.get(DivisionRow, division)
    return row.name if row else division


async def _office(services: Services, session: AsyncSession, row: AdjustmentRow, county: str) -> str:
    """What the department was called on the day of the list."""
    rulebook = await load_rulebook(session, row.division, today(services.clock))
    return office_on(rulebook, county, Department(row.department), _day(row))
