"""附件2, 附件3 and 附件4 as offices fill them in: their heads, boxes, dates, doubled column names, sheets and templates."""

import uuid
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook, SheetVisibleEnum
from xlsxwriter import Workbook

from exchange import readers
from exchange.annex_forms_out import certificate_workbook
from exchange.annexes import ANNEX_2, ANNEX_3
from exchange.certificates import Certificate, certificate_of
from exchange.columns import BadCell
from exchange.confined import sheets_of
from exchange.heads import PLAIN, Head, head_of
from exchange.marks import Mark, check_mark, is_mark, mark_of
from exchange.numerals import number
from exchange.receipts import receipt
from exchange.tables import find_tables
from exchange.templates import template
from exchange.troubles import TableTrouble
from policy.lists_out import CertificateForm, Tick
from policy.row_origin import Origin, read_origin
from tests.exchange.poison import csv, typed, xlsx

HEADER_3 = [column.heading or column.label for column in ANNEX_3.columns]
ROW = ["凤城镇", "坪头庄村", "张甲", "140522196001010010", "2", "张乙", "140522198803030033", "新识别", "2025年3月"]


@pytest.mark.parametrize(
    ("boxes", "ticked"),
    [
        ("低保☑特困□重点优抚□", ("低保",)),
        ("低保□特困□重点优抚√", ("重点优抚",)),
        ("□低保 ■特困 □重点优抚", ("特困",)),
        ("●低保○特困○重点优抚", ("低保",)),
        ("低保□√特困□重点优抚□", ("低保",)),
        ("低保 特困✔ 重点优抚", ("特困",)),
        ("低保\uf0fe特困\uf0a8重点优抚\uf0a8", ("低保",)),
        ("低保☑特困☑重点优抚□", ("低保", "特困")),
        ("低保□特困□重点优抚□", ()),
        ("低保", ("低保",)),
    ],
)
def test_a_tick_is_read_as_it_is_made(boxes: str, ticked: tuple[str, ...]) -> None:
    for words in (f"对象类别（{boxes}）", f"对象类别：{boxes}  2025年3月31日"):
        assert head_of([[words]]).ticked == ticked


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("阳城县2025年3月医疗救助重点救助对象动态调整名单", Head(3, "阳城县", 2025, 3)),
        ("阳城县 二〇二五年 第一季度 医疗救助重点救助对象动态调整名单", Head(3, "阳城县", 2025, quarter=1)),
        ("阳城县二○二五年十二月医疗救助重点救助对象动态调整名单", Head(3, "阳城县", 2025, 12)),
        ("阳城县2025年3季度（月）医疗救助重点救助对象动态调整名单", Head(3, "阳城县", 2025, month_or_quarter=3)),
        ("阳城县2025年11季度（月）医疗救助重点救助对象动态调整名单", Head(3, "阳城县", 2025, 11)),
        ("____县____年____季度（月）医疗救助重点救助对象动态调整名单", Head(3)),
        ("附件2：任城区医疗救助重点救助对象名单", Head(2, "任城区")),
        ("阳城县重点优抚对象", PLAIN),
    ],
)
def test_a_title_says_county_and_period_and_nothing_is_guessed(title: str, head: Head) -> None:
    assert head_of([[title]]) == head


@pytest.mark.parametrize(
    "lines",
    [
        [["单位名称（盖章）：阳城县民政局", None, "对象类别（低保☑特困□）", None, "2025年3月31日"]],
        [["单位名称（盖章）：", "阳城县民政局", "对象类别（低保☑特困□）", "二〇二五年三月三十一日"]],
        [["单位名称(盖章):阳城县 民政局    对象类别(低保☑特困□)   2025 年 3 月 31 日"]],
        [["填报单位：阳城县民政局"], ["对象类别：☑低保 □特困"], ["填报日期：", date(2025, 3, 31)]],
    ],
)
def test_unit_tick_and_day_may_stand_in_one_cell_or_in_many(lines: list[list[str | date | None]]) -> None:
    assert head_of(lines) == Head(unit="阳城县民政局", ticked=("低保",), day=date(2025, 3, 31))


def test_a_day_that_stands_below_the_table_counts_where_none_stands_above() -> None:
    blank = [["单位名称（盖章）：          年  月  日"]]
    assert head_of(blank).day is None
    assert head_of(blank, [["填报日期：2025.3.31"]]).day == date(2025, 3, 31)


@pytest.mark.parametrize(
    ("typed_number", "value"),
    [
        ("二〇二五", 2025),
        ("十", 10),
        ("十二", 12),
        ("三十一", 31),
        ("廿一", 21),
        ("１２", 12),
        ("若干", None),
        ("百", None),
    ],
)
def test_a_number_is_read_in_digits_and_in_chinese(typed_number: str, value: int | None) -> None:
    assert number(typed_number) == value


