"""METRICS of W17: what a month that has ended tells about a county. Called when the next month opens; harmless twice.

What a procedure notices itself it enters itself: a missed sharing (W07), a late list (W06), a month that nobody had opened
(the watchdog), rules that contradict each other (the desk). Nothing here asks an office for anything that the product knows already (B-29).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from policy.agreement import without_agreement
from policy.deadlines import SHANGHAI, add_months
from policy.exchange_terms import MatterStatus
from policy.funds import fund_year
from policy.procedures import Procedure
from policy.rulebook import Rulebook
from policy.supervision import FindingKind
from policy.terms import Department, Level, level_of
from store.agreements import agreement_in_force
from store.findings import FindingRow, open_finding
from store.funds import movements
from store.matters import MatterRow, find_matter
from store.rulebook import load_rulebook
from store.tasks import PeriodRow
from store.timeline import TimelineRow

DECEMBER = 12
PUSHED = f"matter:{Procedure.PUSH.value}:{MatterStatus.PUSHED.value}"


async def find_month(session: AsyncSession, division: str, month: date, now: datetime) -> Sequence[FindingRow]:
    """The findings of a county about `month` (its first day), which has ended; those known already among them."""
    if level_of(division) is not Level.COUNTY:
        return ()
    month = month.replace(day=1)
    last = add_months(month, 1) - timedelta(days=1)
    rulebook = await load_rulebook(session, division, last)
    found = [
        await _late_push(session, rulebook, add_months(month, -1), now),
        await _anomalies(session, rulebook, month, now),
        await _fund(session, rulebook, last, now),
        *await _agreements(session, rulebook, last, now),
    ]
    return [finding for finding in found if finding is not None]


async def _late_push(session: AsyncSession, rulebook: Rulebook, month: date, now: datetime) -> FindingRow | None:
    """The push about the month before was due in this one (D-02, J-20)."""
    matter = await find_matter(session, Procedure.PUSH, f"{rulebook.division}/{month:%Y-%m}")
    period = await session.scalar(_period(matter)) if matter else None
    if matter is None or period is None or period.late_after is None:
        return None
    pushed_on = await session.scalar(_day_of(matter, PUSHED))
    if (pushed_on or now.astimezone(SHANGHAI).date()) <= period.late_after:
        return None
    codes = {
        "month": f"{month:%Y-%m}",
        "due": period.nominal.isoformat() if period.nominal else None,
        "done_on": pushed_on.isoformat() if pushed_on else None,
    }
    grounds = [period.basis["rule"]["clause"] or period.basis["rule"]["document"]]
    return await open_finding(session, FindingKind.LATE_PUSH, rulebook.division, month, matter.id, codes, grounds, now)


async def _anomalies(session: AsyncSession, rulebook: Rulebook, month: date, now: datetime) -> FindingRow | None:
    """Returned rows that were still open when the month ended."""
    waiting = await session.scalar(
        select(func.count())
        .select_from(MatterRow)
        .where(
            MatterRow.procedure == Procedure.ANOMALY.value,
            MatterRow.division == rulebook.division,
            MatterRow.opened_on < add_months(month, 1),
            MatterRow.closed_at.is_(None),
        )
    )
    if not waiting:
        return None
    grounds = _grounds(rulebook, "ANOMALY_WD", month)
    return await open_finding(
        session,
        FindingKind.ANOMALIES_UNRESOLVED,
        rulebook.division,
        month,
        None,
        {"matters": waiting},
        grounds,
        now,
    )


async def _fund(session: AsyncSession, rulebook: Rulebook, last: date, now: datetime) -> FindingRow | None:
    """The balance by what was raised in the year (A-54): told when the year is over, since money comes in all year."""
    most = rulebook.find("BALANCE_RATIO_MAX", last)
    if last.month != DECEMBER or most is None or most.value is None:
        return None
    fund = fund_year(await movements(session, rulebook.division), last.year)
    ratio = fund.ratio
    if ratio is None or not fund.above(Decimal(most.value)):
        return None
    codes = {"year": last.year, "ratio": f"{ratio}", "most": most.value, "balance": f"{fund.balance:.2f}"}
    grounds = [most.clause or most.document]
    return await open_finding(
        session,
        FindingKind.FUND_BALANCE,
        rulebook.division,
        last.replace(day=1),
        None,
        codes,
        grounds,
        now,
        about=str(last.year),
    )


async def _agreements(
    session: AsyncSession, rulebook: Rulebook, last: date, now: datetime
) -> Sequence[FindingRow | None]:
    """Each counted partner with whom the county had a cycle and no agreement in force on the month's last day (C-24)."""
    consequence = without_agreement(rulebook, last)
    cycle = await find_matter(session, Procedure.SHARING_CYCLE, f"{rulebook.division}/{last:%Y-%m}")
    if consequence is None or cycle is None:
        return ()
    partners = [Department(code) for code in cycle.facts.get("counted", [])]
    grounds = [consequence.rule.clause or consequence.rule.document]
    return [
        await open_finding(
            session,
            FindingKind.NO_AGREEMENT,
            rulebook.division,
            last.replace(day=1),
            None,
            {"department": partner.value},
            grounds,
            now,
            about=partner.value,
        )
        for partner in partners
        if await agreement_in_force(session, rulebook.division, last, partner) is None
    ]


def _grounds(rulebook: Rulebook, key: str, day: date) -> list[str]:
    rule = rulebook.find(key, day)
    return [rule.clause or rule.document] if rule else []


def _period(matter: MatterRow) -> Select[PeriodRow]:
    """The newest period of the push's own day."""
    mine = select(PeriodRow).where(PeriodRow.subject_id == matter.id, PeriodRow.key == "T-PUSH")
    return mine.order_by(PeriodRow.opened_at.desc()).limit(1)


def _day_of(matter: MatterRow, tag: str) -> Select[date]:
    """When that was entered first."""
    entered = select(TimelineRow.day).where(TimelineRow.subject_id == matter.id, TimelineRow.tag == tag)
    return entered.order_by(TimelineRow.id).limit(1)
