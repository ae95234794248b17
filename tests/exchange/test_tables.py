"""Tables as offices really send them: titles, blank lines, repeated headers, other encodings, cells of every kind."""

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import readers
from exchange.columns import BadCell, Column
from exchange.confined import sheets_of
from exchange.old_workbook import formulas_by_sheet
from exchange.tables import Table, find_table
from exchange.troubles import TableTrouble
from tests.exchange.old_sample import OLD_WORKBOOK
from tests.exchange.poison import HEADER, ROW, csv, xlsx

COLUMNS = (
    Column("name", "姓名", readers.name),
    Column("id_number", "身份证号码", readers.id_number, aliases=("公民身份号码",)),
    Column("amount", "金额", readers.money),
    Column("day", "日期", readers.day, required=False),
)
VALUES = {"name": "张三", "id_number": "140522196001010010", "amount": Decimal("12.50"), "day": date(2025, 3, 1)}


async def table(content: bytes) -> Table:
    return find_table(await sheets_of(content), COLUMNS)


def values(found: Table, at: int = 0) -> dict[str, object]:
    return {column.name: column.value(found.cell(found.rows[at], column.name)) for column in COLUMNS}


def troubles(found: Table, at: int = 0) -> dict[str, str]:
    wrong = {}
    for column in COLUMNS:
        try:
            column.value(found.cell(found.rows[at], column.name))
        except BadCell as bad:
            wrong[column.name] = bad.code
    return wrong


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
async def test_text_is_read_in_every_usual_encoding(encoding: str) -> None:
    separator = "\t" if encoding == "utf-16" else ","
    assert values(await table(csv([HEADER, ROW], encoding, separator))) == VALUES


async def test_a_workbook_is_read_with_its_dates_and_numbers() -> None:
    assert values(await table(xlsx([HEADER, ("张三", ROW[1], 12.5, date(2025, 3, 1))]))) == VALUES


async def test_an_old_workbook_is_read_and_its_formulas_are_known() -> None:
    found = await table(OLD_WORKBOOK)
    assert [row.number for row in found.titles] == [1]
    assert values(found) == VALUES
    assert troubles(found, 1) == {"id_number": "id-as-number", "amount": "formula-cell"}


@settings(max_examples=100)
@given(at=st.integers(0, len(OLD_WORKBOOK) - 1), byte=st.integers(0, 255), cut=st.integers(0, len(OLD_WORKBOOK)))
def test_a_broken_old_workbook_is_damaged_and_never_followed_in_circles(at: int, byte: int, cut: int) -> None:
    broken = bytearray(OLD_WORKBOOK)
    broken[at] = byte
    for content in (bytes(broken), OLD_WORKBOOK[:cut]):
        with contextlib.suppress(TableTrouble):
            formulas_by_sheet(content)


async def test_a_merged_title_and_blank_lines_stand_above_the_header() -> None:
    found = await table(xlsx([("阳城县医疗救助对象名单",), (), ("单位：元",), HEADER, (), ROW]))
    assert [row.number for row in found.titles] == [1, 3]
    assert [row.number for row in found.rows] == [6]
    assert values(found) == VALUES


async def test_headers_are_known_with_what_stands_beside_them_and_by_other_names() -> None:
    header = ("序号", " 姓 名 ", "公民身份号码（必填）*", "金额(元)", "备注")
    found = await table(xlsx([header, ("1", "张三", ROW[1], "12.50", "无")]))
    assert values(found) == VALUES | {"day": None}


async def test_repeated_headers_and_lines_with_a_serial_number_only_are_no_rows() -> None:
    header = ("序号", *HEADER)
    rows = [header, ("1", *ROW), header, ("2", *ROW), ("3", None, None, None, None), ("4", " ", "", None, None)]
    assert [row.number for row in (await table(xlsx(rows))).rows] == [2, 4]


async def test_a_help_sheet_beside_the_table_does_not_matter() -> None:
    found = await table(xlsx([("填写说明",), ("姓名", "必填")], [HEADER, ROW]))
    assert values(found) == VALUES


async def test_two_tables_in_one_file_are_refused() -> None:
    with pytest.raises(TableTrouble, match="several-tables"):
        await table(xlsx([HEADER, ROW], [HEADER, ROW]))


async def test_missing_and_doubled_columns_are_named() -> None:
    with pytest.raises(TableTrouble) as missing:
        await table(xlsx([("姓名", "金额"), ("张三", "1")]))
    assert missing.value.zh == "缺少列：身份证号码"
    with pytest.raises(TableTrouble) as doubled:
        await table(xlsx([("户主姓名", "身份证号码", "姓名", "身份证号码", "金额"), ("甲", "1", "乙", "2", "3")]))
    assert doubled.value.zh == "同一列出现了两次：身份证号码"


async def test_no_header_and_no_rows_are_told_apart() -> None:
    with pytest.raises(TableTrouble) as nothing:
        await table(csv([("甲", "乙"), ("1", "2")]))
    assert nothing.value.zh == "没有找到表头，应有：姓名、身份证号码、金额"
    with pytest.raises(TableTrouble, match="no-rows"):
        await table(csv([HEADER]))


