"""Lists that leave the building as the offices know them: 附件2, 附件3 and 附件4 of 晋医保发〔2019〕46号, and plain lists.

What a list says, without where it is drawn; nothing of it has a repr, since it names persons.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from policy.terms import Category

BOX, TICKED = "□", "☑"
BOXES_OF_A_ROSTER = ((Category.DB, "低保"), (Category.TK, "特困"), (Category.YF, "重点优抚"))
BOXES_OF_A_CERTIFICATE = ((Category.DB, "低保"), (Category.TK, "特困"), (Category.YF, "在乡重点优抚对象"))
"""The forms know three categories (A-62, A-67); for any other one a box of its own is added behind them."""


@dataclass(frozen=True)
class Tick:
    """A box of the form."""

    label: str
    on: bool

    @property
    def written(self) -> str:
        return self.label + (TICKED if self.on else BOX)


def ticks(boxes: Iterable[tuple[Category, str]], category: Category) -> tuple[Tick, ...]:
    """The form's boxes with the category's ticked."""
    given = tuple(Tick(label, of is category) for of, label in boxes)
    return given if any(tick.on for tick in given) else (*given, Tick(category.label, True))


@dataclass(frozen=True, repr=False)
class Line:
    """A row of 附件2 (with `remark`) or 附件3 (with `change` and `changed_in`, as in 2026年11月)."""

    township: str
    village: str
    head: str
    head_id: str
    household_size: str
    name: str
    id_number: str
    remark: str = ""
    change: str = ""
    changed_in: str = ""

    @property
    def household(self) -> tuple[str, ...]:
        """What the form says once for all members."""
        return (self.township, self.village, self.head, self.head_id, self.household_size)


@dataclass(frozen=True, repr=False)
class Household:
    shared: tuple[str, ...]
    members: tuple[Line, ...]


@dataclass(frozen=True, repr=False)
class RosterForm:
    """附件2 or 附件3. `period` is 2026年11月 or 2026年第4季度, empty for 附件2; `unit` the office that seals it."""

    annex: Literal[2, 3]
    county: str
    period: str
    unit: str
    ticks: tuple[Tick, ...]
    day: date
    lines: tuple[Line, ...]
    demonstration: bool = False

    @property
    def title(self) -> str:
        what = "名单" if self.annex == 2 else "动态调整名单"
        return f"{self.county}{self.period}医疗救助重点救助对象{what}"

    @property
    def headings(self) -> tuple[str, ...]:
        own = ("备注",) if self.annex == 2 else ("动态调整工作类型", "动态调整时间（年、月）")
        return (
            "乡（镇）",
            "行政村",
            "户主姓名",
            "身份证号码",
            "家庭人口数",
            "家庭成员姓名",
            "身份证号码",
            *own,
        )

    @property
    def notes(self) -> tuple[str, ...]:
        return NOTES_OF_ANNEX_3 if self.annex == 3 else ()

    @property
    def households(self) -> tuple[Household, ...]:
        """Lines that follow each other and name the same household."""
        together = groupby(enumerate(self.lines), key=_household)
        return tuple(Household(lines[0].household, lines) for lines in map(_lines, (one for _, one in together)))

    def own_cells(self, line: Line) -> tuple[str, ...]:
        """What the form says of the member alone."""
        own = (line.remark,) if self.annex == 2 else (line.change, line.changed_in)
        return (line.name, line.id_number, *own)


def _household(numbered: tuple[int, Line]) -> tuple[object, ...]:
    """Lines that name no household stand alone."""
    number, line = numbered
    return line.household if any(line.household) else (number,)


def _lines(numbered: Iterable[tuple[int, Line]]) -> tuple[Line, ...]:
    return tuple(line for _number, line in numbered)


NOTES_OF_ANNEX_3 = (
    "注：1、本表由县级民政、退役军人事务部门填写，填报时间与动态调整情况证明时间一致；",
    "2、动态调整工作类型请填写：新识别、自然增加（减少）；",
    "3、属于自然增加（减少）人口类型的，如其他家庭成员无变化，只填写自然增加（减少）人口信息。",
)


@dataclass(frozen=True, repr=False)
class CertificateForm:
    """附件4 动态调整情况证明 (A-67)."""

    period: str
    ticks: tuple[Tick, ...]
    households_added: int
    persons_added: int
    households_removed: int
    persons_removed: int
    office: str
    day: date
    number: str = ""
    demonstration: bool = False

    @property
    def sentence(self) -> str:
        boxes = "".join(tick.written for tick in self.ticks)
        return (
            f"{self.period}新增（{boxes}）人员{self.households_added}户{self.persons_added}人；"
            f"减少{self.households_removed}户{self.persons_removed}人（具体名单附后）。"
        )


CellKind = Literal["text", "number", "money"]


@dataclass(frozen=True)
class ListColumn:
    """`wide` in characters; numbers and money stand on the right."""

    heading: str
    wide: int = 12
    kind: CellKind = "text"


@dataclass(frozen=True, repr=False)
class PlainList:
    """A list without an official form: whom it comes from and goes to, its facts, its rows, and who signs."""

    title: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[ListColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]
    """The last row, empty for none."""
    notes: tuple[str, ...]
    signers: tuple[str, ...]
    unit: str
    day: date
    demonstration: bool = False

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in (*self.rows, *([self.total] if self.total else []))):
            raise ValueError("a row is as long as its head")
