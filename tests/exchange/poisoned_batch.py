"""One list of dynamic adjustment (附件3) poisoned in every way that offices know, and what must become of each line.

The same lines as xlsx, csv and (packed in `poisoned_old_batch.py`) xls. A line has its cells and its fate: the person who is
read from it, or the columns that are refused with their reasons; None where it is no row at all.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from tests.casework import id_number
from tests.exchange.poison import csv

TITLE = "阳城县二〇二五年第一季度医疗救助重点救助对象动态调整名单"
HEAD_LINE = (
    "单位名称（盖章）：阳城县民政局",
    None,
    None,
    "对象类别（低保☑特困□重点优抚□）",
    None,
    None,
    "二〇二五年三月三十一日",
)
HEADER = (
    *("乡（镇）", "行政村", "户主姓名", "身份证号码", "家庭人口数", "家庭成员姓名", "身份证号码"),
    *("动态调整工作类型", "动态调整时间（年、月）"),
)
SAME_HOUSEHOLD = (None, None, None, None, None)
ADDED = ("新识别", "2025年3月")

Person = tuple[str, str]
Refused = dict[str, str]


@dataclass(frozen=True)
class Line:
    cells: tuple[Any, ...]
    fate: Person | Refused | None = None


def member(name: Any, number: Any, fate: Person | Refused, household: tuple[Any, ...] = SAME_HOUSEHOLD) -> Line:
    return Line((*household, name, number, *ADDED), fate)


def _number(birth: str, ending: str = "") -> str:
    """An invented one; with an ending, the first that ends so."""
    numbers = (id_number("140522", birth, serial) for serial in range(1, 999))
    return next(number for number in numbers if number.endswith(ending))


HEAD_ID = "140522196001010010"
HOUSEHOLD = ("凤城镇", "坪头庄村", "张甲", HEAD_ID, 3)
WIDE, UNSEEN, SMALL, RARE, APART = (
    _number(birth, ending)
    for birth, ending in (("19880303", ""), ("19900404", ""), ("19910505", "X"), ("19930707", ""), ("19981212", ""))
)
OTHER = _number("19920606")
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

LINES = (
    Line((TITLE,)),
    Line(HEAD_LINE),
    Line(HEADER),
    member("张甲", HEAD_ID, ("张甲", HEAD_ID), HOUSEHOLD),
    member("李乙", 140522196202020020.0, {"id_number": "id-as-number"}),
    member("张丙", WIDE.translate(FULL_WIDTH), ("张丙", WIDE)),
    member("王丁", "140522600101001", {"id_number": "id-of-15-digits"}, ("凤城镇", "坪头庄村", "王丁", None, 1)),
    member("赵\u200b戊 ", f"\u202d{UNSEEN}\u202c\ufeff ", ("赵戊", UNSEEN), HOUSEHOLD),
    member("钱己", SMALL.lower(), ("钱己", SMALL)),
    member("孙庚", OTHER, {"household_size": "formula-cell"}, (*HOUSEHOLD[:4], "=COUNTA(F4:F9)")),
    Line(()),
    Line(HEADER),
    member("𠮷买提•艾力", RARE, ("𠮷买提·艾力", RARE), HOUSEHOLD),
    member('=_xlfn.DISPIMG("ID_1",1)', OTHER, {"name": "picture-cell"}),
    member("周辛\n吴壬", OTHER, {"name": "several-lines"}),
    member("郑癸", f"{OTHER[:17]}{'0' if OTHER[17] != '0' else '1'}", {"id_number": "bad-id-number"}),
    member(None, None, {"name": "empty-cell", "id_number": "empty-cell"}, HOUSEHOLD),
    member("王?", OTHER, {"name": "lost-character"}),
    member("王\ue123", OTHER, {"name": "private-character"}),
    Line((*HOUSEHOLD, "冯子", OTHER, "新识别", "3月"), {"changed_in": "bad-month"}),
    member("陈丑", f"'{APART[:6]} {APART[6:14]} {APART[14:]}", ("陈丑", APART)),
    Line(()),
    member("褚寅", OTHER, {"township": "empty-cell"}, (None, "坪头庄村", "褚寅", None, 1)),
    Line(("合计", None, 4, None, 12)),
    Line(("注：1、本表由县级民政、退役军人事务部门填写，填报时间与动态调整情况证明时间一致；",)),
    Line(("2、动态调整工作类型请填写：新识别、自然增加（减少）；",)),
    Line(("填表人：卫卯", None, None, "审核人：蒋辰", None, None, "联系电话：0356-0000000")),
)


def fates() -> dict[int, Person | Refused]:
    """Of every row, by its number in the sheet."""
    return {number: line.fate for number, line in enumerate(LINES, start=1) if line.fate is not None}


def as_csv(encoding: str) -> bytes:
    """As a spreadsheet saves it: an ID that was a number in scientific notation, several lines in quotes."""
    return csv([tuple(_text(cell) for cell in (*line.cells, *[None] * 9)[:9]) for line in LINES], encoding)


def as_xlsx() -> bytes:
    """Title, head and township merged as on the form; the adjustment's year and month in two columns of their own."""
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("低保")
        for at, line in enumerate(LINES):
            for place, cell in enumerate(line.cells):
                if isinstance(cell, str) and cell.startswith("="):
                    sheet.write_formula(at, place, cell, None, cell if "DISPIMG" in cell else 3)
                elif isinstance(cell, str):
                    sheet.write_string(at, place, cell)
                elif cell is not None:
                    sheet.write_number(at, place, cell)
        sheet.merge_range(0, 0, 0, 8, TITLE)
        for place, cell in enumerate(HOUSEHOLD):
            sheet.merge_range(3, place, 5, place, cell)
    return made.getvalue()


def _text(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case float():
            return f"{cell:.5E}"
        case str() if "\n" in cell or '"' in cell or "," in cell:
            return '"' + cell.replace('"', '""') + '"'
        case _:
            return str(cell)
