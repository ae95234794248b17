"""What a random person asks of the counter about a case: who, where, in which words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from policy.steps import step
from tests.journeys.walk.answers import plausible, wrong
from tests.journeys.walk.counter import Counter
from tests.journeys.walk.filings import CLERK, REASON, correction
from tests.journeys.walk.people import EVERYBODY, OTHER_TOWN, TOWN, Applicant
from tests.journeys.walk.tables import Open, Tables

TOWN_HEAD = "township.township_government.supervisor@{town}"
COUNTY_CLERK, COUNTY_HEAD = "county.medical_insurance.caseworker@140522", "county.medical_insurance.supervisor@140522"
RIGHT, SECOND, ANYBODY = "right", "second", "anybody"
SENSIBLE = 6
"""Of ten choices of an outcome, those that take the one with which the case goes on."""
WRONG = 8
"""From this slip on something is typed wrongly."""
TEAMWORK: Mapping[str, Mapping[str, Any]] = {
    "assign": {},
    "hand-over": {"reason": "外出培训"},
    "suspend": {"category": "force_majeure", "reason": "大雪封路"},
    "resume": {},
    "remind": {},
    "orders": {"text": "请尽快办理"},
    "opinions": {
        "post": {"level": "county", "department": "finance", "role": "caseworker"},
        "text": "请提出意见",
    },
    "extension": {"days": 2, "reason": "材料较多"},
}
GOALS: Mapping[str, Mapping[str, str]] = {
    "refusal": {
        "acceptance": "accept",
        "township_review": "not_eligible",
        "objection_review": "upheld",
        "county_review": "propose_refusal",
        "county_approval": "refuse",
    },
    "refusal at once": {"acceptance": "refuse"},
    "lapse": {"acceptance": "ask_supplement", "supplement": "lapsed"},
    "objection": {
        "township_notice_result": "objection",
        "county_notice_result": "objection",
        "objection_review": "dismissed",
    },
    "hold": {"payment_request": "hold"},
    "query": {"finance_review": "query"},
    "doubt": {"transfer": "unknown", "bank_inquiry": "bounced"},
    "bounce": {"transfer": "bounced"},
    "reopening": {"remedy_result": "reopened"},
}
"""Ends and detours: which outcome leads there, by step."""
BY_HOLDERS = ("hand-over", "opinions", "extension")
ACTS = ("withdraw", "correct", "move", "death", "payee", "reopen", "remedies")


@dataclass(frozen=True)
class Filed:
    """A case of the walk. `lacking`: a paper is to follow (容缺)."""

    id: str
    number: str
    person: Applicant
    bill: str
    lacking: bool


@dataclass(frozen=True)
class Request:
    name: str
    by: str
    path: str
    content: Mapping[str, Any]


class Requests:
    """Writes requests by what stands in the tables; sends none."""

    def __init__(self, counter: Counter, tables: Tables, today: date) -> None:
        self._counter, self._tables, self._today = counter, tables, today

    def answer(
        self, filed: Filed, asked: Open, outcome: int, who: str, slip: int, days: int, goal: str = ""
    ) -> Request:
        """The outcome that leads to the `goal`, where one does; else by number."""
        outcomes = step(asked.kind).outcomes
        onward = 1 if asked.kind == "acceptance" and filed.lacking else 0
        chosen = outcomes[onward if outcome < SENSIBLE else (outcome - SENSIBLE + 1) % len(outcomes)]
        chosen = step(asked.kind).outcome(GOALS.get(goal, {}).get(asked.kind, "")) or chosen
        schemas = [one.schema() for one in chosen.fields]
        by = _person(asked.holder, who, slip)
        day = self._day(filed, asked, chosen.name, days)
        known = self._known(filed, asked.id, by, day, [one["name"] for one in schemas])
        fields = wrong(schemas, known, slip + outcome) if slip >= WRONG else plausible(schemas, known)
        content = {"outcome": chosen.name, "fields": fields, **self._paper(day)}
        return Request(f"{asked.kind}:{chosen.name}", by, f"/tasks/{asked.id}/answer", content)

    def take(self, asked: Open, verb: str, who: str, number: int) -> Request:
        return Request(f"task.{verb}", _person(asked.holder, who, number), f"/tasks/{asked.id}/{verb}", {})

    def direct(self, asked: Open, verb: str, who: str, number: int) -> Request:
        head = "leader" if ".supervisor@" in asked.holder else "supervisor"
        above = asked.holder.replace(".caseworker@", f".{head}@").replace(".supervisor@", f".{head}@")
        content = dict(TEAMWORK[verb])
        if verb in ("assign", "hand-over"):
            content["to"] = asked.holder.replace(".caseworker@", ".caseworker2@")
        if verb == "orders":
            content["due_on"] = (self._today + timedelta(7)).isoformat()
        by = _person(asked.holder if verb in BY_HOLDERS else above, who, number)
        return Request(f"task.{verb}", by, f"/tasks/{asked.id}/{verb}", content)

    def recall(self, filed: Filed, who: str, number: int) -> Request | None:
        newest = self._tables.newest_answer(filed.id)
        if newest is None:
            return None
        task, answered_by = newest
        by = _person(answered_by, RIGHT if who == SECOND else who, number)
        return Request("recall", by, f"/tasks/{task}/recall", {"reason": "填写有误"})

    def act(self, filed: Filed, act: str, who: str, number: int) -> Request:
        standing = self._tables.standing(filed.id)
        clerk, head = CLERK.format(town=standing.division), TOWN_HEAD.format(town=standing.division)
        offices = {"move": (head, COUNTY_HEAD), "payee": (COUNTY_CLERK,)}
        holders = offices.get(act, (clerk, COUNTY_CLERK))
        by = _person(holders[number % len(holders)], who, number)
        content = _CONTENT[act](self, filed, number) | self._paper(standing.last_act_on)
        return Request(act, by, f"/applications/{filed.id}/{act}", content)

    def _day(self, filed: Filed, asked: Open, outcome: str, days: int) -> date:
        """Some days after the last act; when something must have ended first, from the day on which it may be done."""
        day = self._tables.standing(filed.id).last_act_on + timedelta(days)
        if outcome == "no_objection" and asked.not_before and days:
            day = max(day, asked.not_before)
        if outcome == "lapsed" and asked.late_after and days:
            day = max(day, asked.late_after + timedelta(days))
        return min(day, self._today)

    def _paper(self, day: date) -> dict[str, str]:
        return {"done_on": day.isoformat(), "paper_reason": REASON} if day < self._today else {}

    def _known(self, filed: Filed, task: str, by: str, day: date, names: list[str]) -> dict[str, Any]:
        """What only who knows the case can fill in, for the fields that are asked for; each task brings its own account."""
        asked: dict[str, Any] = {"received_on": day.isoformat(), "division": self._elsewhere(filed)}
        account = f"62{UUID(task).int % 10**17:017d}"
        asked |= {"payee_name": filed.person.name, "account": account, "category": filed.person.category}
        known = {name: value for name, value in asked.items() if name in names}
        if "documents" in names and "township" in by:
            known |= {"paper": "insurance_proof", "file": self._counter.hand_in(by)}
        return {"day": day.isoformat(), "paper": "insurance_proof", "file": "", **known}

    def _elsewhere(self, filed: Filed) -> str:
        return OTHER_TOWN if self._tables.standing(filed.id).division == TOWN else TOWN

    def _moved(self, filed: Filed, number: int) -> dict[str, Any]:
        return {"division": self._elsewhere(filed) if number % 3 else "110101001", "reason": "户籍迁移"}

    def _corrected(self, filed: Filed, number: int) -> dict[str, Any]:
        return {"reason": "登记时录入有误", **correction(filed.person, number)}

    def _appealed(self, filed: Filed, number: int) -> dict[str, Any]:
        day = self._tables.standing(filed.id).last_act_on.isoformat()
        kind = ("reconsideration", "suit")[number % 2]
        return {"kind": kind, "body": "虚构县人民政府", "filed_on": day, "excuse": "因病住院"}

    def _inherited(self, filed: Filed, _number: int) -> dict[str, Any]:
        payee = {"kind": "person", "name": f"{filed.person.name}之子", "account": "6200000000000000079"}
        return {"payee": payee, "relation": "子女", "reason": "继承人共同推举"}


_CONTENT: Mapping[str, Callable[[Requests, Filed, int], dict[str, Any]]] = {
    "withdraw": lambda _self, _filed, _number: {"reason": "不再申请"},
    "correct": Requests._corrected,
    "move": Requests._moved,
    "death": lambda _self, _filed, number: {"died_on": f"2024-12-1{number}", "reason": "死亡证明"},
    "payee": Requests._inherited,
    "reopen": lambda _self, _filed, _number: {"reason": "材料已补齐"},
    "remedies": Requests._appealed,
}


def _person(holder: str, who: str, number: int) -> str:
    """The holder of the post, its second caseworker, or anybody at all."""
    second = holder.replace(".caseworker@", ".caseworker2@")
    if who == SECOND and second in EVERYBODY:
        return second
    return EVERYBODY[(number * 7 + 3) % len(EVERYBODY)] if who == ANYBODY else holder
