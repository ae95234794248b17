"""The desk's rows as the worker writes them, seen in the tables: what is told when a task opens, and what a second run does."""

import dataclasses
import uuid
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from temporalio.testing import ActivityEnvironment

from activities.correspondence import Correspondence
from activities.desk import Desk, Request, Waiting
from activities.issuing import Issuing
from activities.ladder import Ladder
from activities.recalculation import import_year
from activities.refusals import Refusals
from api.services import Services
from policy.refusal_steps import DELIVERY
from policy.working_days import CalendarStatus, CalendarYear
from runtime.folder import DataFolder
from store.applications import RefusalRow
from store.database import WHOLE, Database
from store.files import FileStore
from store.notices import NoticeRow
from store.reference import CalendarRow
from store.tasks import PeriodRow, TaskRow
from store.vault import Vault
from tests.api.conftest import CASEWORKER, MORNING, TOWNSHIP, Counter, StoppedClock

MONDAY = MORNING.date().isoformat()
SURVEYED = {"illness": "重病", "household_economy": "无", "surveyors": ["甲", "乙"]}


class Worker:
    """The desk in the hands of a worker, for one workflow."""

    def __init__(self, database: Database, clock: StoppedClock, files: FileStore, vault: Vault) -> None:
        letters = Correspondence("http://counter.test", 15)
        refusals = Refusals(database, clock, vault, Issuing(vault, files, letters), letters)
        self._desk = Desk(database, clock, Ladder(letters), letters, {DELIVERY.kind: refusals.tell_to_deliver})

    async def open(self, workflow: str, filed: dict[str, Any], kind: str, **request: Any) -> Waiting:
        here = ActivityEnvironment()
        here.info = dataclasses.replace(here.info, workflow_id=f"{workflow}/{filed['number']}")
        asked = Request(filed["id"], kind, MONDAY, **request)
        opened: Waiting = await here.run(self._desk.open_task, asked)
        return opened


async def test_a_notice_to_be_delivered_is_mailed_once_when_its_task_opens(
    counter: Counter, worker: Database, clock: StoppedClock, vault: Vault, services: Services
) -> None:
    filed, desk = await counter.file(), Worker(worker, clock, services.files, vault)
    await _refused(worker, vault, filed)
    first, second = [await desk.open("refusal", filed, "delivery") for _ in range(2)]
    assert first == second
    async with worker.transaction(WHOLE) as session:
        told = await session.scalars(
            select(NoticeRow.variables).where(NoticeRow.occasion == f"deliver/{first.task_id}")
        )
        said = told.all()
    assert {notice["notice_number"] for notice in said} == {"〔2025〕第4001号"}
    assert len(said) == 2  # both caseworkers of the township


async def test_a_late_second_run_does_not_set_a_case_back(
    counter: Counter, worker: Database, clock: StoppedClock, vault: Vault, services: Services
) -> None:
    filed, desk = await counter.file(), Worker(worker, clock, services.files, vault)
    survey = await desk.open("application", filed, "survey")
    assert (await counter.answer(CASEWORKER, survey.task_id, "recorded", fields=SURVEYED)).status_code == 200
    await desk.open("application", filed, "township_review", acknowledges=[survey.task_id])
    assert (await desk.open("application", filed, "survey")).outcome == "recorded"
    status = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()["status"]
    assert status == "twp_review"


async def test_a_calendar_that_comes_between_two_tasks_of_one_term_moves_the_second(
    counter: Counter, worker: Database, clock: StoppedClock, vault: Vault, services: Services, migrated: DataFolder
) -> None:
    filed, desk = await counter.file(), Worker(worker, clock, services.files, vault)
    survey = await desk.open("application", filed, "survey")
    assert (await counter.answer(CASEWORKER, survey.task_id, "recorded", fields=SURVEYED)).status_code == 200
    rest = {date(2025, 3, day): "虚构假日" for day in range(4, 8)}
    async with worker.transaction(WHOLE) as session:
        await import_year(
            session, TOWNSHIP, CalendarYear(2025, 1, CalendarStatus.PUBLISHED, "虚构", rest, {}), clock.now()
        )
    try:
        review = await desk.open("application", filed, "township_review", acknowledges=[survey.task_id])
    finally:
        await _forget_calendar(migrated)
    async with worker.transaction(WHOLE) as session:
        period = select(PeriodRow.nominal).join(TaskRow, TaskRow.period_id == PeriodRow.id)
        due = await session.scalar(period.where(TaskRow.id == uuid.UUID(review.task_id)))
    assert due == date(2025, 3, 21)  # ten working days after 3 March, four of them off


async def _forget_calendar(migrated: DataFolder) -> None:
    """The township's own calendar is gone for the tests that follow."""
    owner = Database(migrated.database_url("migration"))
    async with owner.transaction(WHOLE) as session:
        await session.execute(delete(CalendarRow).where(CalendarRow.division == TOWNSHIP))
    await owner.close()


async def _refused(worker: Database, vault: Vault, filed: dict[str, Any]) -> None:
    key = uuid.uuid4()
    async with worker.transaction(WHOLE) as session:
        session.add(
            RefusalRow(
                id=key,
                application_id=uuid.UUID(filed["id"]),
                division=filed["number"][:9],
                status="notice_issued",
                level="township",
                provisions=["A-39"],
                reason_sealed=vault.seal("refusal", "reason", key, "不符"),
                decided_on=MORNING.date(),
                number_year=2025,
                number_serial=4001,
                issued_on=MORNING.date(),
            )
        )
