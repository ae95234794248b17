"""Substitutes and people who have left: what they may, and that nobody does two steps that must be two (I2)."""

import uuid
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, update

from policy.deadlines import SHANGHAI
from policy.teamwork import may_press, may_stand_in_for
from policy.terms import Department, Level, Office, Post, Role
from store.absences import AbsenceRow
from store.accounts import AccountRow
from store.database import WHOLE, Database
from store.tasks import TaskRow
from tests.api.conftest import (
    CASEWORKER,
    COUNTY_CASEWORKER,
    COUNTY_SUPERVISOR,
    MORNING,
    SUPERVISOR,
    Counter,
    StoppedClock,
)

SECOND = "township.township_government.caseworker2@140522100"
LEADER = "township.township_government.leader@140522100"
COUNTY_SECOND = "county.medical_insurance.caseworker2@140522"
FINANCE_SECOND = "county.finance.caseworker2@140522"
ADMINISTRATOR = "county.medical_insurance.administrator@140522"
SURVEY = {"illness": "属实", "household_economy": "属实", "surveyors": ["郭禾", "樊望"]}


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
async def everybody_is_back_afterwards(worker: Database) -> AsyncIterator[None]:
    yield
    async with worker.transaction(WHOLE) as session:
        await session.execute(update(AbsenceRow).where(AbsenceRow.ended_at.is_(None)).values(ended_at=MORNING))
        await session.execute(update(AccountRow).values(active=True))


async def away(counter: Counter, by: str, who: str, substitute: str, first: str, last: str) -> Any:
    body = {"from": first, "to": last, "substitute": substitute}
    return await counter.as_(by, "POST", f"/staff/{who}/absences", json=body)


async def account(worker: Database, username: str) -> uuid.UUID:
    async with worker.transaction(WHOLE) as session:
        return (await session.scalars(select(AccountRow.id).where(AccountRow.username == username))).one()


async def acted_for(worker: Database, task: str) -> uuid.UUID | None:
    async with worker.transaction(WHOLE) as session:
        return (await session.get_one(TaskRow, uuid.UUID(task))).acted_for


def post(role: Role, department: Department = Department.MEDICAL_INSURANCE, level: Level = Level.COUNTY) -> Post:
    return Post(level, department, role)


@pytest.mark.parametrize(
    ("substitute", "absent", "may"),
    [
        (Role.CASEWORKER, Role.CASEWORKER, True),
        (Role.SUPERVISOR, Role.CASEWORKER, True),
        (Role.LEADER, Role.SUPERVISOR, True),
        (Role.SUPERVISOR, Role.LEADER, True),
        (Role.CASEWORKER, Role.SUPERVISOR, False),
        (Role.CASEWORKER, Role.LEADER, False),
        (Role.AUDITOR, Role.CASEWORKER, False),
        (Role.SUPERVISOR, Role.ADMINISTRATOR, False),
    ],
)
def test_nobody_rises_by_another_persons_absence(substitute: Role, absent: Role, may: bool) -> None:
    assert may_stand_in_for(post(substitute), post(absent)) is may
    assert not may_stand_in_for(post(substitute, Department.FINANCE), post(absent))
    assert not may_stand_in_for(post(substitute, level=Level.CITY), post(absent))


def test_above_a_township_stands_medical_insurance() -> None:
    township = Office("140522100", post(Role.CASEWORKER, Department.TOWNSHIP_GOVERNMENT, Level.TOWNSHIP))
    assert may_press(post(Role.SUPERVISOR), "140522", township)
    assert not may_press(post(Role.SUPERVISOR), "140827", township)
    assert not may_press(post(Role.SUPERVISOR, Department.FINANCE), "140522", township)
    assert not may_press(post(Role.LEADER), "140522", township)


