"""A whole roster beside the slow way: each row by itself, with dictionaries and the very readers of single cells."""

import os
import signal
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange import readers
from exchange.columns import BadCell
from exchange.rosters import engine
from exchange.rosters.engine import Engine
from exchange.rosters.message import asked
from exchange.rosters.reasons import REASONS, reasons_in
from exchange.rosters.reconciling import opened, rebuilt, reconcile, settled
from exchange.rosters.roster import End, Reconciled, Terms
from exchange.troubles import TableTrouble
from policy import identity_number
from runtime.demo_data.rosters import HEADER, PLANTED, County, roster
from tests.casework import id_number
from tests.exchange.poison import csv, xlsx

TODAY = date(2026, 12, 1)
TERMS = Terms(
    TODAY,
    {"低保对象": "DB", "低保": "DB", "特困人员": "TK", "特困": "TK", "返贫致贫人口": "FPZP"},
    frozenset({"DB", "TK"}),
    frozenset({"凤城镇", "凤城"}),
)
COLUMNS = ("姓名", "身份证号码", "对象类别", "乡镇")
NUMBERS = [id_number("140522", "19480807", serial) for serial in range(1, 9)]
Typed = tuple[str, str, str, str]
Force = dict[tuple[str, str], str]
"""Names by number and category."""

number_cells = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(NUMBERS).map(str.lower),
    st.sampled_from(NUMBERS).map(lambda number: f" {number[:6]} {number[6:]}　"),
    st.sampled_from(NUMBERS).map(lambda number: "".join(chr(ord(c) + 0xFEE0) for c in number)),
    st.sampled_from(
        (
            "",
            "1.40522E+17",
            "140522600101001",
            "14052219481307001X",
            "1405221948080700 1A",
            "14052219480807001",
            "=A1",
            NUMBERS[0][:-1] + ("0" if NUMBERS[0][-1] != "0" else "1"),
            "000000194808070019",
            "14052220261202001X",
        )
    ),
)
rows = st.lists(
    st.tuples(
        st.sampled_from(("张三", "张　三", "李四", "买买提•艾力", "", "李4", "John  Smith")),
        number_cells,
        st.sampled_from(("低保对象", "特困", "ＤＢ", "返贫致贫人口", "富裕人口", "")),
        st.sampled_from(("凤城镇", "凤 城", "别的镇", "")),
    ),
    min_size=1,
    max_size=12,
)


def oracle(typed: Sequence[Typed], force: Force) -> tuple[dict[int, str | None], Force]:
    """The first reason against each row (None: accepted), and who is in force afterwards."""
    fates: dict[int, str | None] = {}
    read: dict[int, tuple[str, str, str]] = {}
    whose: dict[int, tuple[str | None, str | None]] = {}
    township = ""
    for line, cells in enumerate(typed, start=2):
        township = cells[3] or township
        if not any(cell.strip() for cell in cells):
            township = ""  # nothing is carried across a blank line
            continue
        cells = (*cells[:3], township)
        fates[line], whose[line] = _alone(cells)
        if fates[line] is None:
            read[line] = _values(cells)
    names = {number: name for (number, _category), name in force.items()}
    told = Counter({(number, name) for number, name, _category in read.values()})
    twice = Counter(number for number, _name in told)
    for line, (number, name, _category) in read.items():
        if names.get(number, name) != name or (number not in names and twice[number] > 1):
            fates[line] = "id-other-name"
    after: Force = {}
    for line, (number, name, category) in read.items():
        if fates[line] is None and (number, category) in after:
            fates[line] = "duplicate-in-batch"
        elif fates[line] is None:
            after[number, category] = name
    back = [line for line, fate in fates.items() if fate not in (None, "duplicate-in-batch")]
    numbers = {whose[line][0] for line in back}
    unnumbered = {whose[line][1] for line in back if whose[line][0] is None}
    covered = {category for _number, category in after}
    for (number, category), name in force.items():
        if category not in covered or number in numbers or name in unnumbered:
            after.setdefault((number, category), name)
    return fates, after


def _alone(cells: Typed) -> tuple[str | None, tuple[str | None, str | None]]:
    name, number = _name(cells[0]), _number(cells[1])
    category = TERMS.categories.get({"ＤＢ": "DB"}.get(cells[2], cells[2])) if cells[2] != "ＤＢ" else None
    wrong = [
        *(["formula-cell"] if any(cell.startswith("=") for cell in cells) else []),
        *([number] if number in CODES else []),
        *([name] if name in CODES else []),
        *(["category-missing"] if not cells[2] else ["unknown-category"] if category is None else []),
        *(["not-your-category"] if category == "FPZP" else []),
        *(["unknown-township"] if cells[3] == "别的镇" else []),
    ]
    first = min(wrong, key=list(CODES).index, default=None)
    return first, (None if number in CODES else number, None if name in CODES else name)


