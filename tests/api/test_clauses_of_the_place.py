"""What is shown of a matter in Jining cites Jining's documents, whatever the procedure was first written by."""

from datetime import date, datetime

from policy.deadlines import SHANGHAI
from policy.supervision import FindingKind
from store.database import WHOLE, Database
from store.findings import open_finding
from store.timeline import record
from tests.api.conftest import Counter, StoppedClock
from tests.api.test_term_changes import Push

CASEWORKER = "county.medical_insurance.caseworker@370829"
NOW = datetime(2025, 6, 2, 9, 0, tzinfo=SHANGHAI)


async def test_task_timeline_and_finding_name_the_clauses_of_jining(
    counter: Counter, worker: Database, clock: StoppedClock
) -> None:
    clock.moment = NOW
    push = await Push(worker, clock, date(2025, 5, 1), "370829").open()
    async with worker.transaction(WHOLE) as session:
        record(  # as an earlier release wrote it
            session,
            subject_id=push.matter,
            division="370829",
            at=NOW,
            day=NOW.date(),
            tag="matter:high-cost-push:selected",
            codes={"listed": 0, "suppressed": 0, "falling_back": 0, "falling_into": 0, "fallback": 0, "still_heavy": 0},
            grounds=["B-17", "D-02", "C-33"],
        )
        found = await open_finding(
            session, FindingKind.LATE_PUSH, "370829", date(2025, 5, 1), push.matter, {}, ["D-02"], NOW
        )
        assert found.grounds == ["J-20"]

    task = (await counter.as_(CASEWORKER, "GET", f"/tasks/{push.task}")).json()
    assert (task["clause"], task["due"]["basis"]["rule"]["clause"]) == ("J-20", "J-20")
    assert {one["name"]: one["clause"] for one in task["outcomes"]} == {"loaded": None, "none": "R-JN-PUSH"}
    matter = (await counter.as_(CASEWORKER, "GET", f"/matters/{push.matter}")).json()
    assert {one["tag"]: one["grounds"] for one in matter["timeline"]} == {
        "desk:push_burden:opened": ["J-20"],
        "matter:high-cost-push:selected": ["J-20"],
    }
