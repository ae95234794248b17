"""One application, carried from desk to desk through the real counter.

Acts of the past are entered from paper with their day (补录), so a whole case passes while time stands still.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from policy.steps import step
from policy.terms import level_of
from runtime.story.counter import Counter, Reply
from tests.journeys.people import Person, new_person, new_settlement

TOWNSHIP = "140522100"
OTHER_TOWNSHIP = "140522101"
PATIENCE = 40.0

WRITTEN_WAIT = {"Prefer": "wait=20"}
PAPERS = ("diagnosis", "receipts", "history", "insurance_proof")

S01_COSTS = {
    "total": "92400.00",
    "compliant_total": "86231.00",
    "basic": "48200.00",
    "critical_illness": "11300.00",
    "commercial": "2000.00",
    "institution_code": "H14052200001",
    "admitted_on": "2024-12-01",
    "discharged_on": "2024-12-20",
    "settled_on": "2024-12-20",
}
"""S-01: base 86,231.00 − 48,200.00 − 11,300.00 − 2,000.00 = 24,731.00."""

REFUSED = {"provisions": ["A-39"], "reason": "入户调查的家庭经济状况与申请不符"}
SURVEYED = {"illness": "患病情况属实", "household_economy": "家庭经济状况属实", "surveyors": ["郭禾", "樊望"]}

MAIN_PATH: Sequence[tuple[str, str, Mapping[str, Any], str]] = (
    ("acceptance", "accept", {}, "2025-01-08"),
    ("survey", "recorded", SURVEYED, "2025-01-14"),
    ("township_review", "eligible", {}, "2025-01-15"),
    ("township_notice", "posted", {"place": "凤城镇政务公开栏"}, "2025-01-16"),
    ("township_notice_result", "no_objection", {}, "2025-01-24"),
    ("forwarding", "forwarded", {}, "2025-01-26"),
    ("county_review", "propose_approval", {}, "2025-02-07"),
    ("county_approval", "approve", {}, "2025-02-10"),
    ("county_notice", "posted", {"place": "阳城县医疗保障局公开栏"}, "2025-02-11"),
    ("county_notice_result", "no_objection", {}, "2025-02-19"),
    ("payment_request", "submit", {}, "2025-02-20"),
    ("finance_review", "approve", {}, "2025-02-25"),
    ("transfer", "confirmed", {"bank_receipt": "HD-0001"}, "2025-02-27"),
)
"""An application submitted on Mon 2025-01-06, over Spring Festival (off 28 January to 4 February; Sun 26 January and
Sat 8 February are worked)."""


def clerk(township: str = TOWNSHIP) -> str:
    return f"township.township_government.caseworker@{township}"


def holder(kind: str, office: str) -> str:
    """The first account of the post that a kind of task waits for."""
    post = step(kind).post
    return f"{level_of(office).value}.{post.department.value}.{post.role.value}@{office}"


def application(
    category: str = "GXZC",
    *,
    township: str = TOWNSHIP,
    person: Person | None = None,
    costs: Mapping[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """A body that is right in every way, with the amounts of S-01; `costs` and `changes` replace parts of it."""
    person = person or new_person()
    documents: list[dict[str, Any]] = [{"kind": kind, "file": "demo"} for kind in PAPERS]
    documents.append({"kind": "recognition", "file": "demo", "no": "阳民认〔2025〕2号", "date": "2025-01-03"})
    body = {
        "division": township,
        "category": category,
        "applicant": {
            "name": person.name,
            "id_number": person.id_number,
            "phone": "13900000021",
            "address": "虚构村21号",
            "residence": "rural",
            "registered_in": township,
        },
        "costs": {**S01_COSTS, "settlement_no": new_settlement(), **(costs or {})},
        "payee": {"kind": "person", "name": person.name, "account": "6200000000000000021", "bank": "虚构银行阳城支行"},
        "documents": documents,
        "submitted_on": "2025-01-06",
        "paper_reason": "系统停用期间受理，现补录",
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


@dataclass
class Case:
    """A filed application and the counter at which it is worked on."""

    counter: Counter
    id: str
    number: str
    township: str

    @classmethod
    async def file(cls, counter: Counter, category: str = "GXZC", **changes: Any) -> Self:
        """Files the application of `application()`, as the clerk of its township."""
        body = application(category, **changes)
        reply = await counter.ask(clerk(body["division"]), "POST", "/api/v1/applications", body, WRITTEN_WAIT)
        assert reply.status == 201, reply.content
        return cls(counter, reply.content["id"], reply.content["number"], body["division"])

    async def view(self, by: str | None = None) -> dict[str, Any]:
        """The case as its clerk, or somebody else, is shown it."""
        reply = await self.counter.ask(by or clerk(self.township), "GET", f"/api/v1/applications/{self.id}")
        assert reply.status == 200, reply.content
        return dict(reply.content)

    async def tasks(self) -> dict[str, dict[str, Any]]:
        """The open tasks by kind; missing parameters by `missing_parameter:<key>`."""
        return {_step_name(task): task for task in (await self.view())["open_tasks"]}

    async def task(self, kind: str) -> dict[str, Any]:
        """The open task of that kind, as soon as it is there."""
        until = time.monotonic() + PATIENCE
        while kind not in (found := await self.tasks()):
            assert time.monotonic() < until, f"{kind} did not open; open are {sorted(found)}"
            await asyncio.sleep(0.05)
        return found[kind]

    async def answer(
        self,
        kind: str,
        outcome: str,
        fields: Mapping[str, Any] | None = None,
        *,
        done_on: str | None = None,
        by: str | None = None,
        headers: Mapping[str, str] | None = None,
        task: str | None = None,
    ) -> Reply:
        """Answers the task of that kind, as the first holder of its post unless `by` somebody else."""
        found = None if task else await self.task(kind)
        by = by or holder(kind.partition(":")[0], found["office"]["division"] if found else self.township)
        paper = {"done_on": done_on, "paper_reason": "系统停用期间办理，现补录"} if done_on else {}
        return await self.counter.ask(
            by,
            "POST",
            f"/api/v1/tasks/{task or (found or {})['id']}/answer",
            {"outcome": outcome, "fields": dict(fields or {}), **paper},
            {**WRITTEN_WAIT, **(headers or {})},
        )

    async def done(self, kind: str, outcome: str, fields: Mapping[str, Any] | None = None, **how: Any) -> Reply:
        """As `answer`, for an answer that must be taken."""
        reply = await self.answer(kind, outcome, fields, **how)
        assert reply.status == 200, reply.content
        assert reply.content["settled"], reply.content
        return reply

    async def to(self, kind: str) -> Self:
        """Along the main path, from where it stands until the task of that kind is open."""
        open_now = set(await self.tasks())
        here = next(place for place, way in enumerate(MAIN_PATH) if way[0] in open_now)
        for at, outcome, fields, day in MAIN_PATH[here:]:
            if at == kind:
                break
            await self.done(at, outcome, fields, done_on=day)
        await self.task(kind)
        return self

    async def tags(self) -> list[str]:
        """The timeline, oldest first."""
        return [entry["tag"] for entry in (await self.view())["timeline"]]

    async def status(self) -> str:
        return str((await self.view())["status"])

    async def until_status(self, status: str) -> dict[str, Any]:
        """The case, as soon as it has that status and no answer is under way."""
        until = time.monotonic() + PATIENCE
        while (seen := await self.view())["status"] != status or seen["in_transit"]:
            assert time.monotonic() < until, f"{seen['status']} instead of {status}"
            await asyncio.sleep(0.05)
        return seen


def _step_name(task: Mapping[str, Any]) -> str:
    key = task["detail"].get("key")
    return f"{task['kind']}:{key}" if key else str(task["kind"])
