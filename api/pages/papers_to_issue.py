"""文书 before they are issued: a notice to be put up, 附件5 to be numbered; both are kept as issued afterwards."""

import uuid
from datetime import date

from fastapi import APIRouter, Response
from sqlalchemy import select

from activities.correspondence import Correspondence
from activities.issuing import poster_paper, refusal_paper
from activities.public_notices import NOTICE_PERIODS
from api.errors import not_allowed, not_found, wrong_fields
from api.pages.desk import AtDesk, Desk
from api.pages.printing import download, printable
from notifications.papers import Paper
from policy.access import Action, may
from policy.clock import today
from policy.deadlines import notice_last_day
from policy.problems import Problem
from policy.terms import ApplicationStatus, Level
from store.applications import ApplicationRow, PublicityRow, RefusalRow
from store.disclosure import Look
from store.rulebook import load_rulebook

router = APIRouter()
NOTICE_LEVELS = {
    ApplicationStatus.TWP_PUBLICITY.value: Level.TOWNSHIP.value,
    ApplicationStatus.COUNTY_PUBLICITY.value: Level.COUNTY.value,
}


@router.get("/cases/{application_id}/poster")
async def poster_to_post(desk: AtDesk, application_id: uuid.UUID, posted_on: str = "") -> Response:
    """公示 as it is to be put up, today or on the day that a paper entry names; kept as issued once that is answered."""
    poster = await _poster(desk, application_id, posted_on)
    return printable(poster, application_id, f"/cases/{application_id}/poster.pdf?posted_on={poster.day.isoformat()}")


@router.get("/cases/{application_id}/poster.pdf")
async def poster_to_post_as_pdf(desk: AtDesk, application_id: uuid.UUID, posted_on: str = "") -> Response:
    return await download(await _poster(desk, application_id, posted_on), "poster")


async def _poster(desk: Desk, application_id: uuid.UUID, posted_on: str) -> Paper:
    user, services = desk.signed_in, desk.services
    if not may(user.post, Action.READ_FILE):
        raise not_allowed("您的岗位不能打印公示")
    now_day = today(services.clock)
    async with services.database.transaction(user.scope) as session:
        application = await session.get(ApplicationRow, application_id)
        level = NOTICE_LEVELS.get(application.status) if application else None
        if application is None or level is None:
            raise not_found("本案目前没有待张贴的公示")
        day = _posting_day(posted_on, application.last_act_on, now_day)
        rulebook = await load_rulebook(session, application.division, now_day)
        key = NOTICE_PERIODS[level]
        last_day = notice_last_day(rulebook, key, day, pinned_on=application.submitted_on).nominal
        notice = PublicityRow(level=level, posted_on=day, last_day=last_day)
        now = services.clock.now()
        look = Look(str(user.id), "application", application.id, application.division, "poster to post", now)
        names = Correspondence(services.options.base_url, 0)
        return await poster_paper(session, services.vault, names, rulebook, application, notice, look)


@router.get("/cases/{application_id}/refusal-notice")
async def notice_to_issue(desk: AtDesk, application_id: uuid.UUID) -> Response:
    """附件5 as it would be issued today, without its number: read before the issuing is answered."""
    notice = await _notice(desk, application_id)
    return printable(notice, application_id, f"/cases/{application_id}/refusal-notice.pdf")


@router.get("/cases/{application_id}/refusal-notice.pdf")
async def notice_to_issue_as_pdf(desk: AtDesk, application_id: uuid.UUID) -> Response:
    return await download(await _notice(desk, application_id), "refusal-notice")


async def _notice(desk: Desk, application_id: uuid.UUID) -> Paper:
    user, services = desk.signed_in, desk.services
    if not may(user.post, Action.READ_FILE):
        raise not_allowed("您的岗位不能预览告知书")
    day, now = today(services.clock), services.clock.now()
    async with services.database.transaction(user.scope) as session:
        application = await session.get(ApplicationRow, application_id)
        refusal = await session.scalar(select(RefusalRow).where(RefusalRow.application_id == application_id))
        if application is None or refusal is None or refusal.number_serial is not None:
            raise not_found("本案目前没有待制发的告知书")
        rulebook = await load_rulebook(session, application.division, day)
        look = Look(str(user.id), "application", application.id, application.division, "notice to issue", now)
        names = Correspondence(services.options.base_url, 0)
        return await refusal_paper(session, services.vault, names, rulebook, application, refusal, look, day)


def _posting_day(typed: str, not_before: date, now_day: date) -> date:
    """The day to print; today where none is named. Raises Refusal 422 for one that is no day of this notice."""
    try:
        day = date.fromisoformat(typed.strip()) if typed.strip() else now_day
    except ValueError:
        raise wrong_fields(
            [Problem("/posted_on", "“张贴日”应为日期，如2025-03-12", "posted_on must be a date such as 2025-03-12")]
        ) from None
    if day > now_day:
        raise wrong_fields([Problem("/posted_on", "“张贴日”不能晚于今天", "posted_on lies in the future")])
    if day < not_before:
        zh = f"“张贴日”不能早于上一环节的{not_before.isoformat()}"
        raise wrong_fields([Problem("/posted_on", zh, f"the step before was on {not_before}")])
    return day
