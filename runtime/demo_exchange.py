"""The invented exchange of `make up`: what three counties' offices have done in their open month, done through the API.

It begins when the months stand open. Each step is looked for before it is done, under keys that stay the same: cut off,
it goes on where it was; run again, it does nothing; in a month other than its own it leaves everything as it is.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from policy.deadlines import SHANGHAI, add_months
from policy.procedures import Procedure
from policy.working_days import WorkCalendar
from runtime.demo_exchange_desk import DemoRefused, ExchangeDesk, Handed
from runtime.demo_exchange_liaisons import LIAISONS, entry_of
from runtime.demo_exchange_people import CERTIFIED, adjustment_list, burdens_after, burdens_before, identity_list
from runtime.story.counter import Counter, SignInRefused
from store.packs import rulebook_from_packs

COUNTY, NEIGHBOUR, JIAXIANG = "140522", "140827", "370829"
CIVIL_AFFAIRS = f"county.civil_affairs.caseworker@{COUNTY}"
VETERANS = f"county.veterans_affairs.caseworker@{COUNTY}"
AGRICULTURE = f"county.agriculture.caseworker@{COUNTY}"
FINANCE = f"county.finance.caseworker@{COUNTY}"
INSURANCE = f"county.medical_insurance.caseworker@{COUNTY}"
INSURANCE_HEAD = f"county.medical_insurance.supervisor@{COUNTY}"
PROVINCE = "province.medical_insurance.supervisor@14"

Say = Callable[[str], None]
OpenPush = Callable[[str, date], Awaitable[None]]
"""Opens the push of a county that began on the first day of that month, as the operator can."""


async def file_demo_exchange(address: str, today: date, open_push: OpenPush, say: Say) -> int:
    """Returns how many parts of it stand in the end. A refused step is said and ends only its part."""
    counter = Counter(address)
    try:
        desk = ExchangeDesk(counter)
        begun = await _begun_on(desk)
        if begun is not None and begun.replace(day=1) != today.replace(day=1):
            return 0
        calendar = rulebook_from_packs(COUNTY, today).calendar
        parts = _Exchange(desk, ExchangeDays.of(begun or today, calendar), open_push)
        began, done = time.monotonic(), 0
        for name, part in parts.all.items():
            try:
                await part()
                done += 1
            except (DemoRefused, SignInRefused) as trouble:
                say(f"演示信息共享没有全部登记（{name}；其余功能不受影响）：{_one_line(trouble)}")
        if desk.acts:
            say(f"演示信息共享 {done} 项已登记（{time.monotonic() - began:.1f} 秒）")
        return done
    except (DemoRefused, SignInRefused) as trouble:
        say(f"演示信息共享没有登记（其余功能不受影响）：{_one_line(trouble)}")
        return 0
    finally:
        await counter.close()


async def _begun_on(desk: ExchangeDesk) -> date | None:
    """The day on which the first list of the county was reported, from which all other days of this file follow."""
    found = await desk.get(CIVIL_AFFAIRS, "查询已有名单", "/api/v1/adjustments?limit=200")
    opened = [datetime.fromisoformat(one["opened_at"]).astimezone(SHANGHAI).date() for one in found["items"]]
    return min(opened, default=None)


@dataclass(frozen=True)
class ExchangeDays:
    """Every day of the exchange, as it follows from the day on which it is filed, whichever that is."""

    filed_on: date
    adjusted_on: date
    """A working day, in time for the list of `filed_on`; it may lie in the month before, or the year before."""
    month: date
    last: date
    """The month about which the county's push is now due."""
    before: date
    """The month before that, whose push was due a month ago."""
    known_since: date
    ordered_until: date

    @classmethod
    def of(cls, day: date, calendar: WorkCalendar) -> "ExchangeDays":
        month = day.replace(day=1)
        before = add_months(month, -2)
        return cls(
            filed_on=day,
            adjusted_on=calendar.shift(day, -2),
            month=month,
            last=add_months(month, -1),
            before=before,
            known_since=before.replace(month=1),
            ordered_until=day + timedelta(days=14),
        )


