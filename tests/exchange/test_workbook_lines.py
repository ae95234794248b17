"""A workbook's rows are recognised as the lines of a text are: what comes out is what comes out when every row is read."""

import polars as pl
import pytest

from exchange.containers import container_of
from exchange.rosters.comparing import numbered
from exchange.rosters.lines import recognise_lines
from exchange.rosters.reconciling import opened, reconcile
from exchange.rosters.workbook import Cells, read_workbook
from exchange.troubles import TableTrouble
from runtime.demo_data.rosters import HEADER, roster
from tests.exchange.poison import xlsx
from tests.exchange.test_roster_lines import COUNTY, people, said, without_lines
from tests.exchange.test_rosters import COLUMNS, NUMBERS, TERMS

ONE, OTHER = ("张三", NUMBERS[0], "低保", "凤城镇"), ("李四", NUMBERS[1], "特困", "凤城镇")


def month(number: int) -> bytes:
    frame = roster(COUNTY, number, seed=7, errors=0.02).drop("planted").rename(HEADER)
    return xlsx([tuple(HEADER.values()), *frame.with_columns(pl.all().fill_null("")).iter_rows()])


def recognised(content: bytes, force: bytes) -> int:
    found = read_workbook(content, container_of(content))
    assert isinstance(found, Cells)
    return recognise_lines(found, numbered(opened(force)), TERMS)[0].height


def test_rows_that_are_recognised_say_what_they_say_when_they_are_read() -> None:
    force = reconcile(month(0), None, TERMS).force
    for number in (1, 0):
        content = month(number)
        assert recognised(content, force) > 1500
        found, slow = reconcile(content, force, TERMS), reconcile(content, without_lines(force), TERMS)
        assert said(found) == said(slow)
        assert people(found.force) == people(slow.force)
        force = found.force


def test_a_row_is_read_again_once_a_cell_of_it_is_another() -> None:
    force = reconcile(xlsx([COLUMNS, ONE, OTHER]), None, TERMS).force
    moved = xlsx([COLUMNS, ONE, (*OTHER[:3], "凤城")])
    assert recognised(moved, force) == 1
    assert reconcile(moved, force, TERMS).updated == 1


def test_a_mark_between_cells_within_a_cell_hides_nothing() -> None:
    """XML takes no control characters; an escaped one is read as its letters, a row of which is as any other."""
    content = xlsx([COLUMNS, ONE, ("李\x1f四", *OTHER[1:])])
    force = reconcile(content, None, TERMS).force
    assert reconcile(content, force, TERMS).rows == 2


def test_a_sheet_with_nothing_below_its_header_is_no_second_roster() -> None:
    assert reconcile(xlsx([COLUMNS, ONE], [COLUMNS]), None, TERMS).rows == 1
    with pytest.raises(TableTrouble, match="no-rows"):
        reconcile(xlsx([COLUMNS], [COLUMNS]), None, TERMS)
    with pytest.raises(TableTrouble, match="several-tables"):
        reconcile(xlsx([COLUMNS, ONE], [COLUMNS, OTHER]), None, TERMS)
