"""The invented cases of `make up`: filed and carried through the API, on past dates by paper entry (补录)."""

import asyncio
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from policy.terms import Category
from policy.working_days import WorkCalendar
from runtime.demo_people import CASES, COUNTY, FINANCE_DESK, TOWN_DESK, Act, DemoCase
from runtime.story.counter import Counter, Reply
from runtime.trouble import StartTrouble
from store.packs import rulebook_from_packs

PROVINCE = "province.medical_insurance.supervisor@14"
REASON = "演示数据：按纸质档案补录"
SECONDS = 60.0
AT_ONCE = 4
"""Cases carried side by side: more would only wait for each other."""


class DemoTrouble(StartTrouble):
    """A demonstration case was refused: the counter and this file no longer agree."""

    def __init__(self, case: DemoCase, what: str, reply: Reply) -> None:
        super().__init__(
            f"演示案件没有登记成功（第 {CASES.index(case) + 1} 件，{what}）：{reply.status} {reply.content}"
        )


async def file_demo_cases(address: str, today: date, say: Callable[[str], None]) -> int:
    """Files the cases at the API and returns how many; none where there are applications already. Raises DemoTrouble."""
    counter = Counter(address)
    try:
        if await _any_filed(counter):
            return 0
        began = time.monotonic()
        filing = _Filing(counter, today, rulebook_from_packs(COUNTY, today).calendar)
        await asyncio.gather(*(filing.carry(number, case) for number, case in enumerate(CASES, 1)))
        await _fill_the_fund(counter, today)
        say(f"演示案件 {len(CASES)} 件已登记（{time.monotonic() - began:.1f} 秒）")
        return len(CASES)
    finally:
        await counter.close()


async def _fill_the_fund(counter: Counter, today: date) -> None:
    """What the county's fund began the year with, and what it has been given since."""
    new_year = date(today.year, 1, 1)
    for source, amount, received_on in (
        ("opening_balance", "30000.00", new_year - timedelta(days=1)),
        ("central_subsidy", "150000.00", new_year),
        ("provincial_subsidy", "50000.00", new_year),
    ):
        income = {"source": source, "amount": amount, "received_on": received_on.isoformat(), "document": "演示数据"}
        reply = await counter.ask(FINANCE_DESK, "POST", f"/api/v1/funds/{COUNTY}/income", income)
        if reply.status != 201:
            raise StartTrouble(f"演示基金收入没有登记成功：{reply.status} {reply.content}")


async def _any_filed(counter: Counter) -> bool:
    reply = await counter.ask(PROVINCE, "GET", "/api/v1/applications?limit=1")
    if reply.status != 200:
        raise StartTrouble(f"查询已有案件没有成功：{reply.status} {reply.content}")
    return bool(reply.content["items"])


class _Filing:
    """Carries cases through the counter, a few at a time."""

    def __init__(self, counter: Counter, today: date, calendar: WorkCalendar) -> None:
        self._counter, self._today, self._calendar = counter, today, calendar
        self._places = asyncio.Semaphore(AT_ONCE)

    async def carry(self, number: int, case: DemoCase) -> None:
        """Files one case and does its acts, each on its own past day."""
        async with self._places:
            back = case.idle + sum(act.days for act in case.acts)
            day = self._calendar.shift(self._today, -back)
            actor = TOWN_DESK.format(town=case.town)
            reply = await self._counter.ask(actor, "POST", "/api/v1/applications", self._application(number, case, day))
            if reply.status != 201:
                raise DemoTrouble(case, "登记", reply)
            for act in case.acts:
                back -= act.days
                await self._answer(case, reply.content["number"], act, self._calendar.shift(self._today, -back))

    async def _answer(self, case: DemoCase, number: str, act: Act, day: date) -> None:
        actor = act.actor.format(town=case.town)
        task = await self._task(case, number, act.kind, actor)
        content = {"outcome": act.outcome, "fields": dict(act.fields), **self._paper_entry("done_on", day)}
        path = f"/api/v1/tasks/{task}/answer"
        reply = await self._counter.ask(actor, "POST", path, content, {"Prefer": "wait=10"})
        if reply.status != 200:
            raise DemoTrouble(case, act.kind, reply)

    async def _task(self, case: DemoCase, number: str, kind: str, actor: str) -> str:
        until = time.monotonic() + SECONDS
        while True:
            reply = await self._counter.ask(actor, "GET", f"/api/v1/tasks?state=open&kind={kind}&q={number}")
            if reply.status == 200 and reply.content["items"]:
                return str(reply.content["items"][0]["id"])
            if reply.status != 200 or time.monotonic() > until:
                raise DemoTrouble(case, f"等候 {kind}", reply)
            await asyncio.sleep(0.05)

    def _application(self, number: int, case: DemoCase, day: date) -> dict[str, Any]:
        settled = day - timedelta(days=21)
        return {
            "division": case.town,
            "category": case.category.value,
            "applicant": {
                "name": case.name,
                "id_number": case.id_number,
                "phone": f"139000000{number:02d}",
                "address": f"虚构村{number}号",
                "residence": "rural",
                "registered_in": case.town,
                "recognised_in": COUNTY,
                "insured_in": COUNTY,
                "household": [],
            },
            "costs": {
                "total": f"{case.base + 41000}.00",
                "compliant_total": f"{case.base + 36000}.00",
                "basic": "30000.00",
                "critical_illness": "6000.00",
                "institution_code": "H14052200001",
                "settlement_no": f"YS-{settled:%Y%m%d}-{number:02d}",
                "admitted_on": (settled - timedelta(days=12)).isoformat(),
                "discharged_on": settled.isoformat(),
                "settled_on": settled.isoformat(),
            },
            "payee": self._payee(number, case),
            "documents": self._papers(case, day),
            **self._paper_entry("submitted_on", day),
        }

    @staticmethod
    def _payee(number: int, case: DemoCase) -> dict[str, str]:
        account = f"62000000000000000{number:02d}"
        if case.hospital:
            return {"kind": "hospital", "name": "虚构县人民医院", "account": account, "bank": "虚构银行"}
        return {"kind": "person", "name": case.name, "account": account, "bank": "虚构银行"}

    @staticmethod
    def _papers(case: DemoCase, day: date) -> list[dict[str, Any]]:
        kinds = ("diagnosis", "receipts", "history", "insurance_proof")
        papers: list[dict[str, Any]] = [{"kind": kind, "file": "demo"} for kind in kinds if kind not in case.lacks]
        papers += [{"kind": kind, "pending": True} for kind in case.lacks]
        if case.category is Category.GXZC:
            recognised = (day - timedelta(days=5)).isoformat()
            papers.append({"kind": "recognition", "file": "demo", "no": "虚民救〔演示〕1号", "date": recognised})
        return papers

    def _paper_entry(self, name: str, day: date) -> dict[str, str]:
        return {name: day.isoformat(), "paper_reason": REASON} if day < self._today else {}
