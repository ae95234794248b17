"""A random walk: random persons do random things to the cases of four people, one after the other, at the real counter.

After each, when all has come to rest, the promises are asked of the tables by SQL of its own. Every choice is a plain number
or word, so that a walk that fails prints itself as a program that can be kept.
"""

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from policy.steps import step
from tests.journeys.walk.answers import plausible, wrong
from tests.journeys.walk.counter import TAKEN, Counter
from tests.journeys.walk.people import EVERYBODY, OTHER_TOWN, SETTLED_ON, TOWN, Applicant, new_people
from tests.journeys.walk.tables import Open, Tables

SUBMITTED_ON = date(2025, 1, 6)
REASON = "按纸质档案补录"
CLERK = "township.township_government.caseworker@{town}"
TOWN_HEAD = "township.township_government.supervisor@{town}"
COUNTY_CLERK, COUNTY_HEAD = "county.medical_insurance.caseworker@140522", "county.medical_insurance.supervisor@140522"
BASES = (4000, 9000, 25000, 60000)
"""Below every deductible, above one of them, below every cap, above them all; in yuan."""
PAPERS = ("diagnosis", "receipts", "history", "insurance_proof")
RIGHT, SECOND, ANYBODY = "right", "second", "anybody"
SENSIBLE = 6
"""Of ten choices of an outcome, those that take the one with which the case goes on."""

MOST = 4
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
BY_HOLDERS = ("hand-over", "opinions", "extension")
CASES, NUMBERS = st.integers(0, MOST - 1), st.integers(0, 9)
LACKING = st.sampled_from((False, False, False, True))
WHO = st.sampled_from((*(RIGHT,) * 7, SECOND, SECOND, ANYBODY))


@dataclass
class House:
    """The running house that the walks take place in, and what they did there."""

    counter: Counter
    tables: Tables
    now: datetime
    marked: Iterator[Applicant]
    done: Tally[str] = field(default_factory=Tally)
    refused: Tally[str] = field(default_factory=Tally)


@dataclass
class Filed:
    id: str
    number: str
    person: Applicant
    bill: str
    lacking: bool
    """A paper is to follow (容缺)."""


