"""Acts on a whole case: who may do them, at which status, and what each writes. No procedure runs here."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from activities.handing_over import hand_to
from api.services import Services
from policy.deadlines import SHANGHAI
from store.applications import ApplicationRow, RefusalRow, RemedyRow
from store.assessment import assess_application
from store.case_acts import CaseActRow
from store.database import WHOLE, Database
from store.decisions import DecisionRow
from store.outbox import OutboxRow
from store.people import PersonRow
from store.reference import ParameterRow
from store.tasks import TaskRow
from store.timeline import TimelineRow
from store.vault import Vault
from tests.api.conftest import (
    CASEWORKER,
    COUNTY_CASEWORKER,
    COUNTY_SUPERVISOR,
    MORNING,
    SUPERVISOR,
    TOWNSHIP,
    Counter,
    StoppedClock,
    day,
)

OTHER_COUNTY = "140827100"
"""A township of a county outside Jincheng."""


def code(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).removeprefix("/problems/")


async def act(counter: Counter, username: str, filed: dict[str, Any], name: str, **sent: Any) -> httpx2.Response:
    return await counter.as_(username, "POST", f"/applications/{filed['id']}/{name}", json=sent)


async def row_of(worker: Database, filed: dict[str, Any]) -> ApplicationRow:
    async with worker.transaction(WHOLE) as session:
        return await session.get_one(ApplicationRow, uuid.UUID(filed["id"]))


async def put(worker: Database, filed: dict[str, Any], **columns: Any) -> None:
    """Brings the case to where a test begins."""
    async with worker.transaction(WHOLE) as session:
        row = await session.get_one(ApplicationRow, uuid.UUID(filed["id"]))
        for name, value in columns.items():
            setattr(row, name, value)


async def assess(services: Services, worker: Database, filed: dict[str, Any], **columns: Any) -> DecisionRow:
    async with worker.transaction(WHOLE) as session:
        row = await session.get_one(ApplicationRow, uuid.UUID(filed["id"]))
        decision = await assess_application(session, services.vault, row, services.clock.now())
        for name, value in columns.items():
            setattr(decision, name, value)
        return decision


async def entries(worker: Database, filed: dict[str, Any], tag: str) -> list[TimelineRow]:
    async with worker.transaction(WHOLE) as session:
        found = await session.scalars(
            select(TimelineRow).where(TimelineRow.subject_id == uuid.UUID(filed["id"]), TimelineRow.tag == tag)
        )
        return list(found)


# Withdrawal


async def test_a_withdrawn_case_ends_with_all_that_was_open(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "survey")
    beside = await counter.open_task(filed, "pending_papers")
    await put(worker, filed, status="survey")
    answer = await act(counter, CASEWORKER, filed, "withdraw", reason="自愿撤回")
    assert answer.status_code == 200, answer.text
    assert answer.json()["subject"]["status"] == "withdrawn"
    assert (await row_of(worker, filed)).closed_at is not None
    async with worker.transaction(WHOLE) as session:
        rows = list(await session.scalars(select(TaskRow).where(TaskRow.id.in_([task, beside]))))
        sent = (await session.scalars(select(OutboxRow).where(OutboxRow.workflow_id == rows[0].workflow_id))).all()
    assert {(row.state, row.closed_reason) for row in rows} == {("closed", "withdrawn")}
    assert len(sent) == 2  # the filing, and one for both tasks: they wait in the same procedure
    assert [entry.codes for entry in await entries(worker, filed, "counter:application:withdraw")] == [{}]
    late = await counter.answer(CASEWORKER, task, "recorded")
    assert (late.status_code, code(late)) == (409, "task-closed")


async def test_a_withdrawn_bill_may_be_applied_for_anew(counter: Counter) -> None:
    costs = {"settlement_no": f"JS{uuid.uuid4().hex[:12]}"}
    filed = await counter.file(costs=costs)
    again = await counter.as_(CASEWORKER, "POST", "/applications", json=await counter.application(costs=costs))
    assert (again.status_code, code(again)) == (409, "settlement-already-used")
    assert (await act(counter, CASEWORKER, filed, "withdraw")).status_code == 200
    await counter.file(costs=costs)


async def test_a_withdrawal_uses_up_nothing_of_the_years_cap(
    counter: Counter, services: Services, worker: Database
) -> None:
    filed = await counter.file()
    decision = await assess(services, worker, filed, final=True)
    await put(worker, filed, status="county_publicity")
    assert (await act(counter, CASEWORKER, filed, "withdraw")).status_code == 200
    async with worker.transaction(WHOLE) as session:
        assert (await session.get_one(DecisionRow, decision.id)).final is False


@pytest.mark.parametrize("status", ["approved", "rejected", "withdrawn", "lapsed"])
async def test_what_is_decided_is_not_withdrawn(counter: Counter, worker: Database, status: str) -> None:
    filed = await counter.file()
    await put(worker, filed, status=status)
    answer = await act(counter, CASEWORKER, filed, "withdraw")
    assert (answer.status_code, code(answer)) == (409, "act-not-now")


async def test_an_answer_that_decides_was_first_and_wins(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "township_review")
    await put(worker, filed, status="twp_review", last_act_on=day("2025-03-03"))
    given = await counter.answer(
        SUPERVISOR, task, "not_eligible", fields={"provisions": ["A-39"], "reason": "家庭经济状况不符"}
    )
    assert given.status_code == 200, given.text
    answer = await act(counter, CASEWORKER, filed, "withdraw")
    assert (answer.status_code, code(answer)) == (409, "in-transit")


async def test_a_withdrawal_waits_for_no_other_answer(counter: Counter) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "acceptance")
    assert (await counter.answer(CASEWORKER, task, "accept")).status_code == 200
    assert (await act(counter, CASEWORKER, filed, "withdraw")).json()["subject"]["status"] == "withdrawn"


async def test_the_same_withdrawal_sent_twice_is_done_once(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    path = f"/applications/{filed['id']}/withdraw"
    first, second = [await counter.as_(CASEWORKER, "POST", path, json={}, headers=headers) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert len(await entries(worker, filed, "counter:application:withdraw")) == 1


@pytest.mark.parametrize(
    ("username", "status"),
    [
        (SUPERVISOR, 403),
        (COUNTY_CASEWORKER, 403),
        ("county.finance.caseworker@140522", 403),
        ("township.township_government.caseworker@140522101", 404),
        ("county.medical_insurance.caseworker@140827", 404),
    ],
)
async def test_only_the_townships_caseworker_withdraws(counter: Counter, username: str, status: int) -> None:
    filed = await counter.file()
    assert (await act(counter, username, filed, "withdraw")).status_code == status


async def test_a_paper_entry_lies_after_the_last_act_and_has_its_reason(
    counter: Counter, clock: StoppedClock, worker: Database
) -> None:
    filed = await counter.file()
    await put(worker, filed, last_act_on=day("2025-03-03"))
    clock.moment = datetime(2025, 3, 6, 9, 0, tzinfo=SHANGHAI)
    early = await act(counter, CASEWORKER, filed, "withdraw", done_on="2025-03-02", paper_reason="停电")
    unfounded = await act(counter, CASEWORKER, filed, "withdraw", done_on="2025-03-04")
    misread = await act(counter, CASEWORKER, filed, "withdraw", done_on="3月4日", paper_reason=4, colour="red")
    assert [error["pointer"] for error in early.json()["errors"]] == ["/done_on"]
    assert [error["pointer"] for error in unfounded.json()["errors"]] == ["/paper_reason"]
    assert {error["pointer"] for error in misread.json()["errors"]} == {"/done_on", "/paper_reason", "/colour"}
    right = await act(counter, CASEWORKER, filed, "withdraw", done_on="2025-03-04", paper_reason="停电")
    assert right.status_code == 200, right.text
    [entry] = await entries(worker, filed, "counter:application:withdraw")
    assert (entry.day, entry.codes) == (day("2025-03-04"), {"paper": True})


# Correction


async def test_a_correction_keeps_what_was_there_before(counter: Counter, worker: Database, vault: Vault) -> None:
    filed = await counter.file()
    answer = await act(
        counter,
        CASEWORKER,
        filed,
        "correct",
        reason="录入时将总费用误写",
        costs={"total": "93400.00"},
        applicant={"phone": "13800138001"},
    )
    assert answer.status_code == 200, answer.text
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    assert (case["costs"]["total"], case["applicant"]["phone"]) == ("93400.00", "13800138001")
    assert case["costs"]["compliant_total"] == "86231.00"
    [entry] = await entries(worker, filed, "counter:application:correct")
    assert entry.codes == {"fields": ["applicant.phone", "costs.total"]}
    assert "1380013800" not in str(entry.codes)
    async with worker.transaction(WHOLE) as session:
        kept = (await session.scalars(select(CaseActRow).where(CaseActRow.subject_id == uuid.UUID(filed["id"])))).one()
    assert kept.typed_sealed is not None
    assert vault.open("case_act", "typed", kept.id, kept.typed_sealed) == {
        "reason": "录入时将总费用误写",
        "before": {"applicant.phone": "13800138000", "costs.total": "92400.00"},
        "after": {"applicant.phone": "13800138001", "costs.total": "93400.00"},
    }


async def test_a_correction_is_checked_as_a_filing_is(counter: Counter) -> None:
    filed = await counter.file()
    answer = await act(
        counter,
        CASEWORKER,
        filed,
        "correct",
        reason="更正",
        costs={"total": "100.00", "settled_on": "2099-01-01"},
        applicant={"id_number": "140522196001010011", "registered_in": "999999"},
        colour="red",
    )
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/colour"}
    answer = await act(
        counter,
        CASEWORKER,
        filed,
        "correct",
        reason="更正",
        costs={"total": "100.00", "settled_on": "2099-01-01"},
        applicant={"id_number": "140522196001010011", "registered_in": "999999"},
    )
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert {"/applicant/id_number", "/applicant/registered_in", "/costs/settled_on"} <= pointers
    assert any(pointer.startswith("/costs/") and pointer != "/costs/settled_on" for pointer in pointers)


async def test_a_correction_that_changes_nothing_is_none(counter: Counter) -> None:
    filed = await counter.file()
    same = await act(counter, CASEWORKER, filed, "correct", reason="更正", costs={"total": "92400"})
    empty = await act(counter, CASEWORKER, filed, "correct", reason="更正")
    odd = await act(counter, CASEWORKER, filed, "correct", reason="更正", costs="92400.00")
    assert [answer.status_code for answer in (same, empty, odd)] == [422, 422, 422]


async def test_a_corrected_number_finds_or_makes_the_right_person(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    before = await row_of(worker, filed)
    right = {"name": "金丝雀", "id_number": "140522196001010037"}
    answer = await act(counter, CASEWORKER, filed, "correct", reason="证件号码误录", applicant=right)
    assert answer.status_code == 200, answer.text
    after = await row_of(worker, filed)
    assert after.person_id != before.person_id
    assert after.household_id == before.household_id
    async with worker.transaction(WHOLE) as session:
        assert (await session.get_one(PersonRow, after.person_id)).household_id == before.household_id
    other = await counter.file()
    assert (await row_of(worker, other)).person_id == before.person_id
    assert (await act(counter, CASEWORKER, other, "correct", reason="同上", applicant=right)).status_code == 200
    assert (await row_of(worker, other)).person_id == after.person_id


async def test_a_case_that_has_been_assessed_is_assessed_again(
    counter: Counter, services: Services, worker: Database
) -> None:
    filed = await counter.file(applicant={"id_number": "140522196001010053"})
    # S-01: base 86,231.00 - 48,200.00 - 11,300.00 - 2,000.00 = 24,731.00; a thousand less with 3,000.00 paid commercially.
    first = await assess(services, worker, filed)
    await put(worker, filed, status="county_review")
    answer = await act(
        counter, COUNTY_CASEWORKER, filed, "correct", reason="商业保险赔付漏录", costs={"commercial": "3000.00"}
    )
    assert answer.status_code == 200, answer.text
    async with worker.transaction(WHOLE) as session:
        newest = (
            await session.scalars(
                select(DecisionRow)
                .where(DecisionRow.application_id == uuid.UUID(filed["id"]))
                .order_by(DecisionRow.id.desc())
                .limit(1)
            )
        ).one()
    assert first.amount is not None
    assert newest.amount is not None
    assert newest.id != first.id
    assert (first.base, newest.base) == (Decimal("24731.00"), Decimal("23731.00"))
    [entry] = await entries(worker, filed, "counter:application:correct")
    assert entry.codes == {"fields": ["costs.commercial"], "amount": f"{newest.amount:.2f}"}


async def test_who_corrects_depends_on_where_the_case_is(
    counter: Counter, services: Services, worker: Database
) -> None:
    filed = await counter.file(applicant={"id_number": "14052219600101007X"})
    change: dict[str, Any] = {"reason": "更正", "costs": {"total": "92500.00"}}
    assert (await act(counter, COUNTY_CASEWORKER, filed, "correct", **change)).status_code == 409
    await put(worker, filed, status="county_review")
    assert (await act(counter, CASEWORKER, filed, "correct", **change)).status_code == 409
    await assess(services, worker, filed, final=True)
    decided = await act(counter, COUNTY_CASEWORKER, filed, "correct", **change)
    assert (decided.status_code, code(decided)) == (409, "decided")


async def test_a_bill_does_not_become_another_cases_by_correction(counter: Counter) -> None:
    number = f"JS{uuid.uuid4().hex[:12]}"
    await counter.file(costs={"settlement_no": number})
    filed = await counter.file()
    answer = await act(counter, CASEWORKER, filed, "correct", reason="更正", costs={"settlement_no": number})
    assert (answer.status_code, code(answer)) == (409, "settlement-already-used")


# Moving


async def test_a_move_stops_everything_until_the_file_is_handed_over(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    task = await counter.open_task(filed, "survey")
    await put(worker, filed, status="survey")
    answer = await act(counter, SUPERVISOR, filed, "move", division=OTHER_COUNTY, reason="户口已迁出")
    assert answer.status_code == 200, answer.text
    assert answer.json()["settled"] is False
    assert (await row_of(worker, filed)).moving_to == OTHER_COUNTY
    async with worker.transaction(WHOLE) as session:
        assert (await session.get_one(TaskRow, uuid.UUID(task))).closed_reason == "moved"
    again = await act(counter, SUPERVISOR, filed, "move", division=OTHER_COUNTY, reason="户口已迁出")
    assert (again.status_code, code(again)) == (409, "in-transit")


@pytest.mark.parametrize("division", [TOWNSHIP, "140827", "14", "370800000", "140827999", "x"])
async def test_a_case_moves_to_another_township_of_the_province(counter: Counter, division: str) -> None:
    filed = await counter.file()
    answer = await act(counter, COUNTY_SUPERVISOR, filed, "move", division=division, reason="户口已迁出")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/division"]


# Death


async def test_a_death_after_the_treatment_lets_the_case_go_on(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    entered = await act(counter, CASEWORKER, filed, "death", died_on="2025-02-10", reason="死亡证明")
    assert entered.status_code == 200, entered.text
    row = await row_of(worker, filed)
    assert (row.deceased_on, row.status) == (day("2025-02-10"), "submitted")
    longer = {"discharged_on": "2025-02-11", "settled_on": "2025-02-11"}
    after = await act(counter, CASEWORKER, filed, "correct", reason="更正", costs=longer)
    assert [error["pointer"] for error in after.json()["errors"]] == ["/costs/discharged_on"]
    twice = await act(counter, COUNTY_CASEWORKER, filed, "death", died_on="2025-02-11", reason="死亡证明")
    assert (twice.status_code, code(twice)) == (409, "death-already-entered")


@pytest.mark.parametrize("died_on", ["2024-11-30", "2024-12-10", "2025-03-04"])
async def test_a_death_that_does_not_fit_the_treatment_is_refused(counter: Counter, died_on: str) -> None:
    """Admitted 1 December, discharged 20 December 2024; today is 3 March 2025."""
    filed = await counter.file()
    answer = await act(counter, CASEWORKER, filed, "death", died_on=died_on, reason="死亡证明")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/died_on"]


async def test_after_a_death_the_heir_is_paid(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    heir = {"kind": "person", "name": "金小雀", "account": "6222020200112233999", "bank": "阳城农商行"}
    early = await act(counter, COUNTY_CASEWORKER, filed, "payee", payee=heir, relation="子女", reason="推举书")
    assert (early.status_code, code(early)) == (409, "no-death-entered")
    await act(counter, CASEWORKER, filed, "death", died_on="2025-02-10", reason="死亡证明")
    unrelated = await act(counter, COUNTY_CASEWORKER, filed, "payee", payee=heir, reason="推举书")
    assert [error["pointer"] for error in unrelated.json()["errors"]] == ["/relation"]
    misshapen = await act(counter, COUNTY_CASEWORKER, filed, "payee", payee={"kind": "aunt"}, reason="推举书")
    assert {error["pointer"] for error in misshapen.json()["errors"]} >= {"/payee/kind", "/payee/name"}
    for wrongly in ({**heir, "name": "金丝雀"}, {**heir, "name": "凤城镇人民政府"}):
        answer = await act(counter, COUNTY_CASEWORKER, filed, "payee", payee=wrongly, relation="子女", reason="推举书")
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/payee/name"]
    done = await act(counter, COUNTY_CASEWORKER, filed, "payee", payee=heir, relation="子女", reason="推举书")
    assert done.status_code == 200, done.text
    assert (await row_of(worker, filed)).payee_checked_on == day("2025-03-03")
    case = (await counter.as_(COUNTY_CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    assert case["payee"]["account"] == heir["account"]
    # Whoever is put there by a correction has not been checked.
    corrected = await act(counter, CASEWORKER, filed, "correct", reason="更正", payee={"name": "金丝雀"})
    assert corrected.status_code == 200, corrected.text
    assert (await row_of(worker, filed)).payee_checked_on is None


async def test_where_heirs_are_not_paid_the_institution_is(counter: Counter, worker: Database) -> None:
    """A setting of one township, so that no other test meets it."""
    clerk = "township.township_government.caseworker@140522101"
    async with worker.transaction(WHOLE) as session:
        session.add(
            ParameterRow(
                key="ESTATE_PAYEE",
                division="140522101",
                value="INSTITUTION_ONLY",
                unit="text",
                effective_from=day("2020-01-01"),
                document="测试",
                clause="R-DEATH",
                basis="local",
                note="",
                version=1,
                source="pack",
                entered_at=MORNING,
            )
        )
    papers = [{"kind": "other", "file": await counter.upload(clerk)}]
    papers.append({"kind": "recognition", "file": await counter.upload(clerk), "no": "1号", "date": "2025-02-27"})
    filed = await counter.file(clerk, division="140522101", documents=papers)
    await act(counter, clerk, filed, "death", died_on="2025-02-10", reason="死亡证明")
    heir = {"kind": "person", "name": "金小雀", "account": "6222020200112233999"}
    hospital = {"kind": "hospital", "name": "阳城县人民医院", "account": "1405220000001"}
    refused = await act(counter, COUNTY_CASEWORKER, filed, "payee", payee=heir, relation="子女", reason="推举书")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/payee/kind"]
    done = await act(counter, COUNTY_CASEWORKER, filed, "payee", payee=hospital, reason="欠费证明")
    assert done.status_code == 200, done.text


# Reopening


async def test_a_lapsed_case_begins_again_when_the_papers_come(counter: Counter, worker: Database) -> None:
    filed = await counter.file()
    await put(worker, filed, status="lapsed", closed_at=datetime(2025, 3, 3, 8, 0, tzinfo=SHANGHAI))
    answer = await act(counter, CASEWORKER, filed, "reopen", received_on="2025-03-03", reason="材料已补齐")
    assert answer.status_code == 200, answer.text
    row = await row_of(worker, filed)
    assert (row.status, row.opening, row.closed_at, row.reopened_on) == ("submitted", 2, None, day("2025-03-03"))
    async with worker.transaction(WHOLE) as session:
        started = await session.scalar(
            select(OutboxRow.id).where(OutboxRow.workflow_id == f"application/{filed['number']}/2")
        )
    assert started is not None


async def test_a_bill_applied_for_anew_does_not_come_back(counter: Counter, worker: Database) -> None:
    costs = {"settlement_no": f"JS{uuid.uuid4().hex[:12]}"}
    filed = await counter.file(costs=costs)
    await put(worker, filed, status="lapsed", closed_at=datetime(2025, 3, 3, 8, 0, tzinfo=SHANGHAI))
    await counter.file(costs=costs)
    answer = await act(counter, CASEWORKER, filed, "reopen", reason="材料已补齐")
    assert (answer.status_code, code(answer)) == (409, "settlement-used")


# Remedies


async def refused_case(counter: Counter, worker: Database, vault: Vault, **refusal: Any) -> dict[str, Any]:
    """Refused and delivered on Mon 6 January 2025: 60 days to Fri 7 March, six months to Mon 7 July (Sun 6 is no working day)."""
    filed = await counter.file()
    await put(worker, filed, status="rejected", closed_at=datetime(2025, 1, 3, 8, 0, tzinfo=SHANGHAI))
    key = uuid.uuid4()
    columns = {
        "division": TOWNSHIP,
        "status": "delivered",
        "issued_on": day("2025-01-03"),
        "number_year": 2025,
        "number_serial": uuid.uuid4().int % 1_000_000 + 1000,
        "delivered_on": day("2025-01-06"),
        "reconsideration_until": day("2025-03-07"),
        "suit_until": day("2025-07-07"),
        **refusal,
    }
    async with worker.transaction(WHOLE) as session:
        session.add(
            RefusalRow(
                id=key,
                application_id=uuid.UUID(filed["id"]),
                level="township",
                provisions=["A-39"],
                reason_sealed=vault.seal("refusal", "reason", key, "家庭经济状况不符"),
                decided_on=day("2025-01-02"),
                **columns,
            )
        )
    return filed


FILED = {"kind": "reconsideration", "body": "阳城县人民政府", "filed_on": "2025-03-03"}


async def test_a_remedy_in_time_is_entered_once(counter: Counter, worker: Database, vault: Vault) -> None:
    filed = await refused_case(counter, worker, vault)
    answer = await act(counter, CASEWORKER, filed, "remedies", **FILED)
    assert answer.status_code == 200, answer.text
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{filed['id']}")).json()
    assert case["refusal"]["status"] == "remedy_filed"
    [remedy] = case["refusal"]["remedies"]
    assert (remedy["kind"], remedy["filed_on"], remedy["result"]) == ("reconsideration", "2025-03-03", None)
    assert remedy["body"] == "阳城县人民政府"
    assert len(await entries(worker, filed, "counter:remedy:filed")) == 1
    second = await act(counter, COUNTY_CASEWORKER, filed, "remedies", **{**FILED, "kind": "suit"})
    assert (second.status_code, code(second)) == (409, "remedy-under-way")


async def test_a_remedy_that_comes_late_says_until_when_or_is_excused(
    counter: Counter, worker: Database, vault: Vault, clock: StoppedClock
) -> None:
    filed = await refused_case(counter, worker, vault)
    clock.moment = datetime(2025, 3, 10, 9, 0, tzinfo=SHANGHAI)
    late = {**FILED, "filed_on": "2025-03-08"}
    refused = await act(counter, CASEWORKER, filed, "remedies", **late)
    assert (refused.status_code, code(refused), refused.json()["until"]) == (409, "remedy-too-late", "2025-03-07")
    excused = await act(counter, CASEWORKER, filed, "remedies", **late, excuse="大雪封路，无法前往")
    assert excused.status_code == 200, excused.text
    [entry] = await entries(worker, filed, "counter:remedy:filed")
    assert entry.codes == {"kind": "reconsideration", "filed_on": "2025-03-08", "late": True}


async def test_no_remedy_before_the_notice_is_delivered_or_against_what_is_decided(
    counter: Counter, worker: Database, vault: Vault
) -> None:
    undelivered = await refused_case(
        counter, worker, vault, delivered_on=None, reconsideration_until=None, suit_until=None, status="notice_issued"
    )
    answer = await act(counter, CASEWORKER, undelivered, "remedies", **FILED)
    assert (answer.status_code, code(answer)) == (409, "not-delivered")
    early = await refused_case(counter, worker, vault)
    answer = await act(counter, CASEWORKER, early, "remedies", **{**FILED, "filed_on": "2025-01-05"})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/filed_on"]
    assert (await act(counter, CASEWORKER, early, "remedies", **FILED)).status_code == 200
    async with worker.transaction(WHOLE) as session:
        remedy = (
            await session.scalars(select(RemedyRow).where(RemedyRow.application_id == uuid.UUID(early["id"])))
        ).one()
        remedy.result, remedy.result_on = "upheld", day("2025-03-03")
        refusal = await session.get_one(RefusalRow, remedy.refusal_id)
        refusal.status = "delivered"
    again = await act(counter, CASEWORKER, early, "remedies", **FILED)
    assert (again.status_code, code(again)) == (409, "remedy-used")


async def test_a_remedy_heard_of_after_the_end_has_nobody_who_waits_for_it(
    counter: Counter, worker: Database, vault: Vault
) -> None:
    filed = await refused_case(
        counter,
        worker,
        vault,
        status="final",
        reconsideration_until=day("2025-02-28"),
        suit_until=day("2025-02-28"),
    )
    answer = await act(counter, CASEWORKER, filed, "remedies", **{**FILED, "filed_on": "2025-02-27"})
    assert (answer.status_code, code(answer)) == (409, "refusal-final")
    async with worker.transaction(WHOLE) as session:
        entered = await session.scalar(select(RemedyRow.id).where(RemedyRow.application_id == uuid.UUID(filed["id"])))
    assert entered is None


async def test_a_refused_case_moves_to_where_the_same_number_was_given(
    counter: Counter, worker: Database, vault: Vault, clock: StoppedClock
) -> None:
    serial = {"number_year": 2025, "number_serial": 4711}
    await refused_case(counter, worker, vault, division=OTHER_COUNTY, number_division=OTHER_COUNTY, **serial)
    filed = await refused_case(counter, worker, vault, number_division=TOWNSHIP, **serial)
    async with worker.transaction(WHOLE) as session:
        row = await session.get_one(ApplicationRow, uuid.UUID(filed["id"]), with_for_update=True)
        await hand_to(session, row, OTHER_COUNTY, day("2025-03-03"), clock.now())
    async with worker.transaction(WHOLE) as session:
        refusal = (
            await session.scalars(select(RefusalRow).where(RefusalRow.application_id == uuid.UUID(filed["id"])))
        ).one()
    assert (refusal.division, refusal.number_division, refusal.number) == (OTHER_COUNTY, TOWNSHIP, "〔2025〕第4711号")


# One household, one bill; one person, two records


async def test_a_bill_of_one_household_is_aided_once(counter: Counter) -> None:
    """Whoever of the family hands it in (B-21)."""
    number = f"JS{uuid.uuid4().hex[:12]}"
    father = {"name": "甲父", "id_number": "140522196001010096", "household": []}
    mother = {"name": "甲母", "id_number": "140522196001010117", "relation": "妻"}
    first = await counter.file(costs={"settlement_no": number}, applicant={**father, "household": [mother]})
    body = await counter.application(
        costs={"settlement_no": number}, applicant={"name": "甲母", "id_number": mother["id_number"], "household": []}
    )
    answer = await counter.as_(CASEWORKER, "POST", "/applications", json=body)
    assert (answer.status_code, code(answer)) == (409, "settlement-already-used")
    second = await counter.file(applicant={"name": "甲母", "id_number": mother["id_number"], "household": []})
    case = (await counter.as_(CASEWORKER, "GET", f"/applications/{first['id']}")).json()
    assert case["household_cases"] == [{"id": second["id"], "number": second["number"], "status": "submitted"}]


async def merge(counter: Counter, username: str, one: uuid.UUID, into: uuid.UUID, **headers: str) -> httpx2.Response:
    body = {"into": str(into), "reason": "证件号码误录，同一人"}
    return await counter.as_(username, "POST", f"/people/{one}/merge", json=body, headers=headers)


async def test_two_records_of_one_person_become_one(counter: Counter, worker: Database) -> None:
    wrong, right = "140522196001010133", "14052219600101015X"
    wrongly = await counter.file(applicant={"id_number": wrong})
    rightly = await counter.file(applicant={"id_number": right})
    one, into = (await row_of(worker, wrongly)).person_id, (await row_of(worker, rightly)).person_id
    assert (await merge(counter, COUNTY_CASEWORKER, one, into)).status_code == 403
    done = await merge(counter, COUNTY_SUPERVISOR, one, into)
    assert done.status_code == 200, done.text
    assert done.json()["applications"] == [wrongly["id"]]
    assert (await row_of(worker, wrongly)).person_id == into
    # Both numbers keep answering: whoever files or searches under the wrong one meets the right person.
    third = await counter.file(applicant={"id_number": wrong})
    assert (await row_of(worker, third)).person_id == into
    found = await counter.as_(
        COUNTY_CASEWORKER, "POST", "/people/search", json={"id_number": wrong, "purpose": "核对身份"}
    )
    [item] = found.json()["items"]
    assert (item["id"], item["merged"]) == (str(into), [str(one)])
    assert {case["id"] for case in item["applications"]} == {wrongly["id"], rightly["id"], third["id"]}
    again = await merge(counter, COUNTY_SUPERVISOR, one, into)
    assert (again.status_code, code(again)) == (409, "already-merged")


async def test_two_live_cases_of_one_bill_are_not_merged(counter: Counter, worker: Database) -> None:
    number = f"JS{uuid.uuid4().hex[:12]}"
    one = await counter.file(
        applicant={"id_number": "140522196001010176", "household": []}, costs={"settlement_no": number}
    )
    other = await counter.file(
        applicant={"id_number": "140522196001010192", "household": []}, costs={"settlement_no": number}
    )
    people = [(await row_of(worker, filed)).person_id for filed in (one, other)]
    answer = await merge(counter, COUNTY_SUPERVISOR, people[0], people[1])
    assert (answer.status_code, code(answer)) == (409, "same-bill-twice")
    assert (await act(counter, CASEWORKER, one, "withdraw")).status_code == 200
    assert (await merge(counter, COUNTY_SUPERVISOR, people[0], people[1])).status_code == 200
    async with worker.transaction(WHOLE) as session:
        assert (await session.get_one(PersonRow, people[0])).merged_into == people[1]


async def test_two_names_are_merged_only_where_that_is_known(counter: Counter, worker: Database) -> None:
    one = await counter.file(applicant={"id_number": "140522196001010256", "household": []})
    other = await counter.file(applicant={"id_number": "140522196001010272", "name": "申望舒", "household": []})
    people = [(await row_of(worker, filed)).person_id for filed in (one, other)]
    answer = await merge(counter, COUNTY_SUPERVISOR, people[0], people[1])
    assert (answer.status_code, code(answer)) == (409, "names-differ")
    body = {"into": str(people[1]), "reason": "姓名和证件号码均误录", "names_differ": True}
    done = await counter.as_(COUNTY_SUPERVISOR, "POST", f"/people/{people[0]}/merge", json=body)
    assert done.status_code == 200


async def test_a_person_with_cases_elsewhere_is_not_merged_by_one_county(counter: Counter, worker: Database) -> None:
    one = await counter.file(applicant={"id_number": "140522196001010213", "household": []})
    elsewhere = await counter.file(applicant={"id_number": "140522196001010213", "household": []})
    other = await counter.file(applicant={"id_number": "14052219600101023X", "household": []})
    await put(worker, elsewhere, division=OTHER_COUNTY)
    people = [(await row_of(worker, filed)).person_id for filed in (one, other)]
    answer = await merge(counter, COUNTY_SUPERVISOR, people[0], people[1])
    assert (answer.status_code, code(answer)) == (409, "cases-elsewhere")
    assert elsewhere["number"] not in answer.text
