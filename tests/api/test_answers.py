"""Answering: one transaction that either holds everything or nothing, with the checks of each kind."""

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from api.services import Services
from policy.deadlines import SHANGHAI
from store.applications import ApplicationRow, PaperRow
from store.assessment import assess_application
from store.database import WHOLE, Database
from store.decisions import DecisionRow
from store.outbox import OutboxRow
from store.reference import ParameterRow
from store.tasks import TaskRow
from tests.api.conftest import (
    CASEWORKER,
    CITY_SUPERVISOR,
    COUNTY_CASEWORKER,
    COUNTY_SUPERVISOR,
    SUPERVISOR,
    Counter,
    StoppedClock,
    day,
)

CIVIL_AFFAIRS = "county.civil_affairs.caseworker@140522"
SURVEY = {"illness": "乳腺癌术后", "household_economy": "务农，年收入约一万元", "surveyors": ["甲某", "乙某"]}
REFUSAL = {"provisions": ["A-17"], "reason": "未超过起付标准"}


async def opened(counter: Counter, kind: str, **values: Any) -> tuple[dict[str, Any], str]:
    filed = await counter.file()
    return filed, await counter.open_task(filed, kind, **values)


def code(answer: Any) -> str:
    return str(answer.json()["type"]).removeprefix("/problems/")


async def test_an_answer_is_committed_and_says_what_comes_next(counter: Counter, worker: Database) -> None:
    filed, task = await opened(counter, "acceptance")
    answer = await counter.answer(CASEWORKER, task, "accept")
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "task": task,
        "settled": False,
        "subject": {"type": "application", "id": filed["id"], "number": filed["number"], "status": "submitted"},
        "next": [],
    }
    async with worker.transaction(WHOLE) as session:
        row = (await session.scalars(select(TaskRow).where(TaskRow.id == task))).one()
        sent = (await session.scalars(select(OutboxRow).where(OutboxRow.workflow_id == row.workflow_id))).all()
    assert (row.state, row.outcome, row.days_late) == ("answered", "accept", 0)
    assert [outbox.workflow for outbox in sent] == ["application", "application"]


async def test_until_acknowledged_the_case_is_in_transit(counter: Counter, worker: Database) -> None:
    filed, task = await opened(counter, "acceptance")
    await counter.answer(CASEWORKER, task, "accept")
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    assert case["in_transit"] is True
    assert case["last_answer"]["label"] == "受理"
    async with worker.transaction(WHOLE) as session:
        await session.execute(text("update task set acknowledged_at = now() where id = :id"), {"id": task})
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    assert case["in_transit"] is False


async def test_an_answer_waits_for_its_acknowledgement(counter: Counter, worker: Database) -> None:
    _, task = await opened(counter, "acceptance")

    async def acknowledge() -> None:
        await asyncio.sleep(0.15)
        async with worker.transaction(WHOLE) as session:
            await session.execute(text("update task set acknowledged_at = now() where id = :id"), {"id": task})

    headers = {"Prefer": "wait=5"}
    answer, _ = await asyncio.gather(
        counter.as_(CASEWORKER, "POST", f"/tasks/{task}/answer", json={"outcome": "accept"}, headers=headers),
        acknowledge(),
    )
    assert answer.json()["settled"] is True


