"""A random walk: random persons do random things to the cases of four people, one after the other or two at once.

After each, when all has come to rest, the promises are asked of the tables by SQL of its own. Every choice is a plain number
or word, so that a walk that fails prints itself as a program that can be kept.
"""

from collections import Counter as Tally
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.journeys.walk.counter import TAKEN, Counter
from tests.journeys.walk.filings import BASES, CLERK, application
from tests.journeys.walk.people import TOWN, Applicant, new_people
from tests.journeys.walk.requests import (
    ACTS,
    ANYBODY,
    GOALS,
    RIGHT,
    SECOND,
    SENSIBLE,
    TEAMWORK,
    WRONG,
    Filed,
    Request,
    Requests,
)
from tests.journeys.walk.tables import Open, Tables

MOST = 4
CASES, NUMBERS, TASKS = st.integers(0, MOST - 1), st.integers(0, 9), st.integers(0, 2)
STEPS = st.sampled_from((0, 2, 4, 6, 8, 10, 11, 12, 13))
LACKING = st.sampled_from((False, False, False, True))
WHO = st.sampled_from((*(RIGHT,) * 7, SECOND, SECOND, ANYBODY))
AT_ONCE = st.sampled_from(("onward", "otherwise", "recall", "claim", "suspend", "withdraw", "correct", "move", "death"))


@dataclass
class House:
    """The running house that the walks take place in, and what they did there."""

    counter: Counter
    tables: Tables
    now: datetime
    marked: Iterator[Applicant]
    done: Tally[str] = field(default_factory=Tally)
    refused: Tally[str] = field(default_factory=Tally)


