"""附件3 held against 附件4: counts, days, category (A-64, A-67)."""

from datetime import date

import pytest

from policy.adjustment_lists import ListedRow, Stated, differences
from policy.terms import Category

DAY = date(2025, 4, 10)


def stated(**changes: int) -> Stated:
    counts = {"households_added": 2, "persons_added": 3, "households_removed": 1, "persons_removed": 1} | changes
    return Stated(Category.DB, DAY, **counts)


ROWS = (ListedRow("甲", True), ListedRow("甲", True), ListedRow("乙", True), ListedRow("丙", False))


def codes(said: Stated, rows: tuple[ListedRow, ...] = ROWS, rows_in: int = 4, **other: object) -> list[str]:
    about = {"list_on": DAY, "ticked": [Category.DB], **other}
    return [found.code for found in differences(said, rows, rows_in, **about)]  # type: ignore[arg-type]


def test_a_list_that_is_as_certified() -> None:
    assert codes(stated()) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"persons_added": 4}, ["persons-differ"]),
        ({"persons_removed": 0}, ["persons-differ"]),
        ({"persons_added": 2, "persons_removed": 2}, ["persons-differ"]),
        ({"households_added": 3}, ["households-differ"]),
        ({"households_removed": 2}, ["households-differ"]),
    ],
)
def test_counts_that_differ_send_the_list_back(changes: dict[str, int], found: list[str]) -> None:
    assert codes(stated(**changes)) == found


def test_a_row_that_cannot_be_read_is_a_person_of_either_side() -> None:
    assert codes(stated(persons_added=4), rows_in=5) == []
    assert codes(stated(persons_removed=2), rows_in=5) == []
    assert codes(stated(households_added=3, persons_added=4), rows_in=5) == []
    assert codes(stated(), rows_in=5) == ["persons-differ"]


def test_list_and_certificate_are_of_one_day_and_one_category() -> None:
    assert codes(stated(), list_on=date(2025, 4, 9)) == ["dates-differ"]
    assert codes(stated(), list_on=None) == []
    assert codes(stated(), ticked=[Category.TK]) == ["category-differs"]


def test_s09_eleven_rows_of_twelve() -> None:
    twelve = Stated(Category.DB, DAY, 3, 12, 0, 0)
    rows = tuple(ListedRow(str(number % 3), True) for number in range(11))
    [found] = differences(twelve, rows, 11, list_on=DAY, ticked=())
    assert found.zh == "证明载明新增12人、减少0人，名单为新增11人、减少0人，应当一致"
    assert found.clause == "A-67"
