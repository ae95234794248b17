"""附件2: a household whose size is not the number of rows listed for it is told beside an accepted row (A-62)."""

from collections.abc import Sequence

from exchange.rosters.reasons import reasons_in
from exchange.rosters.reconciling import reconcile
from tests.exchange.poison import csv
from tests.exchange.test_rosters import NUMBERS, TERMS

HEADER = ("乡（镇）", "户主姓名", "户主身份证号码", "家庭人口数", "家庭成员姓名", "身份证号码", "对象类别")
NAMES = ("张三", "李四", "王五", "赵六", "钱七", "孙八", "周九", "吴十")
Line = tuple[str, ...]


def line(member: int, head: int | None, size: str, *, number: str | None = None) -> Line:
    said = (NAMES[head], NUMBERS[head], size) if head is not None else ("", "", "")
    return ("凤城镇", *said, NAMES[member], NUMBERS[member] if number is None else number, "低保")


def warned(lines: Sequence[Line], force: bytes | None = None, *, whole: bool = True) -> tuple[list[int], bytes]:
    found = reconcile(csv([HEADER, *lines]), force, TERMS, whole=whole)
    told = {row: [reason.code for reason in reasons_in(mask)] for row, mask in found.suspected.items()}
    assert all(codes == ["household-count"] for codes in told.values())
    assert not found.returned.keys() & told.keys()
    return sorted(told), found.force


def test_the_first_row_of_a_household_with_another_size_is_told() -> None:
    lines = [
        line(0, 0, "2"),
        line(1, None, ""),
        line(2, 2, "3人"),  # two are listed
        line(3, None, ""),
        line(4, 4, "1"),  # two are listed
        line(5, None, ""),
    ]
    assert warned(lines)[0] == [4, 6]


def test_without_a_head_or_a_size_nothing_is_counted() -> None:
    lines = [line(0, 0, ""), line(1, 1, "几口"), line(2, None, "", number=NUMBERS[2])]
    nameless = ("凤城镇", "赵六", "", "4", NAMES[3], NUMBERS[3], "低保")
    assert warned([*lines, nameless])[0] == []


def test_a_row_that_goes_back_or_stands_twice_counts_as_one_person_and_is_not_warned_itself() -> None:
    short = line(0, 0, "2", number=NUMBERS[0][:16])
    assert warned([short, line(1, 0, "2"), line(1, 0, "2")])[0] == []
    assert warned([line(0, 0, "3", number=""), line(1, 0, "3")])[0] == [3]


def test_the_number_of_a_head_is_the_same_however_it_is_typed() -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in NUMBERS[0])
    odd = ("凤城镇", NAMES[0], wide, "2", NAMES[1], NUMBERS[1], "低保")
    assert warned([line(0, 0, "2"), odd])[0] == []


def test_a_month_later_only_households_that_changed_are_told() -> None:
    before = [line(0, 0, "1"), line(1, 0, "1"), line(2, 2, "2"), line(3, 2, "2"), line(4, 4, "1")]
    told, force = warned(before)
    assert told == [2]
    assert warned(before, force)[0] == [], "nothing has changed: it was said last month"
    gone = [*before[:3], before[4]]
    assert warned(gone, force)[0] == [4], "the size was not changed when one of the household went"
    come = [*before, line(5, 4, "1")]
    assert warned(come, force)[0] == [6], "nor when one came"


def test_corrected_rows_come_without_their_household() -> None:
    force = warned([line(0, 0, "2"), line(1, 0, "2", number="")])[1]
    assert warned([line(1, 0, "2")], force, whole=False)[0] == []
