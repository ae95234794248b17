"""Newly crossed: strictly above now, and not before; each by the group of that time."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from exchange.crossings import Crossing, newly_crossed
from runtime.demo_data.sums import write_sums

THRESHOLDS = {"falling_back": Decimal("6000.00"), "falling_into": Decimal("20000.00")}


def sums(path: Path, *rows: tuple[int, int, str, int]) -> Path:
    pl.DataFrame(rows, schema=["person", "division", "group", "burden"], orient="row").write_parquet(path)
    return path


def test_only_who_is_above_now_and_was_not_before_has_crossed(tmp_path: Path) -> None:
    before = sums(
        tmp_path / "a.parquet",
        (1, 140522, "falling_back", 600_000),
        (2, 140522, "falling_back", 600_001),
        (3, 140522, "falling_into", 700_000),
        (4, 140522, "falling_back", 1_999_999),
    )
    now = sums(
        tmp_path / "b.parquet",
        (1, 140522, "falling_back", 600_001),
        (2, 140522, "falling_back", 900_000),
        (3, 140522, "falling_back", 700_000),
        (4, 140522, "falling_into", 2_000_000),
        (5, 140827, "falling_into", 2_000_001),
        (6, 140522, "falling_back", 600_000),
        (7, 140522, "employees", 9_000_000),
    )
    assert sorted(newly_crossed(before, now, THRESHOLDS)) == [
        Crossing(1, 140522, "falling_back", 600_001, 600_000),
        Crossing(3, 140522, "falling_back", 700_000, 700_000),
        Crossing(5, 140827, "falling_into", 2_000_001, 0),
    ]


@pytest.mark.parametrize(("division", "found"), [("140522", 1), ("1408", 1), ("14", 2), ("", 2), ("37", 0)])
def test_a_division_sees_its_own(tmp_path: Path, division: str, found: int) -> None:
    before = sums(tmp_path / "a.parquet", (9, 140522, "falling_back", 0))
    now = sums(tmp_path / "b.parquet", (1, 140522, "falling_back", 700_000), (2, 140827, "falling_back", 700_000))
    assert len(newly_crossed(before, now, THRESHOLDS, division=division)) == found


def test_the_sums_of_an_invented_province_cross_as_a_loop_would_say(tmp_path: Path) -> None:
    paths = write_sums(tmp_path, ["2026-10", "2026-11"], 20_000, ["140522", "140827"], seed=7)
    first, second = (pl.read_parquet(path).rows_by_key("person", unique=True) for path in paths)
    limits = {group: int(amount * 100) for group, amount in THRESHOLDS.items()}
    expected = {person for person, (_, group, burden) in second.items() if burden > limits[group] >= first[person][2]}
    assert len(second) == 20_000
    assert expected
    assert {one.person for one in newly_crossed(*paths, THRESHOLDS)} == expected