async def test_an_id_kept_as_a_number_is_refused_by_name() -> None:
    assert troubles(await table(xlsx([HEADER, ("张三", 140522196001010010, "1", None)]))) == {
        "id_number": "id-as-number"
    }
    assert troubles(await table(csv([HEADER, ("张三", "1.40522E+17", "1", "")]))) == {"id_number": "id-as-number"}


async def test_formulas_and_pictures_are_refused_by_name() -> None:
    found = await table(xlsx([HEADER, ("=A1", '=_xlfn.DISPIMG("ID_1",1)', "=SUM(1)", "=TODAY()")]))
    assert troubles(found) == {
        "name": "formula-cell",
        "id_number": "picture-cell",
        "amount": "formula-cell",
        "day": "formula-cell",
    }
    assert troubles(await table(csv([HEADER, ("张三", "=A1&B1", "1", "")])))["id_number"] == "formula-cell"


async def test_a_csv_may_keep_an_id_as_text_by_a_formula_without_a_reference() -> None:
    assert values(await table(csv([HEADER, ("张三", f'="{ROW[1]}"', *ROW[2:])]))) == VALUES


async def test_an_empty_cell_of_a_column_that_is_required_is_named() -> None:
    assert troubles(await table(xlsx([HEADER, (None, ROW[1], None, None)]))) == {
        "name": "empty-cell",
        "amount": "empty-cell",
    }


@pytest.mark.parametrize(
    "typed",
    ["140522196001010010", " １４０５２２１９６００１０１００１０ ", "140522 19600101 0010", "'140522196001010010"],
)
def test_an_id_number_is_read_however_it_is_typed(typed: str) -> None:
    assert readers.id_number(typed) == "140522196001010010"


def test_an_id_number_ends_in_a_large_x() -> None:
    assert readers.id_number("11010519491231002ｘ") == "11010519491231002X"


def test_an_id_of_15_digits_is_refused_and_never_converted() -> None:
    with pytest.raises(BadCell) as bad:
        readers.id_number("140522600101001")
    assert (bad.value.code, bad.value.zh) == ("id-of-15-digits", "是15位旧号码，请核对证件后填写18位公民身份号码")


@pytest.mark.parametrize("typed", ["140522196001010011", "14052219600230001X", "待补"])
def test_a_wrong_id_number_is_refused_by_name(typed: str) -> None:
    with pytest.raises(BadCell, match="bad-id-number"):
        readers.id_number(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "2025-03-01",
        "2025/3/1",
        "2025.3.1",
        "2025年3月1日",
        "20250301",
        "２０２５－０３－０１",
        20250301,
        "2025-03-01 00:00:00",
    ],
)
def test_a_day_is_read_however_it_is_typed(typed: str | int) -> None:
    assert readers.day(typed) == date(2025, 3, 1)


@pytest.mark.parametrize("typed", ["2025年3月", "2025-02-30", "3月1日", 45717, 45717.5, "即日起", True])
def test_what_is_no_day_is_refused(typed: str | float) -> None:
    with pytest.raises(BadCell):
        readers.day(typed)


@pytest.mark.parametrize("typed", ["1234.5", "1,234.50", "￥1,234.50", "1234.50元", "１２３４．５０", 1234.5])
def test_an_amount_is_read_however_it_is_typed(typed: str | float) -> None:
    assert readers.money(typed) == Decimal("1234.50")
    assert str(readers.money(typed)) == "1234.50"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1.234", "too-many-places"),
        (0.1 + 0.2, "too-many-places"),
        ("-1", "bad-amount"),
        ("无", "bad-amount"),
        ("NaN", "bad-amount"),
        (True, "bad-amount"),
        ("1e30", "too-large"),
    ],
)
def test_what_is_no_amount_is_refused_and_never_rounded(typed: str | float, code: str) -> None:
    with pytest.raises(BadCell, match=code):
        readers.money(typed)


@pytest.mark.parametrize(
    ("typed", "meant"), [("是", True), ("否", False), ("Y", True), (1, True), (0.0, False), (True, True)]
)
def test_yes_and_no_are_read(typed: str | float, meant: bool) -> None:
    assert readers.yes_no(typed) is meant


def test_a_code_that_came_as_a_number_keeps_its_digits_or_is_refused() -> None:
    assert readers.text()(14052200001.0) == "14052200001"
    with pytest.raises(BadCell, match="number-lost-digits"):
        readers.text()(1.4e17)


def test_a_choice_is_known_by_any_of_its_names() -> None:
    read = readers.one_of({"特困人员": "TK", "TK": "TK"})
    assert [read(typed) for typed in ("特困 人员", "tk", "ＴＫ")] == ["TK"] * 3
    with pytest.raises(BadCell, match="not-a-choice"):
        read("低保")


@pytest.mark.parametrize(
    ("typed", "known"), [("张　三", "张三"), ("买买提•艾力", "买买提·艾力"), ("John  Smith", "John Smith")]
)
def test_a_name_is_the_same_however_it_is_padded(typed: str, known: str) -> None:
    assert readers.name(typed) == known