async def test_a_substitute_has_the_box_and_the_tasks_of_the_absent_in_those_days_only(
    counter: Counter, clock: StoppedClock, worker: Database
) -> None:
    filed = await counter.file(SECOND)
    claimed = await counter.open_task(filed, "survey", assignee=await account(worker, CASEWORKER))
    entered = await away(counter, CASEWORKER, CASEWORKER, SUPERVISOR, "2025-03-05", "2025-03-06")
    assert entered.status_code == 201

    async def mine(day: str) -> list[str]:
        clock.moment = at(day)
        box = await counter.as_(SUPERVISOR, "GET", f"/tasks?box=mine&q={filed['number']}")
        return [item["id"] for item in box.json()["items"]]

    assert (await mine("2025-03-04"), await mine("2025-03-06"), await mine("2025-03-07")) == ([], [claimed], [])
    clock.moment = at("2025-03-04")
    early = await counter.answer(SUPERVISOR, claimed, "recorded", fields=SURVEY)
    clock.moment = at("2025-03-05")
    answered = await counter.answer(SUPERVISOR, claimed, "recorded", fields=SURVEY)
    assert (early.status_code, answered.status_code) == (403, 200)
    assert await acted_for(worker, claimed) == await account(worker, CASEWORKER)
    shown = await counter.as_(CASEWORKER, "GET", f"/tasks/{claimed}")
    assert (shown.json()["answer"]["by"], shown.json()["answer"]["acted_for"]) == (SUPERVISOR, CASEWORKER)


async def test_who_stood_in_for_a_step_does_not_do_the_step_that_must_be_anothers(
    counter: Counter, clock: StoppedClock, worker: Database
) -> None:
    """The supervisor did the absent clerk's survey: the review is neither the supervisor's nor, later, the clerk's."""
    filed = await counter.file(SECOND)
    await away(counter, SUPERVISOR, CASEWORKER, SUPERVISOR, "2025-03-03", "2025-03-07")
    survey = await counter.open_task(filed, "survey")
    assert (await counter.answer(SUPERVISOR, survey, "recorded", fields=SURVEY)).status_code == 200
    review = await counter.open_task(filed, "township_review")
    own = await counter.answer(SUPERVISOR, review, "eligible")
    assert (own.status_code, own.json()["step"]) == (403, "survey")

    async with worker.transaction(WHOLE) as session:  # the clerk comes to the supervisor's post
        await session.execute(update(AccountRow).where(AccountRow.username == CASEWORKER).values(role="supervisor"))
    try:
        laundered = await counter.answer(CASEWORKER, review, "eligible")
    finally:
        async with worker.transaction(WHOLE) as session:
            await session.execute(update(AccountRow).where(AccountRow.username == CASEWORKER).values(role="caseworker"))
    assert (laundered.status_code, laundered.json()["step"]) == (403, "survey")
    assert clock.moment == MORNING


async def test_a_substitute_may_not_do_what_the_absent_person_may_not(
    counter: Counter, clock: StoppedClock, worker: Database
) -> None:
    """The leader stands in for the supervisor, who has filed nothing but whose clerk's survey the supervisor had done."""
    filed = await counter.file(SECOND)
    await away(counter, LEADER, CASEWORKER, SUPERVISOR, "2025-03-03", "2025-03-03")
    survey = await counter.open_task(filed, "survey")
    assert (await counter.answer(SUPERVISOR, survey, "recorded", fields=SURVEY)).status_code == 200
    await away(counter, LEADER, SUPERVISOR, LEADER, "2025-03-04", "2025-03-05")
    clock.moment = at("2025-03-04")
    review = await counter.open_task(filed, "township_review")
    refused = await counter.answer(LEADER, review, "eligible")
    assert (refused.status_code, refused.json()["step"]) == (403, "survey")
    assert await acted_for(worker, review) is None