def _values(cells: Typed) -> tuple[str, str, str]:
    return _number(cells[1]), _name(cells[0]), TERMS.categories[cells[2]]


def _name(typed: str) -> str:
    if not typed.strip():
        return "name-missing"
    try:
        return readers.name(typed)
    except BadCell as bad:
        return bad.code


def _number(typed: str) -> str:
    if not typed.strip():
        return "id-missing"
    if typed.startswith("="):
        return "formula-cell"
    if "E+" in typed:
        return "id-as-number"
    fault = identity_number.fault(_half(typed), TODAY)
    return fault.value if fault else identity_number.normal(_half(typed))


def _half(typed: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in typed)


CODES = {reason.code: place for place, reason in enumerate(REASONS)}


def in_force(parquet: bytes) -> Force:
    found = opened(parquet).select("key", "category", "name").iter_rows()
    return {
        (f"{key:017d}" + identity_number.check_character(f"{key:017d}"), category): name
        for key, category, name in found
    }


def table(typed: Sequence[Typed]) -> bytes:
    return csv([COLUMNS, *typed])


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(first=rows, second=rows)
def test_a_roster_comes_out_as_row_by_row(first: Sequence[Typed], second: Sequence[Typed]) -> None:
    force: Force = {}
    kept: bytes | None = None
    for typed in (first, second):
        if not any(cell.strip() for cells in typed for cell in cells):
            continue
        found = reconcile(table(typed), kept, TERMS)
        fates, after = oracle(typed, force)
        assert {line: fate for line, fate in fates.items() if fate} == _fates(found)
        assert found.rows == len(fates) == found.accepted + len(found.returned) + len(found.duplicates)
        assert in_force(found.force) == after
        assert {(one.id_number, one.category) for one in found.starts} == after.keys() - force.keys()
        assert {(one.id_number, one.category) for one in found.ends} == force.keys() - after.keys()
        force, kept = after, found.force


def _fates(found: Reconciled) -> dict[int, str]:
    first = {row: next(reasons_in(mask)).code for row, mask in found.returned.items()}
    return first | dict.fromkeys(found.duplicates, "duplicate-in-batch")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rows_have_the_same_numbers_in_every_form(encoding: str) -> None:
    lines = [("某县名单", "", "", ""), ("", "", "", ""), COLUMNS, ("张三", NUMBERS[0], "低保", "凤城镇")]
    lines += [("", "", "", ""), ("李四", "", "低保", "凤城镇"), COLUMNS, ("合计", "2", "", "")]
    plain = csv(lines, encoding, "\t" if encoding == "utf-16" else ",")
    quoted = plain.replace(
        "凤城镇".encode(encoding.removesuffix("-sig")), '"凤城镇"'.encode(encoding.removesuffix("-sig")), 1
    )
    for content in (plain, quoted) if encoding != "utf-16" else (plain,):
        found = reconcile(content, None, TERMS)
        assert (found.rows, list(found.returned), [one.row for one in found.starts]) == (2, [6], [4])


def test_the_second_annex_is_read_with_its_tick_its_day_and_its_merged_households() -> None:
    header = ("乡（镇）", "行政村", "户主姓名", "身份证号码", "家庭人口数", "家庭成员姓名", "身份证号码", "备注")
    content = xlsx(
        [
            ("阳城县医疗救助重点救助对象名单",),
            (
                "单位名称（盖章）：阳城县民政局",
                None,
                None,
                "对象类别（低保☑特困□重点优抚□）",
                None,
                None,
                "2026年11月3日",
            ),
            header,
            ("凤城镇", "东村", "张三", NUMBERS[0], 2, "张三", NUMBERS[0], None),
            (None, None, None, None, None, "李四", NUMBERS[1], "配偶"),
            (None, None, None, None, None, "王五", 140522194808070010, None),
        ]
    )
    found = reconcile(content, None, TERMS)
    assert (found.listed_on, found.rows) == (date(2026, 11, 3), 3)
    assert [(one.name, one.category) for one in found.starts] == [("张三", "DB"), ("李四", "DB")]
    assert _fates(found) == {6: "id-as-number"}
    kept = opened(found.force).sort("name", descending=True)
    assert kept["head"].to_list() == ["张三", "张三"]
    assert kept["township"].to_list() == ["凤城镇", "凤城镇"]


def test_each_household_is_that_of_its_own_block_of_lines() -> None:
    header = (
        "乡（镇）",
        "行政村",
        "户主姓名",
        "户主身份证号码",
        "家庭人口数",
        "家庭成员姓名",
        "身份证号码",
        "对象类别",
    )
    first = ("凤城镇", "东村", "张三", NUMBERS[0], "2")
    second = ("凤城", "西村", "王五", NUMBERS[2], "2")
    below = ("",) * 5
    content = csv(
        [
            header,
            (*first, "张三", NUMBERS[0], "低保"),
            (*below, "李四", NUMBERS[1], "低保"),
            (),
            (*second, "王五", NUMBERS[2], "低保"),
            (*below, "赵六", NUMBERS[3], "低保"),
        ]
    )
    kept = opened(reconcile(content, None, TERMS).force).select("name", "township", "village", "head", "head_id")
    said = {"张三": first, "李四": first, "王五": second, "赵六": second}
    assert {name: rest for name, *rest in kept.iter_rows()} == {name: list(of[:4]) for name, of in said.items()}