class Walk(RuleBasedStateMachine):
    house: ClassVar[House]

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[Filed] = []
        self.people: tuple[Applicant, ...] = ()
        self.requests = Requests(self.house.counter, self.house.tables, self.house.now.date())

    @initialize(person=st.integers(0, 3), base=st.sampled_from(BASES[1:]), steps=STEPS)
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
        number = f"行-{applicant.name}-{bill}"
        spouse = self.people[:2][1 - person : 2 - person] if person < 2 else ()
        body = application(self.house.counter, applicant, spouse, bill=number, base=base, lacking=lacking)
        used = any(self._stands(case) for case in self.cases if case.bill == number)
        status, said = self.house.counter.post(CLERK.format(town=TOWN), "/applications", body)
        assert status == (409 if used else 201), said
        if status == 201:
            self.cases.append(Filed(said["id"], said["number"], applicant, number, lacking))
        self._told("file", status, said)
        self._holds()

    @precondition(lambda self: self.cases)
    @rule(case=CASES, task=TASKS, outcome=NUMBERS, who=WHO, slip=NUMBERS, days=st.integers(0, 4))
    def answer(self, case: int, task: int, outcome: int, who: str, slip: int, days: int) -> None:
        filed, asked = self._asked(case, task)
        if asked:
            self._answer(filed, asked, outcome, who, slip, days)

    @precondition(lambda self: self.cases)
    @rule(case=CASES, outcome=NUMBERS, days=st.integers(0, 4))
    def decide(self, case: int, outcome: int, days: int) -> None:
        """Any outcome of the step that the case waits for, by whom it is for."""
        filed, asked = self._asked(case, 0)
        if asked:
            self._answer(filed, asked, SENSIBLE + outcome, RIGHT, 0, days)

    @precondition(lambda self: self.cases)
    @rule(case=CASES, steps=st.integers(1, 14), days=st.integers(0, 2))
    def carry(self, case: int, steps: int, days: int) -> None:
        """Some steps along the way, each by whom it is for, until one is refused."""
        for _step in range(steps):
            filed, asked = self._asked(case, 0)
            if not asked or self._answer(filed, asked, 0, RIGHT, 0, days) not in TAKEN:
                return

    @precondition(lambda self: self.cases)
    @rule(case=CASES, goal=st.sampled_from(tuple(GOALS)), steps=st.integers(1, 6), days=st.integers(1, 2))
    def towards(self, case: int, goal: str, steps: int, days: int) -> None:
        """Some steps towards a certain end or detour."""
        for _step in range(steps):
            filed, asked = self._asked(case, 0)
            if not asked or self._answer(filed, asked, 0, RIGHT, 0, days, goal) not in TAKEN:
                return

    @precondition(lambda self: self.cases)
    @rule(case=CASES, task=TASKS, verb=st.sampled_from(("claim", "release")), who=WHO)
    def take(self, case: int, task: int, verb: str, who: str) -> None:
        filed, asked = self._asked(case, task)
        if asked:
            self._do(filed, self.requests.take(asked, verb, who, task))

    @precondition(lambda self: self.cases)
    @rule(case=CASES, task=TASKS, verb=st.sampled_from(tuple(TEAMWORK)), who=WHO)
    def direct(self, case: int, task: int, verb: str, who: str) -> None:
        """What supervisors do about a task; some of it the holder asks for himself."""
        filed, asked = self._asked(case, task)
        if asked:
            self._do(filed, self.requests.direct(asked, verb, who, task))

    @precondition(lambda self: self.cases)
    @rule(case=CASES, who=WHO)
    def recall(self, case: int, who: str) -> None:
        """The last answer is taken back (撤回)."""
        filed = self._case(case)
        request = self.requests.recall(filed, who, case)
        if request:
            self._do(filed, request)

    @precondition(lambda self: self.cases)
    @rule(case=CASES, act=st.sampled_from(ACTS), number=NUMBERS, who=WHO)
    def act(self, case: int, act: str, number: int, who: str) -> None:
        filed = self._case(case)
        self._do(filed, self.requests.act(filed, act, who, number))

    @precondition(lambda self: self.cases)
    @rule(case=CASES, first=AT_ONCE, second=AT_ONCE, number=NUMBERS)
    def at_once(self, case: int, first: str, second: str, number: int) -> None:
        """Two things are done to one case at the same time: whoever comes first, nothing is left in between."""
        filed, asked = self._asked(case, 0)
        wanted = [self._wanted(filed, asked, name, number) for name in (first, second)]
        requests = [request for request in wanted if request]
        with ThreadPoolExecutor(len(wanted)) as people:
            replies = list(people.map(self._sent, requests))
        for request, (status, said) in zip(requests, replies, strict=True):
            self._told(f"at once {request.name}", status, said)
        self._holds()

    def _wanted(self, filed: Filed, asked: Open | None, name: str, number: int) -> Request | None:
        if name == "recall":
            return self.requests.recall(filed, RIGHT, number)
        if name in ACTS:
            return self.requests.act(filed, name, RIGHT, number)
        if asked is None:
            return None
        if name == "claim":
            return self.requests.take(asked, name, SECOND, number)
        if name == "suspend":
            return self.requests.direct(asked, name, RIGHT, number)
        return self.requests.answer(filed, asked, 0 if name == "onward" else SENSIBLE + number, RIGHT, 0, 1)

    def _answer(self, filed: Filed, asked: Open, outcome: int, who: str, slip: int, days: int, goal: str = "") -> int:
        request = self.requests.answer(filed, asked, outcome, who, slip, days, goal)
        status = self._do(filed, request)
        if status in TAKEN:
            assert slip < WRONG, f"a wrong answer was taken: {request}"
            assert request.by.partition("@")[2] == asked.office, f"{request.by} answered for {asked.holder}"
        return status

    def _do(self, filed: Filed, request: Request) -> int:
        """A refused request leaves the case as it was."""
        before = self.house.tables.standing(filed.id)
        status, said = self._sent(request)
        self._told(request.name, status, said)
        if status not in TAKEN:
            after = self.house.tables.standing(filed.id)
            assert after.is_still(before), (request, said, before, after)
        self._holds()
        return status

    def _sent(self, request: Request) -> tuple[int, Any]:
        return self.house.counter.post(request.by, request.path, request.content)

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

    def _asked(self, case: int, task: int) -> tuple[Filed, Open | None]:
        filed = self._case(case)
        found = self.house.tables.open_tasks(filed.id)
        return filed, found[task % len(found)] if found else None

    def _stands(self, case: Filed) -> bool:
        return self.house.tables.standing(case.id).status not in ("withdrawn", "rejected", "lapsed")
