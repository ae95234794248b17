"""附件2, 附件3, 附件4 and plain lists as workbooks: the official forms, read again as they were written."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from exchange.annex_forms_out import certificate_workbook, roster_workbook
from exchange.annexes import ANNEX_2 as FORM_2
from exchange.annexes import ANNEX_3 as FORM_3
from exchange.annexes import Annex
from exchange.columns import Cell
from exchange.confined import sheets_of
from exchange.plain_list_out import list_workbook
from exchange.tables import Table, find_tables
from policy.lists_out import BOXES_OF_A_ROSTER, RosterForm, ticks
from policy.terms import Category
from tests.exchange.list_samples import ANNEX_2, ANNEX_3, CERTIFICATE, FILLED_ON, LINES, PUSH_LIST


def cells_of(content: bytes) -> list[list[object]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python()]


async def read_again(form: RosterForm, annex: Annex) -> Table:
    return find_tables(await sheets_of(roster_workbook(form)), annex.columns).sheets[0]


def column(table: Table, name: str) -> list[Cell]:
    return [table.cell(row, name) for row in table.rows]


def test_annex_3_looks_as_the_official_form() -> None:
    annex, title, unit, headings, *_lines = cells_of(roster_workbook(ANNEX_3))
    assert annex[0] == "附件3"
    assert title[0] == "阳城县2026年10月医疗救助重点救助对象动态调整名单"
    assert [words for words in unit if words] == [
        "单位名称（盖章）：阳城县民政局",
        "对象类别（低保☑特困□重点优抚□）",
        "2026年11月3日",
    ]
    assert headings == [
        "乡（镇）",
        "行政村",
        "户主姓名",
        "身份证号码",
        "家庭人口数",
        "家庭成员姓名",
        "身份证号码",
        "动态调整工作类型",
        "动态调整时间（年、月）",
    ]
    assert [row[0] for row in _lines[-3:]] == list(FORM_3.notes)


async def test_annex_3_reads_again_as_it_was_written() -> None:
    table = await read_again(ANNEX_3, FORM_3)
    assert (table.head.annex, table.head.county, table.head.year, table.head.month) == (3, "阳城县", 2026, 10)
    assert (table.head.unit, table.head.ticked, table.head.day) == ("阳城县民政局", ("低保",), FILLED_ON)
    for name in ("township", "village", "head", "head_id", "name", "id_number", "change", "changed_in"):
        assert column(table, name) == [getattr(line, name) for line in LINES], name


async def test_annex_2_reads_again_as_it_was_written() -> None:
    table = await read_again(ANNEX_2, FORM_2)
    assert (table.head.annex, table.head.ticked, table.head.day) == (2, ("特困",), FILLED_ON)
    assert column(table, "remark") == ["集中供养"]


async def test_annex_3_beside_its_certificate_reads_as_both() -> None:
    read = find_tables(
        [*await sheets_of(roster_workbook(ANNEX_3)), *await sheets_of(certificate_workbook(CERTIFICATE))],
        FORM_3.columns,
    ).certificate
    assert read is not None
    assert (read.year, read.month, read.ticked, read.unit, read.day) == (
        2026,
        10,
        ("低保",),
        "阳城县民政局",
        FILLED_ON,
    )
    assert (read.households_added, read.persons_added, read.households_removed, read.persons_removed) == (1, 3, 1, 1)


def test_what_a_household_shares_is_merged_over_its_members() -> None:
    with zipfile.ZipFile(io.BytesIO(roster_workbook(ANNEX_3))) as parts:
        merged = set(re.findall(r'<mergeCell ref="([^"]+)"', parts.read("xl/worksheets/sheet1.xml").decode()))
    assert {"A5:A7", "B5:B7", "C5:C7", "D5:D7", "E5:E7", "A2:I2"} <= merged


def test_a_category_that_the_form_does_not_know_gets_a_box_of_its_own() -> None:
    written = "".join(tick.written for tick in ticks(BOXES_OF_A_ROSTER, Category.DBBY))
    assert written == "低保□特困□重点优抚□低保边缘家庭成员☑"


def test_nothing_typed_becomes_a_formula_and_numbers_of_persons_stay_text() -> None:
    typed = replace(ANNEX_3, lines=(replace(LINES[0], name="=1+1", village="https://example.org"), LINES[1]))
    for content in (roster_workbook(typed), list_workbook(PUSH_LIST)):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert not re.search(r"<f>|<hyperlink", parts.read("xl/worksheets/sheet1.xml").decode())
    assert "140522197003030018" in cells_of(roster_workbook(ANNEX_3))[4]
    assert cells_of(list_workbook(PUSH_LIST))[3][1:3] == ["王建国", "140522197003030018"]


def test_plain_list_sums_and_signs() -> None:
    rows = cells_of(list_workbook(PUSH_LIST))
    assert rows[0][0] == "阳城县高额费用负担患者名单（2026年10月）"
    assert rows[3][3] == 23000.5
    assert rows[5][1:] == ["合计2人", "", 44000.5]
    assert any("制表人：" in str(row[0]) for row in rows)


@pytest.mark.parametrize("content", [roster_workbook, certificate_workbook, list_workbook])
def test_the_same_list_makes_the_same_bytes(content: object) -> None:
    made = {roster_workbook: ANNEX_3, certificate_workbook: CERTIFICATE, list_workbook: PUSH_LIST}[content]  # type: ignore[index]
    assert content(made) == content(replace(made))  # type: ignore[operator, type-var]


def test_a_form_without_rows_is_still_a_form() -> None:
    rows = cells_of(roster_workbook(replace(ANNEX_3, lines=(), day=date(2026, 11, 3))))
    assert rows[3][0] == "乡（镇）"
    assert rows[5][0] == FORM_3.notes[0]
