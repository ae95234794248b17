"""The dozen invented cases of `make up`: filed and carried through the API, on past dates by paper entry (补录).

Each stands at another step and light. People, papers and numbers are invented; the ID numbers are valid by their form.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from policy.terms import Category
from policy.working_days import WorkCalendar
from runtime.story.counter import Counter, Reply
from runtime.trouble import StartTrouble
from store.packs import rulebook_from_packs

TOWN, SECOND_TOWN = "140522100", "140522101"
COUNTY = "140522"
REASON = "演示数据：按纸质档案补录"
SECONDS = 30.0
AT_ONCE = 4
"""Cases carried side by side: more would only wait for each other."""


@dataclass(frozen=True)
class Act:
    """One answer on the way: by whom, how many working days after the act before it, with which fields."""

    kind: str
    outcome: str
    days: int
    actor: str
    fields: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class DemoCase:
    """`acts` have been done, the last one `idle` working days ago. `base` is what the person bears, in whole yuan."""

    name: str
    id_number: str
    category: Category
    town: str
    acts: Sequence[Act]
    idle: int
    base: int
    hospital: bool = False
    lacks: tuple[str, ...] = ()


TOWN_DESK = "township.township_government.caseworker@{town}"
TOWN_HEAD = "township.township_government.supervisor@{town}"
COUNTY_DESK = f"county.medical_insurance.caseworker@{COUNTY}"
COUNTY_HEAD = f"county.medical_insurance.supervisor@{COUNTY}"
FINANCE_DESK = f"county.finance.caseworker@{COUNTY}"
FINANCE_HEAD = f"county.finance.supervisor@{COUNTY}"
PROVINCE = "province.medical_insurance.supervisor@14"

_SURVEYED = (
    ("illness", "经核对病历，患病情况属实"),
    ("household_economy", "家庭收入主要来自务农和零工，无经营性资产"),
    ("surveyors", ["成禾", "申望"]),
    ("village_helper", "村民委员会 霍立秋"),
)
_REFUSED = (("provisions", ["A-06", "A-39"]), ("reason", "入户调查的家庭经济状况与申请不符"))

MAIN_PATH = (
    Act("acceptance", "accept", 1, TOWN_DESK),
    Act("survey", "recorded", 3, TOWN_DESK, _SURVEYED),
    Act("township_review", "eligible", 0, TOWN_HEAD),
    Act("township_notice", "posted", 1, TOWN_DESK, (("place", "乡镇政务公开栏和村务公开栏"),)),
    # Seven calendar days, however they fall, are over on the eighth working day.
    Act("township_notice_result", "no_objection", 8, TOWN_DESK),
    Act("forwarding", "forwarded", 0, TOWN_DESK),
    Act("county_review", "propose_approval", 3, COUNTY_DESK),
    Act("county_approval", "approve", 1, COUNTY_HEAD),
    Act("county_notice", "posted", 1, COUNTY_DESK, (("place", "县医疗保障局公开栏"),)),
    Act("county_notice_result", "no_objection", 6, COUNTY_DESK),
    Act("payment_request", "submit", 0, COUNTY_DESK),
    Act("finance_review", "approve", 2, FINANCE_DESK),
    Act("transfer", "confirmed", 2, FINANCE_HEAD),
)
REFUSED_BY_TOWN = (
    *MAIN_PATH[:2],
    Act("township_review", "not_eligible", 0, TOWN_HEAD, _REFUSED),
    Act("refusal_notice", "issued", 1, TOWN_DESK),
)
WITH_PAPERS_TO_FOLLOW = (Act("acceptance", "accept_with_pending", 1, TOWN_DESK, (("pending", ["insurance_proof"]),)),)


def _until(kind: str) -> Sequence[Act]:
    """The main path up to the step that is now waiting."""
    kinds = [act.kind for act in MAIN_PATH]
    return MAIN_PATH[: kinds.index(kind)]


CASES = (
    DemoCase("霍青禾", "140522196001010010", Category.GXZC, TOWN, (), 0, 26000),  # acceptance, green
    DemoCase("段采苓", "140522195803121025", Category.DBBY, TOWN, (), 2, 15000),  # acceptance, yellow
    DemoCase("延秋实", "140522197111202034", Category.GXZC, TOWN, _until("survey"), 11, 31000),  # survey, red
    DemoCase(
        "栗初阳",
        "140522196508073141",
        Category.GXZC,
        SECOND_TOWN,
        WITH_PAPERS_TO_FOLLOW,
        1,
        24000,
        False,
        ("insurance_proof",),
    ),
    DemoCase("卫疏桐", "14052219490505405X", Category.GXZC, TOWN, _until("township_review"), 6, 42000),  # yellow
    DemoCase("茹望舒", "14052219830923516X", Category.GXZC, SECOND_TOWN, _until("township_notice_result"), 2, 28000),
    DemoCase("蔺知夏", "140522199012026273", Category.GXZC, TOWN, _until("county_review"), 12, 65000, True),  # red
    DemoCase("原景行", "140522195506187386", Category.GXZC, TOWN, _until("county_approval"), 0, 38000),
    DemoCase("常汀兰", "140522197702148498", Category.DBBY, SECOND_TOWN, _until("county_notice_result"), 1, 22000),
    DemoCase("孟听澜", "140522200103309514", Category.GXZC, TOWN, _until("finance_review"), 4, 36000, True),  # yellow
    DemoCase("席未晞", "140522196809090623", Category.GXZC, TOWN, MAIN_PATH, 1, 33000),  # paid
    DemoCase("郜南星", "140522195207261734", Category.GXZC, SECOND_TOWN, REFUSED_BY_TOWN, 1, 12000),  # to be delivered
    DemoCase(
        "茌若木", "140522196204253952", Category.DSR, TOWN, _until("county_review"), 2, 30000
    ),  # parameter missing
)


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
        say(f"演示案件 {len(CASES)} 件已登记（{time.monotonic() - began:.1f} 秒）")
        return len(CASES)
    finally:
        await counter.close()


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
