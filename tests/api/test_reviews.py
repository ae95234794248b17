"""What a joint review gathers (W08): by the day of the list, or entered later; a change is one row; each row once."""

from collections import Counter as Counted
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from temporalio.testing import ActivityEnvironment

from activities.anomaly import Anomalies
from activities.correspondence import Correspondence
from activities.desk import Desk, Request
from activities.ladder import Ladder
from activities.review import Reviews
from api.services import Services
from policy.deadlines import SHANGHAI
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.terms import Department
from store.anomalies import AnomalyRow, anomalies_of, matters_of_batch
from store.database import WHOLE, Database
from store.matters import Opening, find_matter, locked_matter, open_matter
from store.periods import BEFORE_LIVE, spare
from store.reviews import counts_of, gather, rows_of, tallies_of
from store.tasks import PeriodRow, TaskRow
from store.timeline import TimelineRow
from tests.api.conftest import Counter, StoppedClock
from tests.api.test_uploads import Handing, handing, somebody
from tests.notifications.pdf_text import words_of

__all__ = ["handing"]

COUNTY, ELSEWHERE = "140827", "140522"
BUREAU = f"county.medical_insurance.caseworker@{COUNTY}"
CIVIL = f"county.civil_affairs.caseworker@{COUNTY}"


def row(who: tuple[str, str], category: str, since: str, provided: str, until: str | None = None) -> list[Any]:
    return [*who, category, since, until, provided, "垣民〔2025〕6号"]


async def reviewed(worker: Database, month: date) -> Counted[tuple[str, str]]:
    """What the review of that month has, as (change, category); gathered twice, which changes nothing."""
    async with worker.transaction(WHOLE) as session:
        opening = Opening(
            procedure=Procedure.REVIEW,
            key=f"{COUNTY}/{month:%Y-%m}",
            division=COUNTY,
            departments=(Department.MEDICAL_INSURANCE, Department.CIVIL_AFFAIRS),
            status=MatterStatus.DEPT_SELF_CHECK,
            month=month,
        )
        matter, _ = await open_matter(session, opening, at=_midnight(month), day=month)
        after = date(month.year, month.month + 1, 1)
        for _ in range(2):
            await gather(session, matter.id, COUNTY, month, (_midnight(month), _midnight(after)))
        return _told(await rows_of(session, matter.id))


async def test_each_row_is_reviewed_once_whenever_it_was_entered(
    handing: Handing, worker: Database, clock: StoppedClock
) -> None:
    stays, leaves, turns, late = somebody(), somebody(), somebody(), somebody()
    clock.moment = datetime(2025, 6, 20, 9, tzinfo=SHANGHAI)
    first = [row(who, "低保", "2025-06-01", "2025-06-18") for who in (stays, leaves, turns)]
    assert (await handing.hand_in(CIVIL, "identity", first))["rows"]["accepted"] == 3
    assert await reviewed(worker, date(2025, 6, 1)) == {("added", "DB"): 3}

    clock.moment = datetime(2025, 7, 2, 9, tzinfo=SHANGHAI)  # lists of June that are entered in July
    belated = [
        row(late, "特困", "2025-06-01", "2025-06-28"),
        row(leaves, "低保", "2025-06-01", "2025-06-28", "2025-07-01"),
    ]
    assert (await handing.hand_in(CIVIL, "identity", belated))["rows"]["accepted"] == 2
    turned = [
        row(turns, "低保", "2025-06-01", "2025-07-01", "2025-08-01"),
        row(turns, "低保边缘", "2025-08-01", "2025-07-01"),
    ]
    assert (await handing.hand_in(CIVIL, "identity", turned))["rows"]["accepted"] == 2
    july = await reviewed(worker, date(2025, 7, 1))
    assert july == {("added", "TK"): 1, ("exited", "DB"): 1, ("changed", "DBBY"): 1}
    assert await reviewed(worker, date(2025, 8, 1)) == {}