CERTIFICATE = [
    ["医疗救助重点救助对象动态调整情况证明"],
    ["    2025年1季度新增（低保☑特困□在乡重点优抚对象□）人员 3 户 5 人；减少 _1_ 户 2 人（具体名单附后）。"],
    ["特此证明。"],
    ["阳城县民政局（盖章）"],
    ["二〇二五年三月三十一日"],
]


def test_a_certificate_is_read_as_a_sheet() -> None:
    assert certificate_of(CERTIFICATE) == Certificate(
        *(2025, None, 1, None, ("低保",)), *(3, 5, 1, 2), "阳城县民政局", date(2025, 3, 31)
    )
    blank = "年季度(月)新增(低保□特困□)人员__户__人;减少__户__人(具体名单附后)。"
    assert certificate_of([CERTIFICATE[0], [blank]]) is None


async def test_a_certificate_that_we_have_made_is_read_back() -> None:
    form = CertificateForm(
        *("2025年3月", (Tick("低保", True), Tick("特困", False))), *(1, 2, 3, 4), "阳城县民政局", date(2025, 3, 31)
    )
    (sheet,) = await sheets_of(certificate_workbook(form))
    assert certificate_of([row.cells for row in sheet.rows]) == Certificate(
        *(2025, 3, None, None, ("低保",)), *(1, 2, 3, 4), "阳城县民政局", date(2025, 3, 31)
    )


async def test_sheets_of_several_categories_and_the_certificate_are_one_file() -> None:
    sheets = [
        [["阳城县2025年3月医疗救助重点救助对象动态调整名单"], [f"对象类别（{box}）"], HEADER_3, ROW]
        for box in ("低保☑特困□", "低保□特困☑")
    ]
    content = xlsx(sheets[0], sheets[1], CERTIFICATE)
    tables = find_tables(await sheets_of(content), ANNEX_3.columns, several=True)
    assert [(table.sheet, table.head.ticked, [row.key for row in table.rows]) for table in tables.sheets] == [
        (1, ("低保",), [(1, 4)]),
        (2, ("特困",), [(2, 4)]),
    ]
    assert tables.certificate is not None
    assert tables.certificate.persons_added == 5
    with pytest.raises(TableTrouble, match="several-tables"):
        find_tables(await sheets_of(content), ANNEX_3.columns)


async def test_the_number_of_the_head_is_not_that_of_the_member() -> None:
    (table,) = find_tables(await sheets_of(csv([HEADER_3, ROW])), ANNEX_3.columns).sheets
    row = table.rows[0]
    assert (table.cell(row, "head_id"), table.cell(row, "id_number")) == (ROW[3], ROW[6])
    plain = ["乡镇", "姓名", "身份证号码", "动态调整工作类型", "动态调整时间"]
    (table,) = find_tables(await sheets_of(csv([plain, [ROW[0], *ROW[5:]]])), ANNEX_3.columns).sheets
    row = table.rows[0]
    assert (table.cell(row, "head_id"), table.cell(row, "id_number")) == (None, ROW[6])


async def test_a_plain_list_may_give_the_number_before_the_name() -> None:
    plain = ["乡镇", "身份证号码", "姓名", "动态调整工作类型", "动态调整时间"]
    content = csv([plain, [ROW[0], ROW[6], ROW[5], *ROW[7:]]])
    (table,) = find_tables(await sheets_of(content), ANNEX_3.columns).sheets
    row = table.rows[0]
    assert (table.cell(row, "name"), table.cell(row, "id_number")) == (ROW[5], ROW[6])
    assert table.cell(row, "head_id") is None


@pytest.mark.parametrize(
    "header",
    [
        [[*HEADER_3[:8], "动态调整时间", None], [*[None] * 8, "年", "月"]],
        [[*HEADER_3[:8], "动态调整时间（年、月）", None], [*HEADER_3[:8], "月", "年"]],
    ],
)
async def test_year_and_month_may_stand_in_two_columns(header: list[list[str | None]]) -> None:
    months = [2025, 3] if header[1][8] == "年" else [3, 2025]
    content = xlsx([*header, [*ROW[:8], *months], *header, [*ROW[:8], *months[:1], None]])
    (table,) = find_tables(await sheets_of(content), ANNEX_3.columns).sheets
    changed_in = ANNEX_3.columns[8]
    assert [row.number for row in table.rows] == [3, 6]
    assert changed_in.value(table.cell(table.rows[0], "changed_in")) == date(2025, 3, 1)
    assert table.cell(table.rows[1], "changed_in") is None


@pytest.mark.parametrize(
    "value", ["2025年3月", "二〇二五年三月", "2025-03", "2025.3", "202503", 202503, "2025年3月15日", date(2025, 3, 15)]
)
def test_a_month_is_read_however_it_is_typed(value: str | int | date) -> None:
    assert readers.month(value) == date(2025, 3, 1)


