"""A batch poisoned in every way: the same fate for every line, whatever the file is; and nothing is lost on the way."""

from datetime import date
from pathlib import Path

import pytest

from exchange.annexes import ANNEX_3
from exchange.columns import BadCell
from exchange.confined import sheets_of
from exchange.heads import Head
from exchange.tables import Table, find_tables
from tests.exchange.poisoned_batch import LINES, Person, Refused, as_csv, as_xlsx, fates
from tests.exchange.poisoned_old_batch import OLD_BATCH

STORYS_FILE = Path(__file__).parent.parent / "scenarios" / "stories" / "files" / "poisoned_batch.csv"
FILES = {
    "xlsx": as_xlsx(),
    "xls": OLD_BATCH,
    "csv in UTF-8": as_csv("utf-8"),
    "csv in UTF-8 with a mark": as_csv("utf-8-sig"),
    "csv in GB18030": as_csv("gb18030"),
}


async def only_table(content: bytes) -> Table:
    (table,) = find_tables(await sheets_of(content), ANNEX_3.columns).sheets
    return table


def fate(table: Table, at: int) -> Person | Refused:
    values, refused = {}, {}
    for column in ANNEX_3.columns:
        try:
            values[column.name] = column.value(table.cell(table.rows[at], column.name))
        except BadCell as bad:
            refused[column.name] = bad.code
    return refused or (values["name"], values["id_number"])


@pytest.mark.parametrize("file", FILES)
async def test_every_line_of_a_poisoned_batch_has_its_fate(file: str) -> None:
    table = await only_table(FILES[file])
    expected = fates() | ({14: {"name": "formula-cell"}} if file == "xls" else {})
    assert {row.number: fate(table, at) for at, row in enumerate(table.rows)} == expected


@pytest.mark.parametrize("file", FILES)
async def test_what_stands_above_is_read_and_what_is_no_row_is_known(file: str) -> None:
    table = await only_table(FILES[file])
    assert table.head == Head(
        annex=3, county="阳城县", year=2025, quarter=1, unit="阳城县民政局", ticked=("低保",), day=date(2025, 3, 31)
    )
    assert [row.number for row in table.titles] == [1, 2]
    assert [row.number for row in table.notes] == [len(LINES) - 3, len(LINES) - 2, len(LINES) - 1, len(LINES)]
    assert table.passed_over == (1, 2, 3, 12, 24, 25, 26, 27)
    filled = {number for number, line in enumerate(LINES, start=1) if line.cells}
    assert {row.number for row in table.rows} | set(table.passed_over) == filled, "no line is lost"


@pytest.mark.parametrize("file", FILES)
async def test_a_household_is_written_once_and_known_in_each_of_its_lines(file: str) -> None:
    table = await only_table(FILES[file])
    second = next(row for row in table.rows if row.number == 6)
    assert [table.cell(second, name) for name in ("township", "village", "head", "head_id")] == [
        "凤城镇",
        "坪头庄村",
        "张甲",
        "140522196001010010",
    ]
    another = next(row for row in table.rows if row.number == 7)
    assert table.cell(another, "head_id") is None, "a head whose number is missing has not that of the one above"


def test_the_story_hands_in_these_very_lines() -> None:
    assert STORYS_FILE.read_bytes() == as_csv("gb18030")