async def test_what_is_marked_goes_back_to_its_source_and_is_left_out_of_the_summary(
    handing: Handing, worker: Database, counter: Counter, services: Services, clock: StoppedClock
) -> None:
    good, twice = somebody(), somebody()
    clock.moment = datetime(2025, 11, 20, 9, tzinfo=SHANGHAI)
    rows = [row(who, "低保", "2025-11-01", "2025-11-18") for who in (good, twice)]
    assert (await handing.hand_in(CIVIL, "identity", rows))["rows"]["accepted"] == 2
    assert await reviewed(worker, date(2025, 11, 1)) == {("added", "DB"): 2}
    async with worker.transaction(WHOLE) as session:
        matter = await find_matter(session, Procedure.REVIEW, f"{COUNTY}/2025-11")
        assert matter is not None
        matter.status, matter.facts = MatterStatus.MSB_DEDUP.value, {"reviewed_by": ["civil_affairs"]}
    seen = (await counter.as_(BUREAU, "GET", f"/reviews/{matter.id}")).json()
    assert {one["name"] for one in seen["rows"]} == {"试*"}
    chosen = next(one["id"] for one in seen["rows"] if one["id_number"].endswith(twice[1][-4:]))
    body = {"rows": [chosen], "mark": "duplicate"}
    assert (await counter.as_(CIVIL, "POST", f"/reviews/{matter.id}/marks", json=body)).status_code == 403
    assert (await counter.as_(BUREAU, "POST", f"/reviews/{matter.id}/marks", json=body)).json() == {"rows": 1}
    hands = Reviews(worker, clock, services.vault)
    await hands.anomalies_out(str(matter.id))
    await hands.anomalies_out(str(matter.id))
    async with worker.transaction(WHOLE) as session:
        [first] = await matters_of_batch(session, f"review/{COUNTY}/2025-11", Department.CIVIL_AFFAIRS)
        [suspected] = await anomalies_of(session, first.id)
    its_row = f"/anomalies/{first.id}/rows/{suspected.id}"
    corrected = await counter.as_(CIVIL, "POST", f"{its_row}/correct", json={"values": {"name": "张三"}})
    assert (corrected.status_code, corrected.json()["type"]) == (409, "/problems/no-line-of-a-table")
    stood_by = await counter.as_(CIVIL, "POST", f"{its_row}/confirm", json={"reason": "已核对户籍，确系两人"})
    assert stood_by.status_code == 204, stood_by.text
    assert (await Anomalies(worker, clock, services.vault).recheck(str(first.id))).open == 0
    async with worker.transaction(WHOLE) as session:
        (await locked_matter(session, first.id)).closed_at = clock.now()
    await hands.anomalies_out(str(matter.id))  # the summary was returned after the department had settled it
    async with worker.transaction(WHOLE) as session:
        back = (await session.scalars(select(AnomalyRow).where(AnomalyRow.place == f"review/{chosen}"))).all()
        assert [(one.department, one.reasons[0]["code"]) for one in back] == [("civil_affairs", "review-duplicate")]
        assert dict(await counts_of(session, matter.id)) == {
            "added": 1,
            "exited": 0,
            "changed": 0,
            "rows": 1,
            "left_out": 1,
        }
        kept = await locked_matter(session, matter.id)
        kept.facts = {**kept.facts, "marks": await tallies_of(session, matter.id)}
    paper = await counter.as_(CIVIL, "GET", f"/reviews/{matter.id}/summary.pdf")
    assert paper.status_code == 200, paper.text
    words = words_of(paper.content)
    assert "垣曲县2025年11月医疗救助对象信息集中复核汇总表数据月份：2025年11月" in words
    assert "汇总：尚未签署" in words
    assert "垣曲县民政局000未反馈" in words
    assert "垣曲县民政局100100合计100100" in words
    assert "垣曲县医疗保障局签署复核汇总（未办理）" in words
    elsewhere = await counter.as_(
        f"county.civil_affairs.caseworker@{ELSEWHERE}", "GET", f"/reviews/{matter.id}/summary.pdf"
    )
    assert elsewhere.status_code == 404


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def _told(rows: Any) -> Counted[tuple[str, str]]:
    return Counted((one.change, one.category) for one in rows)


async def test_whose_day_lay_before_the_house_went_live_is_awaited_and_not_late(
    worker: Database, clock: StoppedClock, services: Services
) -> None:
    """嘉祥县, the data of September 2025: back by Fri 10 October (J-14). Agriculture's part is spared until the 15th."""
    clock.moment = datetime(2025, 10, 9, 9, tzinfo=SHANGHAI)
    letters, month = Correspondence("http://counter.test", 15), date(2025, 9, 1)
    both = (Department.CIVIL_AFFAIRS, Department.AGRICULTURE)
    async with worker.transaction(WHOLE) as session:
        opening = Opening(
            procedure=Procedure.REVIEW,
            key="370829/2025-09",
            division="370829",
            departments=(Department.MEDICAL_INSURANCE, *both),
            status=MatterStatus.DEPT_SELF_CHECK,
            month=month,
            facts={"reviewed_by": [one.value for one in both]},
        )
        matter, _ = await open_matter(session, opening, at=clock.now(), day=clock.now().date())
    env, desk = ActivityEnvironment(), Desk(worker, clock, Ladder(letters), letters, {})
    env.info = replace(env.info, workflow_id="review/370829/2025-09")
    for number, one in enumerate(both, start=1):
        asked = Request(
            str(matter.id),
            "self_check",
            "",
            subject_type="matter",
            month=month.isoformat(),
            post=f"county/{one.value}/caseworker",
            round=number,
            term=number,
        )
        await env.run(desk.open_task, asked)
    async with worker.transaction(WHOLE) as session:
        its_period = select(TaskRow.period_id).where(
            TaskRow.subject_id == matter.id, TaskRow.department == Department.AGRICULTURE.value
        )
        period = await session.get_one(PeriodRow, (await session.scalars(its_period)).one())
        assert period.late_after == date(2025, 10, 10)
        spare(period, date(2025, 10, 15), BEFORE_LIVE, date(2025, 10, 15))
        period.late_after = date(2025, 10, 15)
    clock.moment = datetime(2025, 10, 13, 9, tzinfo=SHANGHAI)
    assert (await Reviews(worker, clock, services.vault).standing(str(matter.id))).overdue
    async with worker.transaction(WHOLE) as session:
        assert (await locked_matter(session, matter.id)).facts["late"] == ["civil_affairs"]
        entries = await session.scalars(select(TimelineRow).where(TimelineRow.subject_id == matter.id))
        said = {entry.tag: entry.codes for entry in entries}
    assert said["matter:review:departments_late"] == {"departments": ["civil_affairs"]}
    assert said["matter:review:departments_awaited"] == {"departments": ["agriculture"]}