class _Exchange:
    """Its parts, by what they are called where one is refused."""

    def __init__(self, desk: ExchangeDesk, days: ExchangeDays, open_push: OpenPush) -> None:
        self._desk, self._days, self._open_push = desk, days, open_push
        self.all: dict[str, Callable[[], Awaitable[None]]] = {
            "动态调整名单": self._adjustment,
            "退役军人事务部门零报告": self._zero_report,
            "高额费用推送": self._pushes,
            "督促整改": self._order,
            "邻县双向共享": self._neighbour,
            "集中复核": self._review,
            "联络员名册": self._liaisons,
        }

    async def _adjustment(self) -> None:
        """低保: nine persons marked, three returned; signed for by the bureau and by finance."""
        await self._opened(CIVIL_AFFAIRS, Procedure.SHARING_CYCLE, COUNTY, self._days.month)
        closed = {"category": "DB", "adjusted_on": self._days.adjusted_on.isoformat()}
        matter = await self._desk.post(CIVIL_AFFAIRS, "报告动态调整", "/api/v1/adjustments", closed)
        day = self._days.filed_on.isoformat()
        fields = {
            "category": "DB",
            "certificate_no": "虚民证〔演示〕1号",
            "certificate_on": day,
            "list_on": day,
            **CERTIFIED,
        }
        table = adjustment_list(self._days.adjusted_on)
        await self._desk.hand_in(CIVIL_AFFAIRS, Handed("adjustment", "低保动态调整名单.csv", table, fields))
        for receiver in (INSURANCE, FINANCE):
            await self._desk.answer(receiver, matter["id"], "list_receipt", "received", {})

    async def _zero_report(self) -> None:
        closed = {"category": "YF", "adjusted_on": self._days.adjusted_on.isoformat()}
        matter = await self._desk.post(VETERANS, "报告动态调整", "/api/v1/adjustments", closed)
        await self._desk.answer(VETERANS, matter["id"], "adjustment_list", "no_change", {})

    async def _pushes(self) -> None:
        """The push before the last: late, acknowledged, one person in recognition. The last one waits for its release."""
        before, last, known_since = self._days.before, self._days.last, self._days.known_since
        await self._open_push(COUNTY, last)
        listed = identity_list(known_since, known_since + timedelta(days=9))
        await self._desk.hand_in(AGRICULTURE, Handed("identity", "监测对象名单.csv", listed))
        earlier = await self._opened(INSURANCE, Procedure.PUSH, COUNTY, before)
        await self._desk.hand_in(INSURANCE, Handed("burden", "个人累计负担.csv", burdens_before(), {}, before))
        await self._desk.answer(INSURANCE_HEAD, earlier, "push_release", "released", {})
        for receiver in (AGRICULTURE, CIVIL_AFFAIRS):
            await self._desk.answer(receiver, earlier, "push_ack", "acknowledged", {})
        await self._screen()
        await self._opened(INSURANCE, Procedure.PUSH, COUNTY, last)
        await self._desk.hand_in(INSURANCE, Handed("burden", "个人累计负担.csv", burdens_after(), {}, last))

    async def _screen(self) -> None:
        """One of those whom civil affairs are to look at is under recognition; the others wait."""
        mine = await self._desk.own(CIVIL_AFFAIRS, Procedure.RECOGNITION, COUNTY)
        if all(one["status"] == "screening" for one in mine):
            await self._desk.answer(CIVIL_AFFAIRS, mine[-1]["id"], "screening", "candidate", {})

    async def _order(self) -> None:
        """The province has the late push put right."""
        found = await self._desk.get(PROVINCE, "查询问题线索", f"/api/v1/findings?division={COUNTY}&kind=late_push")
        wanted = {
            "findings": [one["id"] for one in found["items"]][-1:],
            "text": "高额费用患者信息推送逾期，请说明原因，明确专人，今后按时推送",
            "due_on": self._days.ordered_until.isoformat(),
        }
        if wanted["findings"]:
            await self._desk.post(PROVINCE, "督促整改", "/api/v1/rectifications", wanted)

    async def _neighbour(self) -> None:
        """Both directions, confirmed by both sides: the month is met."""
        civil, insurance = (f"county.{name}.caseworker@{NEIGHBOUR}" for name in ("civil_affairs", "medical_insurance"))
        cycle = await self._opened(civil, Procedure.SHARING_CYCLE, NEIGHBOUR, self._days.month)
        await self._desk.answer(civil, cycle, "sharing_in", "provided", {"carrier": "paper", "DB": 86, "TK": 9})
        data = {"carrier": "interface", "enrolment": 4120, "aid_benefits": 57}
        await self._desk.answer(insurance, cycle, "sharing_out", "provided", data)
        for receiver in (insurance, civil):
            await self._desk.answer(receiver, cycle, "sharing_receipt", "confirmed", {})

    async def _review(self) -> None:
        """Of two departments one has returned its part."""
        civil = f"county.civil_affairs.caseworker@{JIAXIANG}"
        review = await self._opened(civil, Procedure.REVIEW, JIAXIANG, self._days.last)
        await self._desk.answer(civil, review, "self_check", "confirmed", {"remark": "已在本部门系统内比对核实"})

    async def _liaisons(self) -> None:
        """Two cities and a county of each; one term ends soon, one liaison is away, and some offices have named nobody."""
        for actor, words in LIAISONS.items():
            await self._desk.post(actor, "登记联络员", "/api/v1/liaisons", entry_of(actor, words, self._days.filed_on))

    async def _opened(self, actor: str, procedure: Procedure, division: str, month: date) -> str:
        return await self._desk.opened(actor, procedure, f"{division}/{month:%Y-%m}", division)


def _one_line(trouble: Exception) -> str:
    return " ".join(str(trouble).split())