async def test_a_substitute_claims_from_the_box_of_the_absent(counter: Counter, worker: Database) -> None:
    filed = await counter.file(SECOND)
    task = await counter.open_task(filed, "acceptance")
    assert (await counter.as_(LEADER, "POST", f"/tasks/{task}/claim")).status_code == 403
    await away(counter, LEADER, CASEWORKER, LEADER, "2025-03-03", "2025-03-03")
    claimed = await counter.as_(LEADER, "POST", f"/tasks/{task}/claim")
    assert (claimed.status_code, claimed.json()["assignee"]) == (200, LEADER)
    assert (await counter.answer(LEADER, task, "accept")).status_code == 200
    assert await acted_for(worker, task) == await account(worker, CASEWORKER)


async def test_who_stands_in_is_told_beside_who_is_away(counter: Counter, worker: Database) -> None:
    task = await counter.open_task(await counter.file(SECOND), "survey", assignee=await account(worker, CASEWORKER))
    await away(counter, LEADER, CASEWORKER, SECOND, "2025-03-03", "2025-03-03")
    urged = await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/remind")
    assert urged.json()["told"] == [SECOND, CASEWORKER]


@pytest.mark.parametrize(
    ("by", "who", "substitute", "first", "last", "status"),
    [
        (SECOND, CASEWORKER, SECOND, "2025-03-04", "2025-03-05", 403),
        (CASEWORKER, CASEWORKER, COUNTY_CASEWORKER, "2025-03-04", "2025-03-05", 422),
        (SUPERVISOR, SUPERVISOR, CASEWORKER, "2025-03-04", "2025-03-05", 422),
        (CASEWORKER, CASEWORKER, CASEWORKER, "2025-03-04", "2025-03-05", 422),
        (CASEWORKER, CASEWORKER, SECOND, "2025-03-05", "2025-03-04", 422),
        (CASEWORKER, CASEWORKER, SECOND, "2025-02-03", "2025-02-28", 422),
        (CASEWORKER, CASEWORKER, SECOND, "2025-03-04", "2025-03-05", 201),
        (COUNTY_SUPERVISOR, CASEWORKER, SECOND, "2025-03-04", "2025-03-05", 403),
    ],
)
async def test_who_may_enter_an_absence_and_for_whom(
    counter: Counter, by: str, who: str, substitute: str, first: str, last: str, status: int
) -> None:
    assert (await away(counter, by, who, substitute, first, last)).status_code == status


async def test_two_people_do_not_stand_in_for_each_other_on_the_same_day(counter: Counter) -> None:
    assert (await away(counter, CASEWORKER, CASEWORKER, SECOND, "2025-03-04", "2025-03-06")).status_code == 201
    crossing = await away(counter, SECOND, SECOND, CASEWORKER, "2025-03-06", "2025-03-07")
    after = await away(counter, SECOND, SECOND, CASEWORKER, "2025-03-07", "2025-03-07")
    assert (crossing.status_code, after.status_code) == (409, 201)


async def test_an_absence_that_is_taken_back_lets_nobody_stand_in(counter: Counter) -> None:
    filed = await counter.file(SECOND)
    task = await counter.open_task(filed, "acceptance")
    entered = (await away(counter, CASEWORKER, CASEWORKER, SUPERVISOR, "2025-03-03", "2025-03-03")).json()
    assert (await counter.as_(SECOND, "DELETE", f"/absences/{entered['id']}")).status_code == 403
    assert (await counter.as_(CASEWORKER, "DELETE", f"/absences/{entered['id']}")).status_code == 204
    assert (await counter.answer(SUPERVISOR, task, "accept")).status_code == 403


