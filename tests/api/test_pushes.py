"""High-cost pushes and recognitions at the counter: burdens in, the list made, feedback by table, settlements on request.

No workflows run here: matters are opened and the hands called as the procedures do it, tasks are rows as the desk writes them.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import httpx2
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select, text

from activities.high_cost import HighCost, Receipt, Released
from activities.high_cost_opening import high_cost_push
from activities.matters import Matters, Move
from activities.place import Place
from activities.recognition import FedBack, Recognitions
from api.services import Services
from policy.deadlines import SHANGHAI
from policy.escalation import office_of
from policy.exchange_terms import MatterStatus
from policy.steps import step
from policy.terms import Category, level_of
from runtime.folder import DataFolder
from store.database import WHOLE, Database
from store.identities import categories_on
from store.matters import MatterRow, open_matter
from store.models import Base
from store.periods import Dates, set_dates
from store.pushes import BurdenRow, PushItemRow
from store.recognitions import RecognitionRow
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow
from tests.api.conftest import COUNTY_CASEWORKER, COUNTY_SUPERVISOR, Counter, StoppedClock
from tests.api.test_uploads import AGRICULTURE, CIVIL, Handing, handing, identity, settlement, somebody
from tests.exchange.poison import xlsx

__all__ = ["handing"]

TABLES = ("prior_push", "burden", "push_item", "recognition", "settlement_request")
COUNTY = "140522"
PROVINCE = "province.medical_insurance.supervisor@14"
BURDEN = ("姓名", "身份证号码", "城乡属性", "参保险种", "个人年度累计负担", "其中医疗救助已支付")
FEEDBACK = ("姓名", "身份证号码", "监测名单", "认定结果", "认定类别", "决定日期", "认定文号", "原因")
_months = iter(date(2025 + number // 12, number % 12 + 1, 1) for number in range(24, 60))


def burden(
    who: tuple[str, str], amount: str, aid: str = "", residence: str = "农村", kind: str = "居民医保"
) -> list[Any]:
    return [*who, residence, kind, amount, aid or None]


@dataclass
class Month:
    """A push about a month that no other test knows, and the hands that carry it on."""

    matter: uuid.UUID
    month: date
    handing: Handing
    worker: Database
    hands: HighCost
    clock: StoppedClock

    async def load(self, *rows: list[Any]) -> dict[str, Any]:
        posted = await self.handing.post(
            COUNTY_CASEWORKER, "burden", xlsx([BURDEN, *rows]), month=f"{self.month:%Y-%m}", division=COUNTY
        )
        assert posted.status_code == 202, posted.text
        await self.handing.take_in(posted.json()["id"])
        return await self.handing.see(COUNTY_CASEWORKER, posted.json()["id"])

    async def task(self, kind: str, matter: uuid.UUID | None = None, department: str = "") -> str:
        """A task row as the desk writes it."""
        async with self.worker.transaction(WHOLE) as session:
            subject = await session.get_one(MatterRow, matter or self.matter)
            return await _open(session, subject, kind, self.clock.now(), department)

    async def push(self) -> list[PushItemRow]:
        """Makes the list and pushes it; the items as they stand then."""
        assert (await self.hands.select(str(self.matter))).missing == ""
        day = self.clock.now().date().isoformat()
        await self.hands.push(Released(str(self.matter), await self.task("push_release"), day))
        while await self.hands.open_recognitions(str(self.matter)):
            pass
        return await self.items()

    async def items(self) -> list[PushItemRow]:
        async with self.worker.transaction(WHOLE) as session:
            rows = await session.scalars(
                select(PushItemRow).where(PushItemRow.matter_id == self.matter).order_by(PushItemRow.id)
            )
            return list(rows)

    async def case(self, item: PushItemRow) -> RecognitionRow:
        async with self.worker.transaction(WHOLE) as session:
            return await session.get_one(RecognitionRow, item.recognition_id)


async def _open(session: Any, subject: MatterRow, kind: str, now: datetime, department: str) -> str:
    asked, workflow_id = step(kind), f"{subject.procedure}/{subject.key}"
    period = PeriodRow(
        workflow_id=workflow_id,
        name=f"{kind}/{uuid.uuid4().hex}",
        round=1,
        division=subject.division,
        subject_id=subject.id,
        climbs=True,
        deadline_version=0,
        ladder_since=now,
        opened_at=now,
    )
    rulebook = await load_rulebook(session, subject.division, now.date())
    month = subject.month if asked.deadline == "T-PUSH" else None
    set_dates(period, rulebook, Dates(asked.deadline, now.date(), now.date(), month=month), now)
    session.add(period)
    await session.flush()
    row = TaskRow(
        workflow_id=workflow_id,
        step=f"{kind}/{uuid.uuid4().hex}",
        round=1,
        kind=kind,
        subject_type="matter",
        subject_id=subject.id,
        division=subject.division,
        office=office_of(subject.division, asked.post).division,
        level=asked.post.level.value,
        department=department or asked.post.department.value,
        role=asked.post.role.value,
        period_id=period.id,
        detail={},
        opened_at=now,
        state="open",
    )
    session.add(row)
    await session.flush()
    return str(row.id)


@pytest.fixture
async def month(handing: Handing, worker: Database, clock: StoppedClock) -> Month:
    """The push about a month of the future, so that every test has one of its own."""
    about = next(_months)
    clock.moment = datetime(about.year, about.month, 28, 9, 0, tzinfo=SHANGHAI)
    return await opened(handing, worker, clock, about)


async def opened(handing: Handing, worker: Database, clock: StoppedClock, about: date, division: str = COUNTY) -> Month:
    async with worker.transaction(WHOLE) as session:
        following = date(about.year + about.month // 12, about.month % 12 + 1, 1)
        place = Place(division, level_of(division), await load_rulebook(session, division, following))
        (opening,) = high_cost_push(place, following)
        matter, _ = await open_matter(session, opening, at=clock.now(), day=clock.now().date())
    return Month(matter.id, about, handing, worker, HighCost(worker, clock), clock)


def codes(upload: dict[str, Any]) -> list[tuple[int, str]]:
    return [(error["row"], error["code"]) for error in upload["errors"]]


async def test_burdens_are_taken_in_once_and_replaced_until_the_list_is_pushed(month: Month) -> None:
    first, second = somebody(), somebody()
    seen = await month.load(burden(first, "30000.00"), burden(second, "500.00", "600.00"), burden(first, "30000.00"))
    assert codes(seen) == [(3, "aid-above-burden"), (4, "burden-known")]
    assert codes(await month.load(burden(first, "31000.00"), burden(first, "32000.00"))) == [(3, "twice-in-table")]
    (item,) = await month.push()
    assert (item.burden, item.list_type) == (Decimal("31000.00"), "falling_into")
    late = await month.load(burden(second, "90000.00"))
    assert (late["state"], late["problem"]["code"]) == ("refused", "pushed-already")


async def test_a_table_of_no_open_month_is_refused_as_a_whole(month: Month) -> None:
    month.month = date(2040, 1, 1)
    assert (await month.load(burden(somebody(), "1.00")))["problem"]["code"] == "not-open"


async def test_the_table_answers_the_task_that_waits_for_it(month: Month, counter: Counter) -> None:
    task = await month.task("push_burden")
    await month.load(burden(somebody(), "30000.00"))
    seen = (await counter.as_(COUNTY_CASEWORKER, "GET", f"/tasks/{task}")).json()
    assert (seen["answer"]["outcome"], seen["answer"]["by"]) == ("loaded", COUNTY_CASEWORKER)


async def test_an_answer_that_came_while_the_matter_ended_waits_for_nobody(month: Month) -> None:
    task = await month.task("push_burden")
    await month.load(burden(somebody(), "30000.00"))
    await Matters(month.worker, month.clock).end(Move(str(month.matter), MatterStatus.ACKNOWLEDGED.value))
    async with month.worker.transaction(WHOLE) as session:
        answered = await session.get_one(TaskRow, uuid.UUID(task))
        assert (answered.state, answered.acknowledged_at) == ("answered", month.clock.now())


async def test_a_second_table_sends_a_list_that_waits_for_release_back(month: Month, counter: Counter) -> None:
    await month.load(burden(somebody(), "30000.00"))
    await month.hands.select(str(month.matter))
    task = await month.task("push_release")
    await month.load(burden(somebody(), "40000.00"))
    seen = (await counter.as_(COUNTY_SUPERVISOR, "GET", f"/tasks/{task}")).json()
    assert (seen["state"], seen["closed_reason"]) == ("closed", "recalled")
    assert len(await month.push()) == 2


async def test_a_list_that_does_not_know_the_last_table_is_not_released(month: Month, counter: Counter) -> None:
    """The table came while the list was made, and found no task to send back."""
    await month.load(burden(somebody(), "30000.00"))
    await month.hands.select(str(month.matter))
    await month.load(burden(somebody(), "40000.00"))
    release = f"/tasks/{await month.task('push_release')}/answer"
    refused = await counter.as_(COUNTY_SUPERVISOR, "POST", release, json={"outcome": "released"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/burdens-after-list")
    await month.hands.select(str(month.matter))
    headers = {"Prefer": "wait=0"}
    released = await counter.as_(COUNTY_SUPERVISOR, "POST", release, json={"outcome": "released"}, headers=headers)
    assert released.status_code in (200, 202), released.text


async def test_burdens_that_come_between_release_and_push_are_on_no_list_and_named(
    month: Month, counter: Counter
) -> None:
    await month.load(burden(somebody(), "30000.00"))
    await month.hands.select(str(month.matter))
    task = await month.task("push_release")
    released = await counter.as_(COUNTY_SUPERVISOR, "POST", f"/tasks/{task}/answer", json={"outcome": "released"})
    assert released.status_code == 200, released.text
    late = await month.load(burden(somebody(), "40000.00"), burden(somebody(), "50000.00"))
    assert (late["state"], late["problem"]["code"]) == ("refused", "released-already")
    day = month.clock.now().date().isoformat()
    await month.hands.push(Released(str(month.matter), task, day))
    assert [(item.burden, item.pushed_on is not None) for item in await month.items()] == [(Decimal("30000.00"), True)]
    seen = (await counter.as_(COUNTY_SUPERVISOR, "GET", f"/pushes/{month.matter}")).json()
    assert seen["facts"]["later_burdens"] == {late["id"]: 2}
    assert [entry["text"] for entry in seen["timeline"] if entry["tag"].endswith("burdens_later")] == [
        "放行后又报送累计负担2行，未列入本月名单，请列入下月"
    ]


async def test_what_was_pushed_before_going_live_is_not_pushed_again_unchanged(
    handing: Handing, worker: Database, clock: StoppedClock
) -> None:
    clock.moment = datetime(2033, 6, 1, 9, 0, tzinfo=SHANGHAI)
    same, more = somebody(), somebody()
    head = ("姓名", "身份证号码", "监测名单", "数据月份", "推送时累计负担")
    rows = [[*same, "致贫", "2033-04", "30000.00"], [*more, "致贫", "2033-04", "30000.00"]]
    posted = await handing.post(COUNTY_SUPERVISOR, "prior_push", xlsx([head, *rows, [*rows[0][:4], "31000.00"]]))
    await handing.take_in(posted.json()["id"])
    assert codes(await handing.see(COUNTY_SUPERVISOR, posted.json()["id"])) == [(4, "prior-push-differs")]
    month = await opened(handing, worker, clock, date(2033, 5, 1))
    await month.load(burden(same, "30000.00"), burden(more, "30000.01"))
    assert [(item.state, f"{item.previous_month:%Y-%m}") for item in await month.push()] == [
        ("suppressed", "2033-04"),
        ("listed", "2033-04"),
    ]


async def test_no_burdens_and_burdens_exclude_each_other(month: Month, counter: Counter) -> None:
    task = await month.task("push_burden")
    loaded = await counter.answer(COUNTY_CASEWORKER, task, "loaded")
    assert (loaded.status_code, loaded.json()["type"]) == (409, "/problems/no-burdens")
    await month.load(burden(somebody(), "30000.00"))
    nobody = await counter.answer(COUNTY_CASEWORKER, await month.task("push_burden"), "none")
    assert (nobody.status_code, nobody.json()["type"]) == (409, "/problems/burdens-are-there")


async def test_a_person_is_screened_by_the_department_of_the_list(month: Month, handing: Handing) -> None:
    poor, ordinary = somebody(), somebody()
    assert (await handing.hand_in(CIVIL, "identity", [identity(*poor)]))["rows"]["accepted"] == 1
    await month.load(burden(poor, "6000.01"), burden(ordinary, "20000.01"), burden(somebody(), "20000.00"))
    items = await month.push()
    cases = [await month.case(item) for item in items]
    assert [(case.list_type, case.screened_by, case.pushed_as) for case in cases] == [
        ("falling_back", "agriculture", "DB"),
        ("falling_into", "civil_affairs", "PT"),
    ]


async def test_a_later_push_goes_on_in_the_open_case_and_begins_a_round_after_a_closed_one(
    worker: Database, clock: StoppedClock, handing: Handing
) -> None:
    who, rounds, months = somebody(), [], []
    for number, amount in ((1, "30000.00"), (2, "31000.00"), (3, "32000.00")):
        clock.moment = datetime(2031, number, 28, 9, 0, tzinfo=SHANGHAI)
        month = await opened(handing, worker, clock, date(2031, number, 1))
        await month.load(burden(who, amount))
        (item,) = await month.push()
        case = await month.case(item)
        rounds.append((case.round, case.pushes, case.burden))
        months.append(month)
        if number == 2:
            async with worker.transaction(WHOLE) as session:
                (await session.get_one(RecognitionRow, case.id)).closed_on = clock.now().date()
    assert rounds == [(1, 1, Decimal("30000.00")), (1, 2, Decimal("31000.00")), (2, 1, Decimal("32000.00"))]
    (first,) = await months[0].items()
    assert (first.burden, first.tracked_burden, first.tracked_over) == (Decimal("30000.00"), Decimal("32000.00"), True)


async def test_results_by_table_answer_what_waits_for_each_person(
    month: Month, worker: Database, services: Services, clock: StoppedClock
) -> None:
    recognised, refused, unfit = somebody(), somebody(), somebody()
    await month.load(*(burden(who, "30000.00") for who in (recognised, refused, unfit)))
    cases = [await month.case(item) for item in await month.push()]
    for case in cases:
        await month.task("screening", case.matter_id)
    day = clock.now().date().isoformat()
    rows = [
        [*recognised, "致贫", "认定", "刚性支出困难家庭大病患者（因病致贫重病患者）", day, "阳民〔2027〕1号", None],
        [*refused, "致贫", "不予认定", None, day, None, "收入高于标准"],
        [*unfit, "致贫", "不列为认定对象", None, None, None, "已由商业保险赔付"],
        [*somebody(), "致贫", "不列为认定对象", None, None, None, "不在名单"],
        [*refused, "致贫", "认定", "特困人员", day, "阳民〔2027〕2号", None],
        [*recognised, "致贫", "认定", "返贫致贫人口", day, "阳民〔2027〕1号", None],
        [*unfit, "致贫", "不予认定", None, None, None, None],
    ]
    answer = await month.handing.post(CIVIL, "feedback", xlsx([FEEDBACK, *rows]))
    await month.handing.take_in(answer.json()["id"])
    seen = await month.handing.see(CIVIL, answer.json()["id"])
    assert seen["rows"] == {"in": 7, "accepted": 3, "returned": 4, "duplicate": 0}
    assert codes(seen) == [
        (5, "nobody-waiting"),
        (6, "fed-back-otherwise"),
        (7, "not-your-category"),
        (8, "empty-cell"),
        (8, "empty-cell"),
    ]
    async with worker.transaction(WHOLE) as session:
        rows_now = [await session.get_one(RecognitionRow, case.id) for case in cases]
    assert [(row.candidate, row.recognised, row.category, row.days_late) for row in rows_now] == [
        (True, True, "GXZC", 0),
        (True, False, None, 0),
        (False, None, None, None),
    ]
    again = await month.handing.post(CIVIL, "feedback", xlsx([FEEDBACK, *rows[:3], rows[3]]))
    await month.handing.take_in(again.json()["id"])
    assert (await month.handing.see(CIVIL, again.json()["id"]))["rows"]["duplicate"] == 3
    hands = Recognitions(worker, clock, services.vault)
    marked = await hands.mark(FedBack(str(cases[0].matter_id), day))
    assert (marked.in_the_way, marked.missing) == ("", "")
    async with worker.transaction(WHOLE) as session:
        assert await categories_on(session, cases[0].person_id, clock.now().date()) == [Category.GXZC]
        row = await session.get_one(RecognitionRow, cases[0].id)
        assert row.entitled_from == clock.now().date()


async def test_a_decision_is_checked_like_a_day_and_only_of_ones_own_categories(month: Month, counter: Counter) -> None:
    await month.load(burden(somebody(), "30000.00"))
    (item,) = await month.push()
    case = await month.case(item)
    task = await month.task("recognition", case.matter_id)
    before = {"category": "FPZP", "day": "2025-01-01", "document": "阳民〔2027〕3号"}
    wrong = await counter.answer(CIVIL, task, "recognised", fields=before)
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/fields/day", "/fields/category"]
    feedback = await month.task("feedback", case.matter_id)
    early = await counter.answer(CIVIL, feedback, "fed_back")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/not-decided-yet")


async def test_settlements_are_given_on_request_and_each_look_is_logged(
    month: Month, counter: Counter, handing: Handing, worker: Database
) -> None:
    who = somebody()
    await handing.hand_in(COUNTY_CASEWORKER, "settlement", [settlement(*who, f"JS-{uuid.uuid4().hex[:8]}")])
    await month.load(burden(who, "30000.00"))
    (item,) = await month.push()
    case = await month.case(item)
    body = {"recognition": str(case.matter_id), "reason": "核对医疗支出", "legal_basis": "《认定办法（试行）》第九条"}
    assert (await counter.as_(AGRICULTURE, "POST", "/settlement-requests", json=body)).status_code == 403
    asked = await counter.as_(CIVIL, "POST", "/settlement-requests", json=body)
    assert asked.status_code == 201, asked.text
    second = await counter.as_(CIVIL, "POST", "/settlement-requests", json=body)
    assert (second.status_code, second.json()["type"]) == (409, "/problems/asked-already")
    path = f"/settlement-requests/{asked.json()['id']}"
    assert (await counter.as_(CIVIL, "GET", path)).json()["settlements"] == []
    task = await month.task("settlement_request", uuid.UUID(asked.json()["matter"]))
    assert (await counter.answer(COUNTY_CASEWORKER, task, "granted")).status_code == 200
    shown = (await counter.as_(CIVIL, "GET", path)).json()
    assert [(one["total"], one["settled_on"]) for one in shown["settlements"]] == [("20000.00", "2025-01-20")]
    assert (await counter.as_(AGRICULTURE, "GET", path)).status_code == 404
    async with worker.transaction(WHOLE) as session:
        looks = await session.scalar(
            text("select count(*) from access_log where subject_id = :p and 'settlements' = any (fields)"),
            {"p": item.person_id},
        )
    assert looks == 1


async def test_a_list_is_seen_by_its_receivers_once_pushed_and_named_only_where_it_is_worked_with(
    month: Month, counter: Counter
) -> None:
    who = somebody()
    await month.load(burden(who, "30000.00"))
    await month.hands.select(str(month.matter))
    path = f"/pushes/{month.matter}"
    assert (await counter.as_(CIVIL, "GET", path)).json()["items"] == []
    await month.push()
    assert (await named(counter, CIVIL, path)) == who
    assert (await named(counter, COUNTY_CASEWORKER, path)) == who
    assert (await named(counter, COUNTY_SUPERVISOR, path))[0] == who[0][0] + "*"
    above = (await counter.as_(PROVINCE, "GET", path)).json()
    assert (above["items"], above["numbers"]["listed"]) == ([], 1)


async def named(counter: Counter, username: str, path: str) -> tuple[str, str]:
    (item,) = (await counter.as_(username, "GET", path)).json()["items"]
    return item["name"], item["id_number"]


async def test_a_chain_is_shown_from_above_only_for_a_recorded_reason(
    month: Month, counter: Counter, worker: Database
) -> None:
    who = somebody()
    await month.load(burden(who, "30000.00"))
    (item,) = await month.push()
    path = f"/people/{item.person_id}/chain"
    here: httpx2.Response = await counter.as_(CIVIL, "GET", path)
    assert [link["kind"] for link in here.json()["links"]] == ["push", "recognition"]
    assert [link["kind"] for link in here.json()["open"]] == ["recognition"]
    assert here.json()["person"]["name"] == who[0]
    refused = await counter.as_(PROVINCE, "GET", path)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/reason-needed")
    shown = await counter.as_(PROVINCE, "POST", path, json={"reason": "核查信访件"})
    assert [link["kind"] for link in shown.json()["links"]] == ["push", "recognition"]
    assert shown.json()["person"]["name"] != who[0]
    async with worker.transaction(WHOLE) as session:
        words = await session.scalar(
            text(
                "select count(*) from access_log where subject_id = :p and purpose = 'people.chain' and words_sealed is not null"
            ),
            {"p": item.person_id},
        )
    assert words


async def test_without_the_statistic_of_the_line_the_list_waits_and_names_it(
    month: Month, handing: Handing, worker: Database, clock: StoppedClock
) -> None:
    """Jining's lines are shares of an income that nobody has entered for that year."""
    seen = await month.load(burden(somebody(), "30000.00"))
    async with worker.transaction(WHOLE) as session:
        (known,) = await session.scalars(select(BurdenRow).where(BurdenRow.upload_id == uuid.UUID(seen["id"])))
        clock.moment = datetime(2032, 2, 1, 9, 0, tzinfo=SHANGHAI)
        values = {c.name: getattr(known, c.name) for c in BurdenRow.__table__.columns if c.name != "id"}
        session.add(BurdenRow(**values | {"division": "370829", "month": date(2032, 1, 1)}))
    jining = await opened(handing, worker, clock, date(2032, 1, 1), "370829")
    assert (await jining.hands.select(str(jining.matter))).missing == "PCDI(2031)"
    assert await jining.items() == []


