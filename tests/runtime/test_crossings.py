"""The list of the newly crossed is what the rule of the push says, person by person, of each of the two months."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy.exchange_terms import Insurance, ListType
from policy.high_cost import monitored
from policy.monitoring_line import Insured
from policy.rulebook import Rulebook
from policy.terms import Category, Residence
from runtime.crossings import COLUMNS, last_day_of, thresholds, write_crossed
from runtime.trouble import StartTrouble
from store.packs import rulebook_from_packs
from tests.policy.rulebooks import without

OCTOBER, NOVEMBER = date(2026, 10, 31), date(2026, 11, 30)
SHANXI = rulebook_from_packs("14", date(2026, 12, 1), demo=True)
OF_LIST = {
    ListType.FALLING_BACK: Insured((Category.JC1,), Residence.RURAL, Insurance.RESIDENTS),
    ListType.FALLING_INTO: Insured((Category.PT,), Residence.URBAN, Insurance.RESIDENTS),
}
"""Somebody who stands under that line."""
near_a_line = st.one_of(
    st.sampled_from([0, 599_999, 600_000, 600_001, 1_999_999, 2_000_000, 2_000_001]), st.integers(0, 3_000_000)
)
sums_of_a_person = st.tuples(st.sampled_from([*ListType]), st.none() | near_a_line, st.none() | near_a_line)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(sums_of_a_person, max_size=30))
def test_the_list_is_that_of_the_rule_asked_row_by_row(
    tmp_path: Path, persons: list[tuple[ListType, int | None, int | None]]
) -> None:
    before = _sums(tmp_path / "a.parquet", [(n, one[0], one[1]) for n, one in enumerate(persons)])
    now = _sums(tmp_path / "b.parquet", [(n, one[0], one[2]) for n, one in enumerate(persons)])
    out = tmp_path / "list.csv"
    expected = [
        str(n)
        for n, (which, earlier, later) in enumerate(persons)
        if _over(SHANXI, which, later, NOVEMBER) and not _over(SHANXI, which, earlier, OCTOBER)
    ]
    assert write_crossed(SHANXI, before, now, NOVEMBER, out) == len(expected)
    with out.open(encoding="utf-8") as file:
        assert [row["person"] for row in csv.DictReader(file)] == expected


def test_the_lines_are_those_of_the_place_and_the_day(tmp_path: Path) -> None:
    assert thresholds(SHANXI, NOVEMBER) == {"falling_back": Decimal("6000.00"), "falling_into": Decimal("20000.00")}
    before = _sums(tmp_path / "a.parquet", [(7, ListType.FALLING_BACK, 600_000)])
    now = _sums(tmp_path / "b.parquet", [(7, ListType.FALLING_BACK, 612_345)])
    write_crossed(SHANXI, before, now, NOVEMBER, tmp_path / "list.csv")
    assert (tmp_path / "list.csv").read_text(encoding="utf-8").splitlines() == [
        ",".join(COLUMNS),
        "7,140522,falling_back,6123.45,6000.00,6000.00",
    ]
    assert last_day_of(date(2026, 11, 1)) == NOVEMBER


def test_nothing_is_written_where_a_line_is_not_known_or_a_file_is_none(tmp_path: Path) -> None:
    wrong = tmp_path / "a.parquet"
    wrong.write_text("person,division", encoding="utf-8")
    with pytest.raises(StartTrouble, match="Parquet"):
        write_crossed(SHANXI, wrong, wrong, NOVEMBER, tmp_path / "list.csv")
    with pytest.raises(StartTrouble, match="falling_into"):
        thresholds(without(SHANXI, "PUSH_THRESHOLD(falling_into)"), NOVEMBER)
    assert not (tmp_path / "list.csv").exists()


def _over(rulebook: Rulebook, which: ListType, burden: int | None, on: date) -> bool:
    return burden is not None and monitored(rulebook, OF_LIST[which], Decimal(burden) / 100, on).over


def _sums(path: Path, rows: list[tuple[int, ListType, int | None]]) -> Path:
    known = [(person, 140522, which.value, burden) for person, which, burden in rows if burden is not None]
    columns = {"person": pl.Int64, "division": pl.Int64, "group": pl.String, "burden": pl.Int64}
    pl.DataFrame(known, schema=columns, orient="row").write_parquet(path)
    return path
