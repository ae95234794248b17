"""What is wrong with a row of a roster, as far as it can be told from the row, its batch and what is known of the person
(W11: J-06, J-16, J-17, C-28, A-64, A-66, X-15). A row with a problem goes back to the department it came from; a warning is
said beside an accepted row and holds nothing up.

Whole rosters of a province are checked as columns (exchange/rosters); the codes are the same.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from policy import identity_number
from policy.exchange_terms import RosterChange
from policy.terms import Category


@dataclass(frozen=True)
class RosterProblem:
    """`code` is for programs, `cell` the name of the column that it is about."""

    code: str
    cell: str
    zh: str
    en: str
    clause: str | None = None
    warning: bool = False


@dataclass(frozen=True)
class RosterRow:
    """A person on a list, as the office wrote it. `head` is the ID number of the head of the household."""

    name: str
    id_number: str
    change: RosterChange
    category: Category | None = None
    township: str = ""
    head: str = ""
    household_size: int | None = None
    adjusted_on: date | None = None


@dataclass(frozen=True)
class Batch:
    """What is said once for the whole list: the ticked category, its own date and that of its certificate, and who reads it.

    `townships`: the names known in the county; empty where they are not to be checked.
    """

    today: date
    ticked: Category | None = None
    listed_on: date | None = None
    certified_on: date | None = None
    townships: Collection[str] = ()


@dataclass(frozen=True)
class Known:
    """What is known of the person under that ID number. `registered_name` is the name in the insurance register."""

    registered_name: str | None = None
    deceased: bool = False
    active: Collection[Category] = field(default_factory=frozenset)
    """The categories that the person holds already."""
    enrolled: bool | None = None
    """None where the register of the insured has not been asked."""
    namesakes: Collection[str] = ()
    """Other ID numbers known under the same name and birth date."""


NAME_MISSING = RosterProblem("name-missing", "name", "姓名必须填写", "the name is missing", "J-06")
ID_MISSING = RosterProblem("id-missing", "id_number", "身份证号码必须填写", "the ID number is missing", "J-06")
DUPLICATE = RosterProblem("duplicate-in-batch", "id_number", "与本表中前面的行重复", "repeats an earlier row", "J-16")
OTHER_NAME = RosterProblem(
    "id-other-name",
    "name",
    "该身份证号码在参保信息中对应另一姓名，请核对姓名和号码",
    "another name is known under this ID number",
    "J-16",
)
NAMESAKE = RosterProblem(
    "same-name-birth-other-id",
    "id_number",
    "与另一身份证号码的人员姓名、出生日期相同，疑似同一人，请核实",
    "another ID number has the same name and birth date: perhaps the same person",
    "J-16",
    warning=True,
)
DECEASED = RosterProblem(
    "deceased", "id_number", "该人已登记死亡或注销，请核对", "this person is known to have died", "J-17"
)
CATEGORY_MISMATCH = RosterProblem(
    "category-mismatch", "category", "与表头勾选的对象类别不一致", "differs from the category ticked above", "A-63"
)
ALREADY_ACTIVE = RosterProblem(
    "already-active", "change", "该人已具有此类身份，不能重复新增", "the person holds this category already", "C-28"
)
NOT_ACTIVE = RosterProblem(
    "not-active", "change", "该人目前没有此类身份，不能减少", "the person does not hold this category", "C-28"
)
HOUSEHOLD_COUNT = RosterProblem(
    "household-count",
    "household_size",
    "家庭人口数与名单所列该户人数不符，请核对",
    "the size of the household differs from the rows listed for it",
    "A-62",
    warning=True,
)
DATE_MISMATCH = RosterProblem(
    "date-mismatch",
    "listed_on",
    "名单填报时间与动态调整情况证明时间不一致",
    "the list and its certificate bear different dates",
    "A-64",
)
FUTURE_DATE = RosterProblem("future-date", "adjusted_on", "日期不能晚于今天", "lies in the future", "C-28")
UNKNOWN_TOWNSHIP = RosterProblem(
    "unknown-township",
    "township",
    "本县（市、区）没有这个乡镇（街道）",
    "there is no such township in this county",
    "C-28",
)
NOT_ENROLLED = RosterProblem(
    "not-enrolled",
    "id_number",
    "该人未参加基本医保，请按规定办理参保",
    "the person is not enrolled in the basic insurance",
    "C-15",
    warning=True,
)


def check_row(row: RosterRow, batch: Batch, known: Known) -> tuple[RosterProblem, ...]:
    """Everything that is wrong with one row by itself; what two rows say together: `check_batch`."""
    return (*_of_the_row(row, batch), *_of_the_person(row, known))


def check_batch(rows: Sequence[RosterRow]) -> Mapping[int, tuple[RosterProblem, ...]]:
    """By the place of the row: which rows repeat an earlier one, and whose household has another size than it is given.

    Of a natural change only the changed persons are listed (A-66): such households are not counted.
    """
    found: dict[int, tuple[RosterProblem, ...]] = {}
    seen: set[str] = set()
    listed = Counter(row.head for row in rows if row.head)
    for place, row in enumerate(rows):
        number = identity_number.normal(row.id_number)
        repeated = number in seen and bool(number)
        seen.add(number)
        problems = (*([DUPLICATE] if repeated else []), *_household(row, listed))
        if problems:
            found[place] = problems
    return found


def holds_up(problems: Iterable[RosterProblem]) -> bool:
    """Whether the row goes back; warnings do not hold it up."""
    return any(not problem.warning for problem in problems)


def _of_the_row(row: RosterRow, batch: Batch) -> Iterator[RosterProblem]:
    if not row.name.strip():
        yield NAME_MISSING
    if (problem := _number(row.id_number, batch.today)) is not None:
        yield problem
    if row.category and batch.ticked and row.category is not batch.ticked:
        yield CATEGORY_MISMATCH
    if batch.listed_on and batch.certified_on and batch.listed_on != batch.certified_on:
        yield DATE_MISMATCH
    if any(day and day > batch.today for day in (row.adjusted_on, batch.listed_on)):
        yield FUTURE_DATE
    if batch.townships and row.township not in batch.townships:
        yield UNKNOWN_TOWNSHIP


def _number(typed: str, today: date) -> RosterProblem | None:
    if not typed.strip():
        return ID_MISSING
    found = identity_number.fault(typed, today)
    if found is None:
        return None
    problem = identity_number.problem(found, typed)
    return RosterProblem(found.value, "id_number", problem.zh, problem.en, problem.clause)


def _of_the_person(row: RosterRow, known: Known) -> Iterator[RosterProblem]:
    name = row.name.strip()
    if name and known.registered_name and known.registered_name != name:
        yield OTHER_NAME
    if known.namesakes:
        yield NAMESAKE
    if row.change.adds and known.deceased:
        yield DECEASED
    if row.change.adds and row.category in known.active:
        yield ALREADY_ACTIVE
    if row.change.removes and row.category not in known.active:
        yield NOT_ACTIVE
    if row.change.adds and known.enrolled is False:
        yield NOT_ENROLLED


def _household(row: RosterRow, listed: Mapping[str, int]) -> tuple[RosterProblem, ...]:
    partial = row.change in (RosterChange.NATURAL_INCREASE, RosterChange.NATURAL_DECREASE)
    if partial or row.household_size is None or not row.head or listed[row.head] == row.household_size:
        return ()
    return (HOUSEHOLD_COUNT,)