async def test_a_receipt_is_kept_with_the_month(month: Month) -> None:
    await month.push()
    task = await month.task("push_ack")
    await month.hands.receive(Receipt(str(month.matter), task, "civil_affairs", "2027-02-01"))
    async with month.worker.transaction(WHOLE) as session:
        matter = await session.get_one(MatterRow, month.matter)
        assert matter.facts["acknowledged"] == {"civil_affairs": "2027-02-01"}
        assert matter.facts["listed"] == 0, "a zero push is a push"


def test_models_and_migrations_say_the_same(migrated: DataFolder) -> None:
    engine = create_engine(migrated.database_url("migration"))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    named_in = [f"'{table}'" for table in (*TABLES, "identity_period")] + [f"<{table}>" for table in TABLES]
    assert [one for one in differences if any(name in repr(one) for name in named_in)] == []


async def test_what_was_pushed_is_not_deleted(month: Month, migrated: DataFolder) -> None:
    await month.load(burden(somebody(), "30000.00"))
    (item,) = await month.push()
    address = f"host={migrated.socket} user=jiuzhu_worker dbname=jiuzhu"
    async with await psycopg.AsyncConnection.connect(address) as connection:
        done = await connection.execute("delete from push_item where id = %s", (item.id,))
        assert done.rowcount == 0
        forced = await connection.execute(
            "select count(*) from pg_class where relname = any(%s) and relrowsecurity and relforcerowsecurity",
            (list(TABLES),),
        )
        assert await forced.fetchone() == (len(TABLES),)
