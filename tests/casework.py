"""Cases carried through the counter of a running stack, each act by whom it is for: for fault runs, scans and benches.

A reply that is lost is asked for again with the same Idempotency-Key, and nothing else is tried twice.
"""

import asyncio
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from policy.deadlines import SHANGHAI
from policy.working_days import WorkCalendar
from runtime.demo_people import COUNTY, TOWN, TOWN_DESK, Act
from runtime.story.counter import Counter, Reply
from store.packs import rulebook_from_packs

PATIENCE = 120.0
"""Seconds after which what does not come is a failure."""
UNAVAILABLE = 503
REASON = "按纸质档案补录"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass
class Case:
    """A filed case, the acts still to come and the working days from now back to the next one."""

    id: str
    number: str
    town: str
    acts: list[Act]
    back: int


@dataclass
class Log:
    """What the driver saw: milliseconds per answer given, and how often a reply was lost or the counter unavailable."""

    milliseconds: list[float] = field(default_factory=list)
    lost: int = 0
    unavailable: int = 0


class Office:
    """Everybody who works on cases, over one connection pool. Requests carry an Idempotency-Key if `keyed`."""

    def __init__(self, address: str, *, keyed: bool = True) -> None:
        self._counter = Counter(address)
        self._keyed = keyed
        self.log = Log()
        self.today = datetime.now(SHANGHAI).date()
        self._calendar: WorkCalendar = rulebook_from_packs(COUNTY, self.today).calendar

    async def close(self) -> None:
        await self._counter.close()

    async def sign_in(self, *actors: str) -> None:
        """Beforehand, so that a fault meets answers and not passwords."""
        for actor in actors:
            reply = await self._counter.ask(actor, "GET", "/api/v1/sessions/current")
            assert reply.status == 200, (actor, reply)

    async def ask(self, actor: str | None, method: str, path: str, content: Any = None) -> Reply:
        """Once, whatever comes of it."""
        return await self._counter.ask(actor, method, path, content)

    async def insist(self, actor: str, method: str, path: str, content: Any = None) -> Reply:
        """Until there is a reply: asked again, as the same request, when it was lost or the database was away."""
        headers = {"Prefer": "wait=0"} | ({"Idempotency-Key": str(uuid.uuid4())} if self._keyed else {})
        until = time.monotonic() + PATIENCE
        while True:
            reply = await self._counter.ask(actor, method, path, content, headers)
            if not reply.lost and reply.status != UNAVAILABLE:
                return reply
            self.log.lost += reply.lost
            self.log.unavailable += not reply.lost
            assert time.monotonic() < until, f"no reply to {method} {path}"
            await asyncio.sleep(0.1)

    async def file(self, body: Mapping[str, Any], acts: Sequence[Act]) -> Case:
        """Files it on the day that leaves the acts their working days, the last of them today."""
        back = sum(act.days for act in acts)
        actor = TOWN_DESK.format(town=body["division"])
        reply = await self.insist(actor, "POST", "/api/v1/applications", {**body, **self._paper("submitted_on", back)})
        assert reply.status == 201, reply
        return Case(reply.content["id"], reply.content["number"], body["division"], list(acts), back)

    async def act(self, case: Case, known: str | None = None, **extra: Any) -> Reply:
        """The next act of the case, by whom it is for; its task is looked up unless `known`. `extra` goes into the answer."""
        act = case.acts[0]
        actor = act.actor.format(town=case.town)
        task = known or await self.task(case, act.kind, actor)
        back = case.back - act.days
        content = {"outcome": act.outcome, "fields": dict(act.fields), **self._paper("done_on", back), **extra}
        began = time.perf_counter()
        reply = await self.insist(actor, "POST", f"/api/v1/tasks/{task}/answer", content)
        self.log.milliseconds.append((time.perf_counter() - began) * 1000)
        assert reply.status == 200, (act.kind, reply)
        del case.acts[0]
        case.back = back
        return reply

    async def task(self, case: Case, kind: str, actor: str) -> str:
        """The open task of that kind, as soon as the procedure has come to it."""
        until = time.monotonic() + PATIENCE
        while True:
            reply = await self.insist(actor, "GET", f"/api/v1/tasks?state=open&kind={kind}&q={case.number}")
            assert reply.status == 200, reply
            if reply.content["items"]:
                return str(reply.content["items"][0]["id"])
            assert time.monotonic() < until, f"{case.number}: no task {kind}"
            await asyncio.sleep(0.05)

    async def status(self, case: Case, actor: str) -> str:
        reply = await self.insist(actor, "GET", f"/api/v1/applications/{case.id}")
        return str(reply.content["status"])

    def day(self, back: int) -> date:
        """That many working days ago."""
        return self._calendar.shift(self.today, -back)

    def _paper(self, name: str, back: int) -> dict[str, str]:
        day = self.day(back)
        return {name: day.isoformat(), "paper_reason": REASON} if day < self.today else {}


def application(number: int, base: int = 30000, town: str = TOWN) -> dict[str, Any]:
    """An application that is right in every way, of the invented person `number`; `base` is what the person bears."""
    recent = datetime.now(SHANGHAI).date() - timedelta(days=90)
    kinds = ("diagnosis", "receipts", "history", "insurance_proof")
    papers: list[dict[str, Any]] = [{"kind": kind, "file": "demo"} for kind in kinds]
    papers.append({"kind": "recognition", "file": "demo", "no": "虚民救〔演示〕9号", "date": recent.isoformat()})
    return {
        "division": town,
        "category": "GXZC",
        "applicant": {
            "name": f"试{chr(0x4E00 + number)}",
            "id_number": id_number("140522", "19600101", number),
            "phone": f"1390000{number:04d}",
            "address": f"虚构村{number}号",
            "residence": "rural",
            "registered_in": town,
            "household": [],
        },
        "costs": {
            "total": f"{base + 41000}.00",
            "compliant_total": f"{base + 36000}.00",
            "basic": "30000.00",
            "critical_illness": "6000.00",
            "settlement_no": f"SY-{number:04d}",
            "admitted_on": (recent - timedelta(days=12)).isoformat(),
            "discharged_on": recent.isoformat(),
            "settled_on": recent.isoformat(),
        },
        "payee": {"kind": "person", "name": f"试{chr(0x4E00 + number)}", "account": f"6200000000000{number:04d}"},
        "documents": papers,
    }


def id_number(area: str, born: str, order: int) -> str:
    """Valid by its form (GB 11643): 17 digits and their check character."""
    digits = f"{area}{born}{order % 1000:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
    return digits + "10X98765432"[rest]