async def test_all_tasks_of_a_person_who_has_left_go_to_the_successor_at_once(
    counter: Counter, worker: Database
) -> None:
    holder = await account(worker, COUNTY_SECOND)
    filed = await counter.file()
    tasks = [await counter.open_task(filed, "county_review", round=n, assignee=holder) for n in (1, 2, 3)]
    assert (await counter.as_(COUNTY_SECOND, "GET", "/sessions/current")).status_code == 200
    way = f"/staff/{COUNTY_SECOND}/leave"
    by_colleague = await counter.as_(COUNTY_CASEWORKER, "POST", way, json={})
    wrong_post = await counter.as_(COUNTY_SUPERVISOR, "POST", way, json={"successor": COUNTY_SUPERVISOR})
    assert (by_colleague.status_code, wrong_post.status_code) == (403, 422)

    async with worker.transaction(WHOLE) as session:
        mine = select(func.count()).where(TaskRow.assignee == holder, TaskRow.state == "open")
        number = await session.scalar(mine)  # with those that other tests have left him
    left = await counter.as_(COUNTY_SUPERVISOR, "POST", way, json={"successor": COUNTY_CASEWORKER})
    assert left.json() == {"username": COUNTY_SECOND, "successor": COUNTY_CASEWORKER, "tasks": number}
    assert (await counter.as_(COUNTY_SECOND, "GET", "/sessions/current")).status_code == 401
    held = [(await counter.as_(COUNTY_SUPERVISOR, "GET", f"/tasks/{task}")).json()["assignee"] for task in tasks]
    assert held == [COUNTY_CASEWORKER] * 3
    staff = (await counter.as_(COUNTY_SUPERVISOR, "GET", "/staff")).json()["items"]
    assert {person["username"]: person["active"] for person in staff}[COUNTY_SECOND] is False

    done = await counter.as_(COUNTY_CASEWORKER, "POST", f"/tasks/{tasks[0]}/release")
    assert done.status_code == 200
    back = await counter.as_(ADMINISTRATOR, "POST", f"/staff/{COUNTY_SECOND}/return")
    assert back.json() == {"username": COUNTY_SECOND, "tasks": number}
    again = await counter.as_(ADMINISTRATOR, "POST", f"/staff/{COUNTY_SECOND}/return")
    assert again.status_code == 409
    Counter._tokens.pop(COUNTY_SECOND)  # its session has ended for good


async def test_without_a_successor_the_tasks_go_back_to_the_office(counter: Counter, worker: Database) -> None:
    held = await account(worker, FINANCE_SECOND)
    task = await counter.open_task(await counter.file(), "finance_review", assignee=held)
    left = await counter.as_(ADMINISTRATOR, "POST", f"/staff/{FINANCE_SECOND}/leave")
    assert left.json() == {"username": FINANCE_SECOND, "successor": None, "tasks": 1}
    assert (await counter.as_(COUNTY_SUPERVISOR, "GET", f"/tasks/{task}")).json()["assignee"] is None


async def test_nobody_sees_the_staff_of_elsewhere_or_sends_them_away(counter: Counter) -> None:
    staff = (await counter.as_(SUPERVISOR, "GET", "/staff")).json()["items"]
    assert {person["username"] for person in staff} >= {CASEWORKER, SECOND, SUPERVISOR, LEADER}
    assert {person["username"].rpartition("@")[2] for person in staff} == {"140522100"}
    below = "/staff?division=140522100"
    assert (await counter.as_(COUNTY_SUPERVISOR, "GET", below)).status_code == 403
    listed = (await counter.as_(ADMINISTRATOR, "GET", below)).json()["items"]
    assert CASEWORKER in {person["username"] for person in listed if person["may_leave"]}
    assert (await counter.as_(ADMINISTRATOR, "GET", "/staff?division=140827")).status_code == 404
    refused = await counter.as_(SUPERVISOR, "POST", f"/staff/{COUNTY_CASEWORKER}/leave")
    own = await counter.as_(LEADER, "POST", f"/staff/{LEADER}/leave")
    his_leader = await counter.as_(SUPERVISOR, "POST", f"/staff/{LEADER}/leave")
    assert (refused.status_code, own.status_code, his_leader.status_code) == (404, 403, 403)
    assert date.fromisoformat("2025-03-03") == MORNING.date()