class Walk(RuleBasedStateMachine):
    house: ClassVar[House]

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[Filed] = []
        self.people: tuple[Applicant, ...] = ()

    @initialize(person=st.integers(0, 3), base=st.sampled_from(BASES), steps=st.integers(0, 13))
    def begin(self, person: int, base: int, steps: int) -> None:
        """Every walk begins somewhere along the way of one case."""
        self.house.tables.begin()
        self.people = new_people(next(self.house.marked))
        self.file(person, 0, base, False)
        self.carry(0, steps, 1)

    @precondition(lambda self: len(self.cases) < MOST)
    @rule(person=st.integers(0, 3), bill=st.integers(0, 1), base=st.sampled_from(BASES), lacking=LACKING)
    def file(self, person: int, bill: int, base: int, lacking: bool) -> None:
        """The same bill twice is refused while the first case stands (B-21)."""
        applicant = self.people[person]
        body = self._application(applicant, f"行-{applicant.name}-{bill}", base, lacking)
        used = any(self._stands(case) for case in self.cases if case.bill == body["costs"]["settlement_no"])
        status, said = self.house.counter.post(CLERK.format(town=TOWN), "/applications", body)
        assert status == (409 if used else 201), said
        if status == 201:
            self.cases.append(Filed(said["id"], said["number"], applicant, body["costs"]["settlement_no"], lacking))
        self._told("file", status, said)
        self._holds()

    @precondition(lambda self: self.cases)
    @rule(case=CASES, task=st.integers(0, 2), outcome=NUMBERS, who=WHO, slip=NUMBERS, days=st.integers(0, 4))
    def answer(self, case: int, task: int, outcome: int, who: str, slip: int, days: int) -> None:
        """`slip` 8 and 9: something is typed wrongly."""
        filed = self._case(case)
        found = self.house.tables.open_tasks(filed.id)
        if found:
            self._answer(filed, found[task % len(found)], outcome, who, slip, days)

    @precondition(lambda self: self.cases)
    @rule(case=CASES, outcome=NUMBERS, days=st.integers(0, 4))
    def decide(self, case: int, outcome: int, days: int) -> None:
        """Any outcome of the step that the case waits for, by whom it is for."""
        filed = self._case(case)
        found = self.house.tables.open_tasks(filed.id)
        if found:
            self._answer(filed, found[0], SENSIBLE + outcome, RIGHT, 0, days)

    @precondition(lambda self: self.cases)
    @rule(case=CASES, steps=st.integers(1, 14), days=st.integers(0, 2))
    def carry(self, case: int, steps: int, days: int) -> None:
        """Some steps along the way, each by whom it is for, until one is refused."""
        filed = self._case(case)
        for _step in range(steps):
            found = self.house.tables.open_tasks(filed.id)
            if not found or self._answer(filed, found[0], 0, RIGHT, 0, days) not in TAKEN:
                return

    @precondition(lambda self: self.cases)
    @rule(case=CASES, task=st.integers(0, 2), verb=st.sampled_from(("claim", "release")), who=WHO)
    def take(self, case: int, task: int, verb: str, who: str) -> None:
        filed = self._case(case)
        found = self.house.tables.open_tasks(filed.id)
        if found:
            asked = found[task % len(found)]
            self._do(f"task.{verb}", filed, self._person(asked.holder, who, task), f"/tasks/{asked.id}/{verb}", {})

    @precondition(lambda self: self.cases)
    @rule(case=CASES, task=st.integers(0, 2), verb=st.sampled_from(tuple(TEAMWORK)), who=WHO)
    def direct(self, case: int, task: int, verb: str, who: str) -> None:
        """What supervisors do about a task; some of it the holder asks for himself."""
        filed = self._case(case)
        found = self.house.tables.open_tasks(filed.id)
        if found:
            asked = found[task % len(found)]
            head = "leader" if ".supervisor@" in asked.holder else "supervisor"
            above = asked.holder.replace(".caseworker@", f".{head}@").replace(".supervisor@", f".{head}@")
            by = self._person(asked.holder if verb in BY_HOLDERS else above, who, task)
            self._do(f"task.{verb}", filed, by, f"/tasks/{asked.id}/{verb}", self._said_about(asked, verb))

    @precondition(lambda self: self.cases)
    @rule(case=CASES, who=WHO)
    def recall(self, case: int, who: str) -> None:
        """The last answer is taken back (撤回)."""
        filed = self._case(case)
        newest = self.house.tables.newest_answer(filed.id)
        if newest:
            task, answered_by = newest
            by = self._person(answered_by, RIGHT if who == SECOND else who, case)
            self._do("recall", filed, by, f"/tasks/{task}/recall", {"reason": "填写有误"})

    @precondition(lambda self: self.cases)
    @rule(case=CASES, act=st.sampled_from(("withdraw", "correct", "move", "death", "payee", "reopen", "remedies")),
          number=NUMBERS, who=WHO)  # fmt: skip
    def act(self, case: int, act: str, number: int, who: str) -> None:
        filed = self._case(case)
        standing = self.house.tables.standing(filed.id)
        town = standing.division
        offices: Mapping[str, tuple[str, ...]] = {
            "move": (TOWN_HEAD.format(town=town), COUNTY_HEAD),
            "payee": (COUNTY_CLERK,),
        }
        holders = offices.get(act, (CLERK.format(town=town), COUNTY_CLERK))
        holder = holders[number % len(holders)]
        content = self._CONTENT[act](self, filed, number) | self._paper(standing.last_act_on)
        self._do(act, filed, self._person(holder, who, number), f"/applications/{filed.id}/{act}", content)

    def _said_about(self, asked: Open, verb: str) -> dict[str, Any]:
        due_on = (self.house.now.date() + timedelta(7)).isoformat()
        to = asked.holder.replace(".caseworker@", ".caseworker2@")
        return {**TEAMWORK[verb], **({"to": to} if verb in ("assign", "hand-over") else {}),
                **({"due_on": due_on} if verb == "orders" else {})}  # fmt: skip

    def teardown(self) -> None:
        self.people = ()

    def _answer(self, filed: Filed, asked: Open, outcome: int, who: str, slip: int, days: int) -> int:
        outcomes = step(asked.kind).outcomes
        onward = 1 if asked.kind == "acceptance" and filed.lacking else 0
        chosen = outcomes[onward if outcome < SENSIBLE else (outcome - SENSIBLE + 1) % len(outcomes)]
        schemas = [one.schema() for one in chosen.fields]
        by = self._person(asked.holder, who, slip)
        day = self._day(filed, asked, chosen.name, days)
        known = self._known(filed, by, day, [one["name"] for one in schemas])
        fields = wrong(schemas, known, slip + outcome) if slip >= 8 else plausible(schemas, known)
        content = {"outcome": chosen.name, "fields": fields, **self._paper(day)}
        status = self._do(f"{asked.kind}:{chosen.name}", filed, by, f"/tasks/{asked.id}/answer", content)
        if status in TAKEN:
            assert slip < 8, f"a wrong answer was taken: {content}"
            assert by.partition("@")[2] == asked.office, f"{by} answered for {asked.holder}"
        return status

    def _do(self, name: str, filed: Filed, by: str, path: str, content: Any) -> int:
        """A refused request leaves the case as it was."""
        before = self.house.tables.standing(filed.id)
        status, said = self.house.counter.post(by, path, content)
        self._told(name, status, said)
        if status not in TAKEN:
            assert self.house.tables.standing(filed.id) == before, (name, by, said)
        self._holds()
        return status

    def _holds(self) -> None:
        found = self.house.tables.comes_to_rest(self.house.now)
        assert not found, found

    def _told(self, name: str, status: int, said: Any) -> None:
        if status in TAKEN:
            self.house.done[name] += 1
        else:
            self.house.refused[said["type"].removeprefix("/problems/")] += 1

    def _case(self, number: int) -> Filed:
        return self.cases[number % len(self.cases)]

    def _stands(self, case: Filed) -> bool:
        return self.house.tables.standing(case.id).status not in ("withdrawn", "rejected", "lapsed")

    def _person(self, holder: str, who: str, number: int) -> str:
        """The holder of the post, its second caseworker, or anybody at all."""
        if who == SECOND and ".caseworker@" in holder and holder.replace(".caseworker@", ".caseworker2@") in EVERYBODY:
            return holder.replace(".caseworker@", ".caseworker2@")
        return EVERYBODY[(number * 7 + 3) % len(EVERYBODY)] if who == ANYBODY else holder

    def _day(self, filed: Filed, asked: Open, outcome: str, days: int) -> date:
        """Some days after the last act; when something must have ended first, from the day on which it may be done."""
        day = self.house.tables.standing(filed.id).last_act_on + timedelta(days)
        if outcome == "no_objection" and asked.not_before and days:
            day = max(day, asked.not_before)
        if outcome == "lapsed" and asked.late_after and days:
            day = max(day, asked.late_after + timedelta(days))
        return min(day, self.house.now.date())

    def _paper(self, day: date) -> dict[str, str]:
        return {"done_on": day.isoformat(), "paper_reason": REASON} if day < self.house.now.date() else {}

    def _known(self, filed: Filed, by: str, day: date, names: list[str]) -> dict[str, Any]:
        known: dict[str, Any] = {"day": day.isoformat(), "received_on": day.isoformat()}
        if "documents" in names and "township" in by:
            known |= {"paper": "insurance_proof", "file": self.house.counter.hand_in(by)}
        if "division" in names:
            known["division"] = self._elsewhere(filed)
        if "account" in names:
            known |= {"payee_name": filed.person.name, "account": "6200000000000000035"}
        unasked = {"day", "paper", "file"}
        return {name: value for name, value in known.items() if name in unasked or name in names}

    def _elsewhere(self, filed: Filed) -> str:
        here = self.house.tables.standing(filed.id).division
        return OTHER_TOWN if here == TOWN else TOWN

    def _application(self, person: Applicant, bill: str, base: int, lacking: bool) -> dict[str, Any]:
        clerk = CLERK.format(town=TOWN)
        papers: list[dict[str, Any]] = [
            {"kind": kind, "file": self.house.counter.hand_in(clerk)}
            for kind in PAPERS
            if not (lacking and kind == "insurance_proof")
        ]
        recognition = {"kind": "recognition", "file": self.house.counter.hand_in(clerk)}
        papers.append({**recognition, "no": "阳民认〔2025〕6号", "date": "2025-01-03"})
        member = self.people[1] if person is self.people[0] else self.people[0]
        shared = person in self.people[:2]
        household = [{"name": member.name, "id_number": member.id_number, "relation": "配偶"}] if shared else []
        return {
            "division": TOWN,
            "category": person.category,
            "applicant": {
                "name": person.name,
                "id_number": person.id_number,
                "phone": "13900000077",
                "address": "虚构村77号",
                "residence": "rural",
                "registered_in": TOWN,
                "household": household,
            },
            "costs": self._costs(bill, base),
            "payee": {"kind": "person", "name": person.name, "account": "6200000000000000077", "bank": "虚构银行"},
            "documents": papers,
            "submitted_on": SUBMITTED_ON.isoformat(),
            "paper_reason": REASON,
        }

    @staticmethod
    def _costs(bill: str, base: int) -> dict[str, Any]:
        return {
            "total": f"{base + 21000}.00",
            "compliant_total": f"{base + 18000}.00",
            "basic": "15000.00",
            "critical_illness": "2000.00",
            "commercial": "1000.00",
            "institution_code": "H14052200001",
            "settlement_no": bill,
            "admitted_on": "2024-12-01",
            "discharged_on": SETTLED_ON,
            "settled_on": SETTLED_ON,
        }

    def _corrected(self, filed: Filed, number: int) -> dict[str, Any]:
        parts: tuple[dict[str, Any], ...] = (
            {
                "costs": {
                    "total": f"{BASES[number % 4] + 21000}.00",
                    "compliant_total": f"{BASES[number % 4] + 18000}.00",
                }
            },
            {"costs": {"settled_on": "2024-12-21"}},
            {"category": "DBBY" if filed.person.category == "DB" else "DB"},
            {"payee": {"account": "6200000000000000078"}},
        )
        return {"reason": "登记时录入有误", **parts[number % len(parts)]}

    def _moved(self, filed: Filed, number: int) -> dict[str, Any]:
        return {"division": self._elsewhere(filed) if number % 3 else "110101001", "reason": "户籍迁移"}

    def _appealed(self, filed: Filed, number: int) -> dict[str, Any]:
        day = self.house.tables.standing(filed.id).last_act_on.isoformat()
        kind = ("reconsideration", "suit")[number % 2]
        return {"kind": kind, "body": "虚构县人民政府", "filed_on": day, "excuse": "因病住院"}

    def _payee(self, filed: Filed, _number: int) -> dict[str, Any]:
        payee = {
            "kind": "person",
            "name": f"{filed.person.name}之子",
            "account": "6200000000000000079",
            "bank": "虚构银行",
        }
        return {"payee": payee, "relation": "子女", "reason": "继承人共同推举"}

    _CONTENT: ClassVar[Mapping[str, Callable[..., dict[str, Any]]]] = {
        "withdraw": lambda _self, _filed, _number: {"reason": "不再申请"},
        "correct": _corrected,
        "move": _moved,
        "death": lambda _self, _filed, number: {"died_on": f"2024-12-1{number}", "reason": "死亡证明"},
        "payee": _payee,
        "reopen": lambda _self, _filed, _number: {"reason": "材料已补齐"},
        "remedies": _appealed,
    }
