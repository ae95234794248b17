"""A month later nearly every line is recognised before it is read: what comes out is what comes out when every line is read."""

from io import BytesIO

import polars as pl

from exchange.rosters.comparing import numbered
from exchange.rosters.delimited import Text, read_delimited
from exchange.rosters.lines import recognise_lines
from exchange.rosters.raw import LINE
from exchange.rosters.reconciling import opened, reconcile
from exchange.rosters.roster import Reconciled, Terms
from exchange.rosters.snapshot import snapshot_of
from runtime.demo_data.rosters import HEADER, County, roster
from tests.exchange.poison import csv
from tests.exchange.test_rosters import COLUMNS, NUMBERS, TERMS, table

COUNTY = County("140522", ("凤城镇", "凤城"), 2000)
PEOPLE = [("张三", NUMBERS[0], "低保", "凤城镇"), ("李四", NUMBERS[1], "特困", "凤城镇")]


def month(number: int) -> bytes:
    return (
        roster(COUNTY, number, seed=7, errors=0.02)
        .drop("planted")
        .rename(HEADER)
        .write_csv(quote_style="never")
        .encode()
    )


def without_lines(force: bytes) -> bytes:
    """As v0.3 has kept it."""
    made = BytesIO()
    opened(force).drop(LINE).write_parquet(made, compression="lz4", statistics=False)
    return made.getvalue()


def said(found: Reconciled) -> dict[str, object]:
    return {name: value for name, value in vars(found).items() if name != "force"}


def people(force: bytes) -> list[tuple[object, ...]]:
    return opened(force).drop(LINE).sort("key", "category").rows()


def recognised(content: bytes, force: bytes, terms: Terms = TERMS) -> int:
    text = read_delimited(content)
    assert isinstance(text, Text), "its lines are its rows"
    return recognise_lines(text, numbered(opened(force)), terms)[0].height


def test_lines_that_are_recognised_say_what_they_say_when_they_are_read() -> None:
    force = reconcile(month(0), None, TERMS).force
    for number in (1, 0, 1):
        content = month(number)
        assert recognised(content, force) > 1500
        found, slow = reconcile(content, force, TERMS), reconcile(content, without_lines(force), TERMS)
        assert said(found) == said(slow)
        assert people(found.force) == people(slow.force)
        force = found.force


def test_a_line_is_read_again_once_it_would_be_judged_otherwise() -> None:
    content = table(PEOPLE)
    force = reconcile(content, None, TERMS).force
    assert recognised(content, force) == 2
    elsewhere = Terms(TERMS.today, TERMS.categories, TERMS.own, frozenset({"东冶镇"}))
    assert recognised(content, force, elsewhere) == 0
    assert list(reconcile(content, force, elsewhere).returned) == [2, 3]
    other_columns = csv([(*COLUMNS[:2], COLUMNS[3], COLUMNS[2]), *((*one[:2], one[3], one[2]) for one in PEOPLE)])
    assert recognised(other_columns, force) == 0
    assert reconcile(other_columns, force, TERMS).unchanged == 2


def test_a_line_twice_is_a_duplicate_though_it_is_recognised() -> None:
    force = reconcile(table(PEOPLE), None, TERMS).force
    found = reconcile(table([*PEOPLE, PEOPLE[0]]), force, TERMS)
    assert (found.rows, found.duplicates, found.unchanged) == (3, [4], 2)


def test_a_line_that_takes_its_household_from_above_is_never_recognised() -> None:
    content = table([PEOPLE[0], (*PEOPLE[1][:3], "")])
    force = reconcile(content, None, TERMS).force
    assert opened(force).sort("key")[LINE].is_null().to_list() == [False, True]
    assert recognised(content, force) == 0, "all are read, for one needs the one above it"
    assert reconcile(content, force, TERMS).unchanged == 2


def test_a_line_that_ends_within_has_the_numbers_that_the_office_sees() -> None:
    content = table(PEOPLE)
    force = reconcile(content, None, TERMS).force
    come = ",".join(("王五", NUMBERS[2], "低保", "凤城镇")).encode()
    for mark in (b"\r", b"\r\n"):
        found = reconcile(content + come + mark + come, force, TERMS)
        assert ([one.row for one in found.starts], found.duplicates, found.unchanged) == ([4], [5], 2)


def test_a_snapshot_keeps_its_whole_list_until_much_of_it_has_changed() -> None:
    force = reconcile(month(0), None, TERMS).force
    first = snapshot_of(force)
    after = first.after(pl.Series([0, 5], dtype=pl.UInt32), first.people.head(1))
    assert snapshot_of(after).whole == first.whole
    again = snapshot_of(after)
    assert again.people.rows() == [*first.people[1:5].rows(), *first.people[6:].rows(), first.people.row(0)]
    last = again.people.height - 1
    gone = snapshot_of(again.after(pl.Series([last, 2], dtype=pl.UInt32), first.people.clear()))
    assert gone.people.rows() == [row for at, row in enumerate(again.people.rows()) if at not in (2, last)]
    much = pl.Series(range(1000), dtype=pl.UInt32)
    assert snapshot_of(first.after(much, first.people.clear())).gone == ()


def test_columns_behind_ours_are_left_alone() -> None:
    first = csv([(*COLUMNS, "联系电话", "备注二"), *((*one, "13800000000", "") for one in PEOPLE)])
    found = reconcile(first, None, TERMS)
    assert (found.rows, found.accepted) == (2, 2)
    changed = csv([(*COLUMNS, "联系电话", "备注二"), (*PEOPLE[0], "13800000001", ""), (*PEOPLE[1], "13800000000", "")])
    assert recognised(changed, found.force) == 1
    assert reconcile(changed, found.force, TERMS).unchanged == 2


def test_a_first_row_longer_than_the_others_is_read() -> None:
    assert reconcile(csv([COLUMNS, (*PEOPLE[0], "", "多"), PEOPLE[1]]), None, TERMS).accepted == 2