@pytest.mark.parametrize("value", ["3月", "2025年", 2025.1, "2025年13月", "下月", 45717])
def test_what_is_no_month_is_refused(value: str | float) -> None:
    with pytest.raises(BadCell):
        readers.month(value)


async def test_a_hidden_sheet_with_rows_is_refused_and_not_passed_over() -> None:
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        for hidden in (False, True):
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, HEADER_3)
            sheet.write_row(1, 0, ROW)
            if hidden:
                sheet.hide()
    with pytest.raises(TableTrouble, match="hidden-table"):
        find_tables(await sheets_of(made.getvalue()), ANNEX_3.columns, several=True)


async def test_the_template_of_annex_3_has_its_very_layout_and_comes_back() -> None:
    content = template("动态调整名单", ANNEX_3.columns, Mark("adjustment", 2), annex=ANNEX_3)
    sheet, certificate, *_ = typed(content)
    assert [cell for cell in sheet[1] if cell] == ["____县____年____季度（月）医疗救助重点救助对象动态调整名单"]
    assert [cell.strip() for cell in sheet[2] if cell] == [
        "单位名称（盖章）：",
        "对象类别（低保□特困□重点优抚□）",
        "年  月  日",
    ]
    assert sheet[3] == HEADER_3
    assert [row[0] for row in sheet[-3:]] == list(ANNEX_3.notes)
    sheet[1][0] = "阳城县2025年3月医疗救助重点救助对象动态调整名单"
    sheet[4] = list(ROW)
    assert certificate_of(certificate) is None, "blank as it is"
    certificate[2] = CERTIFICATE[1]
    tables = find_tables(await sheets_of(xlsx(sheet, certificate)), ANNEX_3.columns)
    (table,) = tables.sheets
    assert tables.certificate is not None
    assert (tables.certificate.ticked, tables.certificate.persons_removed) == (("低保",), 2)
    assert [row.key for row in table.rows] == [(1, 5)]
    assert (table.head.annex, table.head.month) == (3, 3)


async def test_a_template_is_known_by_its_hidden_page_and_an_older_one_refused() -> None:
    content = template("名单", ANNEX_2.columns, Mark("full_list", 1))
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    assert book.sheets_metadata[-1].visible is SheetVisibleEnum.VeryHidden
    sheets = await sheets_of(content)
    assert is_mark(sheets[-1])
    mark = mark_of(sheets)
    assert mark == Mark("full_list", 1)
    check_mark(mark, "full_list", 1)
    with pytest.raises(TableTrouble) as old:
        check_mark(mark, "full_list", 2)
    assert old.value.zh == "这是旧版模板（第1版），现行为第2版，请下载新模板填报"
    with pytest.raises(TableTrouble, match="other-template"):
        check_mark(mark, "identity", 1)


async def test_a_receipt_has_the_sheets_titles_and_second_header_line_and_says_where_a_row_stood() -> None:
    header = [[*HEADER_3[:8], "动态调整时间", None], [*[None] * 8, "年", "月"]]
    rows: list[list[Any]] = [
        [*ROW[:5], "张乙", ROW[6], "新识别", 2025, 3],
        [*[None] * 5, "张丙", "1", "新识别", 2025, 3],
    ]
    content = xlsx([["阳城县名单"], *header, *rows], [["沁水县名单"], *header, rows[0]])
    tables = find_tables(await sheets_of(content), ANNEX_3.columns, several=True)
    batch = uuid.uuid4()
    made = receipt(tables, {(1, 5): ("身份证号码应为18位", Origin(1, 1, 5))}, Mark("adjustment", 1, batch))
    sheet, _mark = typed(made)
    assert [row[0] for row in sheet] == ["阳城县名单", "乡（镇）", None, "凤城镇"]
    assert sheet[2][8:] == ["年", "月", None, None]
    assert sheet[3][2:] == ["张甲", ROW[3], "2", "张丙", "1", "新识别", 2025.0, 3.0, "5", "身份证号码应为18位"]
    read = await sheets_of(made)
    assert mark_of(read) == Mark("adjustment", 1, batch)
    (again,) = find_tables([one for one in read if not is_mark(one)], ANNEX_3.columns).sheets
    assert again.origin(again.rows[0]) == "5"


@pytest.mark.parametrize(
    ("written", "origin"),
    [("5", Origin(1, 1, 5)), ("2-5", Origin(1, 2, 5)), ("3/2-5", Origin(3, 2, 5)), ("第5行", None), ("", None)],
)
def test_the_place_of_a_row_is_written_short_and_read_back(written: str, origin: Origin | None) -> None:
    assert read_origin(written) == origin
    if origin:
        assert (origin.short, read_origin(str(origin))) == (written, origin)