def test_a_row_that_differs_from_the_tick_goes_back() -> None:
    content = xlsx([("对象类别（低保☑特困□重点优抚□）",), COLUMNS, ("张三", NUMBERS[0], "特困", None)])
    assert _fates(reconcile(content, None, TERMS)) == {3: "category-mismatch"}
    with pytest.raises(TableTrouble, match="several-ticks"):
        reconcile(xlsx([("对象类别（低保☑特困☑）",), COLUMNS, ("张三", NUMBERS[0], "", None)]), None, TERMS)


def test_a_namesake_with_the_same_birth_date_is_accepted_under_suspicion() -> None:
    before = reconcile(table([("张三", NUMBERS[0], "低保", "凤城镇")]), None, TERMS)
    found = reconcile(table([("张三", NUMBERS[1], "低保", "凤城镇")]), before.force, TERMS)
    assert (found.accepted, [one.row for one in found.starts]) == (1, [2])
    assert {row: next(reasons_in(mask)).code for row, mask in found.suspected.items()} == {
        2: "same-name-birth-other-id"
    }


def test_an_invented_roster_returns_what_was_planted_and_nothing_else() -> None:
    made = roster(County("140522", ("凤城镇", "凤城"), 3000), 0, seed=5, errors=0.02)
    planted = Counter(made["planted"].drop_nulls().to_list())
    assert set(planted) == set(PLANTED)
    text = made.drop("planted").rename(HEADER).write_csv()
    found = reconcile(text.encode("gb18030"), None, TERMS)
    said = Counter(next(reasons_in(mask)).code for mask in found.returned.values())
    said["duplicate-in-batch"] = len(found.duplicates)
    assert said == planted
    again = reconcile(text.encode(), found.force, TERMS)
    assert (again.unchanged, again.updated, again.starts, again.ends) == (found.accepted, 0, [], [])


async def test_the_confined_engine_says_what_the_pure_one_says() -> None:
    content = table([("张三", NUMBERS[0], "低保", "凤城镇"), ("李四", "", "低保", "")])
    found = await engine.reconcile(content, None, TERMS, whole=True)
    assert found == reconcile(content, None, TERMS)
    gone = [End(NUMBERS[0], "DB")]
    assert in_force(await engine.settled(found.force, None, gone, [])) == {}
    back = settled(found.force, found.force, gone, gone)
    assert (
        in_force(await engine.settled(found.force, found.force, gone, gone)) == in_force(back) == in_force(found.force)
    )
    people = [(NUMBERS[0], "张三", "DB"), (NUMBERS[1], "李四", "TK")]
    again = await engine.rebuilt(found.force, people)
    assert (
        in_force(again)
        == in_force(rebuilt(found.force, people))
        == {(number, held): name for number, name, held in people}
    )
    with pytest.raises(TableTrouble, match="missing-columns"):
        await engine.reconcile(csv([("姓名", "对象类别"), ("张三", "低保")]), None, TERMS, whole=True)
    assert (await engine.reconcile(content, None, TERMS, whole=True)).rows == 2


async def test_a_reader_that_dies_takes_one_roster_with_it_and_workbooks_have_readers_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = table([("张三", NUMBERS[0], "低保", "凤城镇")])
    book = xlsx([COLUMNS, ("张三", NUMBERS[0], "低保", "凤城镇")])
    larger = xlsx([COLUMNS, ("张三", NUMBERS[0], "低保", "凤城镇"), *(("",) * len(COLUMNS) for _row in range(2000))])
    monkeypatch.setattr(engine, "LARGE", (len(book) + len(larger)) // 2)
    alone = Engine()
    try:
        readers = [_reader(alone, content) for content in (plain, plain, book, book, larger, book, plain)]
        assert readers[0] == readers[1]
        assert readers[2] == readers[3]
        assert len({*readers}) == 5, "text, workbooks and each large workbook are read by different processes"
        os.kill(readers[-1], signal.SIGKILL)
        with pytest.raises(TableTrouble, match="took-too-much"):
            _reader(alone, plain)
        assert _reader(alone, plain) not in readers
    finally:
        alone.stop()


def _reader(engine_: Engine, content: bytes) -> int:
    """Which process has read it."""
    told, _force = engine_.ask(asked(TERMS, whole=True), content)
    assert told["rows"] == 1
    assert engine_._process is not None
    return int(Path(f"/proc/{engine_._process.pid}/task/{engine_._process.pid}/children").read_text())