async def test_a_second_officer_learns_who_answered_and_when(counter: Counter) -> None:
    _, task = await opened(counter, "acceptance")
    second = "township.township_government.caseworker2@140522100"
    await counter.as_(second, "GET", "/tasks")
    answers = await asyncio.gather(
        counter.answer(CASEWORKER, task, "accept"),
        counter.answer(second, task, "ask_supplement", fields={"missing": ["other"]}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert code(late) == "already-answered"
    assert late.json()["answered_by"] in (CASEWORKER, second)
    assert late.json()["answered_at"] == "2025-03-03T09:00:00+08:00"
    assert f"（{late.json()['answered_by']}）于2025-03-03 09:00" in late.json()["title"]


async def test_a_claimed_task_is_answered_by_its_holder_only(counter: Counter) -> None:
    _, task = await opened(counter, "acceptance")
    second = "township.township_government.caseworker2@140522100"
    assert (await counter.as_(second, "POST", f"/tasks/{task}/claim")).json()["assignee"] == second
    refused = await counter.answer(CASEWORKER, task, "accept")
    assert (refused.status_code, code(refused)) == (409, "claimed-by-other")
    assert f"（{second}）认领" in refused.json()["title"]
    assert not refused.json()["title"].startswith("此事项已由（"), "the name stands before the username"
    assert (await counter.as_(CASEWORKER, "POST", f"/tasks/{task}/release")).status_code == 403
    assert (await counter.as_(SUPERVISOR, "POST", f"/tasks/{task}/release")).json()["assignee"] is None
    assert (await counter.answer(CASEWORKER, task, "accept")).status_code == 200


async def test_an_outcome_that_the_step_does_not_allow_lists_those_it_does(counter: Counter) -> None:
    _, task = await opened(counter, "acceptance")
    answer = await counter.answer(CASEWORKER, task, "approve")
    assert (answer.status_code, code(answer)) == (422, "unknown-outcome")
    assert answer.json()["allowed"] == ["accept", "accept_with_pending", "ask_supplement", "refuse", "transfer"]
    assert [problem["pointer"] for problem in answer.json()["errors"]] == ["/outcome"]


async def test_nobody_has_no_chain(counter: Counter) -> None:
    _, task = await opened(counter, "acceptance")
    chain = await counter.as_(CASEWORKER, "GET", f"/people/{task}/chain")
    assert (chain.status_code, code(chain)) == (404, "not-found")


async def test_acceptance_needs_all_required_papers(counter: Counter) -> None:
    body = await counter.application()
    body["documents"] = [paper for paper in body["documents"] if paper["kind"] != "insurance_proof"]
    filed = (await counter.as_(CASEWORKER, "POST", "/applications", json=body)).json()
    task = await counter.open_task(filed, "acceptance")
    refused = await counter.answer(CASEWORKER, task, "accept")
    assert (refused.status_code, code(refused)) == (422, "papers-missing")
    assert "医疗保险报销证明" in refused.json()["title"]
    assert "B-19" in refused.json()["title"]
    wrong = await counter.answer(CASEWORKER, task, "accept_with_pending", fields={"pending": ["diagnosis"]})
    assert wrong.status_code == 422
    right = await counter.answer(CASEWORKER, task, "accept_with_pending", fields={"pending": ["insurance_proof"]})
    assert right.status_code == 200
    pending = await counter.open_task(filed, "pending_papers")
    file = await counter.upload()
    supplied = [{"kind": "insurance_proof", "file": file}]
    assert (await counter.answer(CASEWORKER, pending, "supplied", fields={"documents": supplied})).status_code == 200
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    assert case["pending_papers"] is False
    paper = next(paper for paper in case["documents"] if paper["kind"] == "insurance_proof")
    assert (paper["state"], paper["file"]) == ("supplied", file)


async def test_papers_to_follow_are_all_that_is_missing_when_none_is_named(counter: Counter) -> None:
    given = (await counter.application())["documents"]
    complete = await counter.open_task(await counter.file(documents=given), "acceptance")
    nothing = await counter.answer(CASEWORKER, complete, "accept_with_pending")
    assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (422, "/fields/pending")

    without_proof = [
        paper for paper in (await counter.application())["documents"] if paper["kind"] != "insurance_proof"
    ]
    filed = await counter.file(documents=[*without_proof, {"kind": "insurance_proof", "pending": True}])
    task = await counter.open_task(filed, "acceptance")
    assert (await counter.answer(CASEWORKER, task, "accept_with_pending", fields=None)).status_code == 200
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    assert case["timeline"][-1]["codes"]["pending"] == ["insurance_proof"]

    without_diagnosis = [paper for paper in (await counter.application())["documents"] if paper["kind"] != "diagnosis"]
    task = await counter.open_task(await counter.file(documents=without_diagnosis), "acceptance")
    refused = await counter.answer(CASEWORKER, task, "accept_with_pending")
    assert (refused.status_code, refused.json()["errors"][0]["clause"]) == (422, "B-19")


async def test_missing_papers_are_asked_for_once(counter: Counter, worker: Database) -> None:
    filed, task = await opened(counter, "acceptance")
    fields = {"missing": ["other"], "note": "请补户口簿"}
    assert (await counter.answer(CASEWORKER, task, "ask_supplement", fields=fields)).status_code == 200
    supplement = await counter.open_task(filed, "supplement")
    papers = [{"kind": "other", "file": await counter.upload()}]
    assert (await counter.answer(CASEWORKER, supplement, "supplied", fields={"documents": papers})).status_code == 200
    again = await counter.open_task(filed, "acceptance", round=2)
    refused = await counter.answer(CASEWORKER, again, "ask_supplement", fields=fields)
    assert (refused.status_code, code(refused)) == (409, "supplement-already-asked")
    async with worker.transaction(WHOLE) as session:
        states = await session.scalars(select(PaperRow.state).where(PaperRow.application_id == filed["id"]))
        assert sorted(states) == ["given"] * 5 + ["supplied"]


async def test_what_was_only_promised_at_filing_holds_no_completed_file_back(counter: Counter) -> None:
    papers = [*(await counter.application())["documents"], {"kind": "other", "pending": True}]
    filed = await counter.file(documents=papers)
    task = await counter.open_task(filed, "returned_file")
    forwarded = await counter.answer(CASEWORKER, task, "forwarded", fields={"statement": "已补充说明"})
    assert forwarded.status_code == 200, forwarded.text
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    assert case["pending_papers"] is False


async def test_papers_that_were_never_brought_may_be_asked_for_again(counter: Counter) -> None:
    """After a move, or a lapse and its reopening: the step of the list is the only one by which they come."""
    filed, task = await opened(counter, "acceptance")
    fields = {"missing": ["other"], "note": "请补户口簿"}
    assert (await counter.answer(CASEWORKER, task, "ask_supplement", fields=fields)).status_code == 200
    await counter.open_task(filed, "supplement", state="closed", closed_reason="moved")
    again = await counter.open_task(filed, "acceptance", round=2)
    assert (await counter.answer(CASEWORKER, again, "ask_supplement", fields=fields)).status_code == 200


async def test_a_survey_needs_two_surveyors(counter: Counter) -> None:
    _, task = await opened(counter, "survey")
    alone = await counter.answer(CASEWORKER, task, "recorded", fields=SURVEY | {"surveyors": ["甲某"]})
    assert alone.status_code == 422
    assert alone.json()["errors"][0]["pointer"] == "/fields/surveyors"
    assert (await counter.answer(CASEWORKER, task, "recorded", fields=SURVEY)).status_code == 200


async def test_wrong_fields_are_told_all_at_once(counter: Counter) -> None:
    _, task = await opened(counter, "survey")
    answer = await counter.answer(
        CASEWORKER, task, "recorded", fields={"surveyors": 3, "colour": "blue"}, done_on="2025-03-04"
    )
    assert {problem["pointer"] for problem in answer.json()["errors"]} == {
        "/fields/illness",
        "/fields/household_economy",
        "/fields/surveyors",
        "/fields/colour",
        "/done_on",
    }


async def test_no_objection_waits_for_the_last_day(counter: Counter, clock: StoppedClock) -> None:
    _, task = await opened(counter, "township_notice_result", not_before=day("2025-03-21"))
    clock.moment = datetime(2025, 3, 20, 17, 0, tzinfo=SHANGHAI)
    early = await counter.answer(CASEWORKER, task, "no_objection")
    assert (early.status_code, code(early)) == (409, "notice-still-running")
    assert "2025-03-21" in early.json()["title"]
    clock.moment = datetime(2025, 3, 21, 9, 0, tzinfo=SHANGHAI)
    assert (await counter.answer(CASEWORKER, task, "no_objection")).status_code == 200


async def test_an_act_done_late_records_its_working_days(
    counter: Counter, clock: StoppedClock, worker: Database
) -> None:
    _, task = await opened(counter, "acceptance")
    clock.moment = datetime(2025, 3, 10, 9, 0, tzinfo=SHANGHAI)
    assert (await counter.answer(CASEWORKER, task, "accept")).status_code == 200
    async with worker.transaction(WHOLE) as session:
        assert await session.scalar(select(TaskRow.days_late).where(TaskRow.id == task)) == 2


async def test_a_paper_entry_counts_from_its_own_day(counter: Counter, clock: StoppedClock, worker: Database) -> None:
    filed, task = await opened(counter, "acceptance")
    clock.moment = datetime(2025, 3, 10, 9, 0, tzinfo=SHANGHAI)
    without = await counter.answer(CASEWORKER, task, "accept", done_on="2025-03-04")
    assert "超过3个工作日" in without.json()["errors"][0]["zh"]
    too_early = await counter.answer(CASEWORKER, task, "accept", done_on="2025-02-28", paper_reason="停电")
    assert too_early.json()["errors"][0]["pointer"] == "/done_on"
    right = await counter.answer(CASEWORKER, task, "accept", done_on="2025-03-04", paper_reason="停电")
    assert right.status_code == 200
    async with worker.transaction(WHOLE) as session:
        row = (await session.scalars(select(TaskRow).where(TaskRow.id == task))).one()
        last_act_on = await session.scalar(select(ApplicationRow.last_act_on).where(ApplicationRow.id == filed["id"]))
    assert (row.done_on, row.days_late, last_act_on) == (day("2025-03-04"), 0, day("2025-03-04"))


async def test_papers_do_not_follow_before_the_acceptance(
    counter: Counter, clock: StoppedClock, worker: Database
) -> None:
    filed, task = await opened(counter, "pending_papers")
    clock.moment = datetime(2025, 3, 6, 9, 0, tzinfo=SHANGHAI)
    async with worker.transaction(WHOLE) as session:
        await session.execute(
            text("update application set accepted_on = '2025-03-05' where id = :id"), {"id": filed["id"]}
        )
    papers = {"documents": [{"kind": "other", "file": await counter.upload()}]}
    early = await counter.answer(CASEWORKER, task, "supplied", fields=papers, done_on="2025-03-04", paper_reason="停电")
    assert early.status_code == 422
    assert [problem["pointer"] for problem in early.json()["errors"]] == ["/done_on"]
    assert "2025-03-05" in early.json()["errors"][0]["zh"]
    right = await counter.answer(CASEWORKER, task, "supplied", fields=papers, done_on="2025-03-05", paper_reason="停电")
    assert right.status_code == 200


@pytest.mark.parametrize(
    ("first", "fields", "second", "who"),
    [("survey", SURVEY, "township_review", "township.township_government.supervisor@140522100")],
)
async def test_separation_stands_between_two_posts_of_one_person(
    counter: Counter, worker: Database, first: str, fields: dict[str, Any], second: str, who: str
) -> None:
    filed, task = await opened(counter, first)
    assert (await counter.answer(CASEWORKER, task, "recorded", fields=fields)).status_code == 200
    async with worker.transaction(WHOLE) as session:  # the caseworker has been promoted since
        await session.execute(
            text("update task set answered_by = (select id from account where username = :who) where id = :id"),
            {"who": who, "id": task},
        )
    review = await counter.open_task(filed, second)
    refused = await counter.answer(who, review, "eligible")
    assert (refused.status_code, code(refused)) == (403, "separation-of-duties")
    assert refused.json()["step"] == first


async def test_who_filed_a_case_does_not_review_it(counter: Counter, worker: Database) -> None:
    filed, task = await opened(counter, "township_review")
    async with worker.transaction(WHOLE) as session:
        await session.execute(
            text("update application set filed_by = (select id from account where username = :who) where id = :id"),
            {"who": SUPERVISOR, "id": filed["id"]},
        )
    refused = await counter.answer(SUPERVISOR, task, "eligible")
    assert (refused.status_code, refused.json()["step"]) == (403, "filing")


async def assessed(services: Services, worker: Database, filed: dict[str, Any]) -> DecisionRow:
    async with worker.transaction(WHOLE) as session:
        application = (await session.scalars(select(ApplicationRow).where(ApplicationRow.id == filed["id"]))).one()
        return await assess_application(session, services.vault, application, services.clock.now())


async def test_an_amount_is_approved_as_it_was_seen(counter: Counter, services: Services, worker: Database) -> None:
    filed, review = await opened(counter, "county_review")
    early = await counter.answer(COUNTY_CASEWORKER, review, "propose_approval")
    assert (early.status_code, code(early)) == (409, "not-assessed")
    decision = await assessed(services, worker, filed)
    assert decision.amount is not None
    amount = f"{decision.amount:.2f}"
    assert (await counter.answer(COUNTY_CASEWORKER, review, "propose_approval")).status_code == 200
    approval = await counter.open_task(filed, "county_approval")
    changed = await counter.answer(COUNTY_SUPERVISOR, approval, "approve", fields={"amount": "1.00"})
    assert (changed.status_code, code(changed), changed.json()["amount"]) == (409, "amount-changed", amount)
    assert (await counter.answer(COUNTY_SUPERVISOR, approval, "approve", fields={"amount": amount})).status_code == 200
    async with worker.transaction(WHOLE) as session:
        final = await session.scalars(
            select(DecisionRow.amount).where(DecisionRow.application_id == filed["id"], DecisionRow.final)
        )
        assert final.all() == [decision.amount]


async def test_nobody_is_approved_as_what_civil_affairs_have_not_confirmed(
    counter: Counter, services: Services, worker: Database
) -> None:
    filed, check = await opened(counter, "identity_check")
    await assessed(services, worker, filed)
    other = {"category": "DBBY", "recognised_on": "2099-01-01"}
    early = await counter.answer(CIVIL_AFFAIRS, check, "confirmed", fields=other)
    assert early.status_code == 422
    assert [problem["pointer"] for problem in early.json()["errors"]] == ["/fields/recognised_on"]
    other["recognised_on"] = "2025-02-20"
    assert (await counter.answer(CIVIL_AFFAIRS, check, "confirmed", fields=other)).status_code == 200
    approval = await counter.open_task(filed, "county_approval")
    refused = await counter.answer(COUNTY_SUPERVISOR, approval, "approve")
    assert (refused.status_code, code(refused), refused.json()["confirmed"]) == (409, "identity-differs", "DBBY")


async def test_two_cases_of_one_person_cannot_exceed_the_cap_by_being_approved_at_once(
    counter: Counter, services: Services, worker: Database
) -> None:
    """S-14's cap: the second approval sees what the first has used, so its amount has changed."""
    applicant = {"id_number": "140522197506150021", "household": []}
    costs = {
        "total": "60000.00",
        "compliant_total": "60000.00",
        "basic": "40000.00",
        "critical_illness": "0.00",
        "commercial": "0.00",
    }
    approvals = []
    for _ in range(2):
        filed = await counter.file(category="DB", applicant=applicant, costs=costs)
        decision = await assessed(services, worker, filed)
        assert decision.amount == Decimal("14000.00")
        approvals.append(await counter.open_task(filed, "county_approval"))
    answers = await asyncio.gather(
        *(counter.answer(COUNTY_SUPERVISOR, task, "approve", fields={"amount": "14000.00"}) for task in approvals)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert (code(late), late.json()["amount"]) == ("amount-changed", "1000.00")
    task = approvals[answers.index(late)]
    again = await counter.answer(COUNTY_SUPERVISOR, task, "approve", fields={"amount": "1000.00"})
    assert again.status_code == 200, "the refusal kept the new calculation for the officer to look at"


async def test_a_case_without_its_parameter_is_not_approved(
    counter: Counter, services: Services, worker: Database
) -> None:
    filed = await counter.file(category="DSR")
    decision = await assessed(services, worker, filed)
    assert decision.outcome == "parameter_missing"
    task = await counter.open_task(filed, "county_review")
    refused = await counter.answer(COUNTY_CASEWORKER, task, "propose_approval")
    assert (refused.status_code, code(refused)) == (409, "parameter-missing")
    assert refused.json()["key"] == decision.missing[0] == "CONDITIONS(DSR)"
    assert refused.json()["title"].startswith("缺少参数“认定条件（")
    assert "[CONDITIONS(DSR)]" in refused.json()["title"]


async def test_a_parameter_entered_releases_all_that_wait_for_it(counter: Counter, worker: Database) -> None:
    detail = {"key": "CAP(FPZP)"}
    _, task = await opened(counter, "missing_parameter", detail=detail)
    _, other = await opened(counter, "missing_parameter", detail=detail)
    _, unrelated = await opened(counter, "missing_parameter", detail={"key": "CAP(YF)"})
    entry = {"value": "一万", "document": "晋市医保发〔2025〕1号（虚构）", "effective_from": "2024-01-01"}
    wrong = await counter.answer(CITY_SUPERVISOR, task, "entered", fields=entry)
    assert wrong.json()["errors"][0]["pointer"] == "/fields/value"
    right = await counter.answer(CITY_SUPERVISOR, task, "entered", fields=entry | {"value": "12,000.00"})
    assert right.status_code == 200, right.text
    async with worker.transaction(WHOLE) as session:
        row = (await session.scalars(select(ParameterRow).where(ParameterRow.key == "CAP(FPZP)"))).one()
        states = {row.id: row.closed_reason for row in await session.execute(select(TaskRow.id, TaskRow.closed_reason))}
    assert (row.value, row.unit, row.basis, row.division, row.source) == (
        "12000.00",
        "yuan",
        "unreviewed",
        "1405",
        "counter",
    )
    by_id = {str(key): reason for key, reason in states.items()}
    assert (by_id[other], by_id[unrelated]) == ("released", None)


async def test_two_answers_for_one_parameter_do_not_wait_for_each_other(counter: Counter, worker: Database) -> None:
    detail = {"key": "SUBSIDY(YF)"}
    tasks = [(await opened(counter, "missing_parameter", detail=detail))[1] for _ in range(2)]
    entry = {"value": "380.00", "document": "虚构〔2025〕3号", "effective_from": "2024-01-01"}
    await counter.as_(CITY_SUPERVISOR, "GET", "/tasks")
    async with worker.transaction(WHOLE) as session:  # holds both until each answer has begun
        await session.execute(select(TaskRow).where(TaskRow.id.in_(tasks)).order_by(TaskRow.id).with_for_update())
        answers = [
            asyncio.create_task(counter.answer(CITY_SUPERVISOR, task, "entered", fields=entry)) for task in tasks
        ]
        await asyncio.sleep(0.3)
    told = [await answer for answer in answers]
    assert sorted(answer.status_code for answer in told) == [200, 409]
    assert code(next(answer for answer in told if answer.status_code == 409)) == "task-closed"


async def test_a_list_of_papers_names_only_kinds_that_there_are(counter: Counter) -> None:
    _, task = await opened(counter, "missing_parameter", detail={"key": "PENDING_PAPERS"})
    entry = {"value": "diagnosis、诊断书", "document": "虚构〔2025〕4号", "effective_from": "2024-01-01"}
    refused = await counter.answer(CITY_SUPERVISOR, task, "entered", fields=entry)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/fields/value"
    assert "diagnosis（" in refused.json()["errors"][0]["zh"]


async def test_a_rate_below_the_floor_is_refused_with_its_clause(counter: Counter) -> None:
    _, task = await opened(counter, "missing_parameter", detail={"key": "RATE(YF)"})
    entry = {"value": "50%", "document": "虚构〔2025〕2号", "effective_from": "2024-01-01"}
    refused = await counter.answer(CITY_SUPERVISOR, task, "entered", fields=entry)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["clause"] == "A-14"


async def test_what_was_typed_stays_out_of_the_timeline(counter: Counter, worker: Database) -> None:
    filed, task = await opened(counter, "survey")
    fields = SURVEY | {"illness": "金丝雀病", "surveyors": ["金丝雀甲", "金丝雀乙"]}
    await counter.answer(CASEWORKER, task, "recorded", fields=fields, comment="金丝雀说明")
    async with worker.transaction(WHOLE) as session:
        entries = await session.scalars(
            text("select codes::text || tag from timeline where subject_id = :id"), {"id": filed["id"]}
        )
        told = "".join(entries)
        sealed = await session.scalar(text("select answer_sealed from task where id = :id"), {"id": task})
    assert "调查" not in told
    assert "金丝雀" not in told
    assert "金丝雀".encode() not in bytes(sealed)
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    assert case["records"][0]["fields"]["illness"] == "金丝雀病"
    assert case["timeline"][-1]["text"] == "入户调查：调查完成（调查人2人）"
