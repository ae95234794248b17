"""A county's rosters of two months: who is on them, what changes in between, and what the office typed wrongly."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from runtime.demo_data.chance import below, happens
from runtime.demo_data.people import people

HEADER = {
    "township": "乡（镇）",
    "village": "行政村",
    "head_name": "户主姓名",
    "head_id": "户主身份证号码",
    "household_size": "家庭人口数",
    "name": "家庭成员姓名",
    "id_number": "身份证号码",
    "category": "对象类别",
    "remark": "备注",
}
LEAVE, COME, CHANGE, MOVE = 0.004, 0.004, 0.002, 0.003
"""Shares of a roster that change from one month to the next."""
_DESTITUTE, _LEAVES, _CHANGES, _MOVES, _ERRS, _KIND, _WAY = 101, 102, 103, 104, 110, 120, 121
PLANTED = (
    "id-check-digit",
    "name-missing",
    "id-missing",
    "id-length",
    "id-characters",
    "id-birth-date",
    "id-as-number",
    "unknown-township",
    "unknown-category",
    "duplicate-in-batch",
)
"""What is typed wrongly, each as often as the others. Besides, some numbers are typed full-width, small or with blanks, which is
no error.
"""


@dataclass(frozen=True)
class County:
    code: str
    townships: Sequence[str]
    rows: int


def roster(county: County, month: int, seed: int, errors: float) -> pl.DataFrame:
    """The table of month 0 or 1, its columns named as `HEADER` names them, and `planted`: the code of an error, or null."""
    whole = _on_the_roster(county, month, seed)
    number, place = pl.col("n"), int(county.code)
    kind = pl.when(happens(number, seed, place + _ERRS + month, errors)).then(
        below(number, seed, place + _KIND, len(PLANTED))
    )
    planted = pl.lit(pl.Series(PLANTED)).gather(kind)
    return _again(_typed(whole.with_columns(planted.alias("planted")), seed, place))


def _on_the_roster(county: County, month: int, seed: int) -> pl.DataFrame:
    number, place = pl.col("n"), int(county.code)
    come = round(county.rows * COME)
    numbers = pl.int_range(0, county.rows + (come if month else 0), eager=True)
    frame = people(county.code, county.townships, numbers, seed)
    destitute = happens(number, seed, place + _DESTITUTE, 0.15)
    changes = happens(number, seed, place + _CHANGES, CHANGE) & pl.lit(month == 1)
    moves = happens(number, seed, place + _MOVES, MOVE) & pl.lit(month == 1)
    frame = frame.with_columns(
        pl.when(destitute ^ changes).then(pl.lit("特困人员")).otherwise(pl.lit("低保对象")).alias("category"),
        pl.when(moves).then(pl.lit("已迁新村")).otherwise(pl.lit("")).alias("remark"),
    )
    return frame.filter(~happens(number, seed, place + _LEAVES, LEAVE)) if month else frame


def _typed(frame: pl.DataFrame, seed: int, place: int) -> pl.DataFrame:
    said = pl.col("planted")
    typed = pl.col("id_number")
    wide = typed.str.replace_many(list("0123456789"), list("０１２３４５６７８９"))
    way = pl.col("way")
    frame = frame.with_columns(below(pl.col("n"), seed, place + _WAY, 1000).alias("way"))
    last = pl.when(typed.str.tail(1) == "1").then(pl.lit("2")).otherwise(pl.lit("1"))
    return frame.with_columns(
        pl.when(said == "id-check-digit")
        .then(typed.str.head(17) + last)
        .when(said == "id-missing")
        .then(pl.lit(""))
        .when(said == "id-length")
        .then(typed.str.head(16))
        .when(said == "id-characters")
        .then(typed.str.head(9) + pl.lit("A") + typed.str.tail(8))
        .when(said == "id-birth-date")
        .then(typed.str.head(10) + pl.lit("1332") + typed.str.tail(4))
        .when(said == "id-as-number")
        .then(pl.lit("1.40522E+17"))
        .when(way == 0)
        .then(wide)
        .when(way < 5)
        .then(typed.str.to_lowercase() + pl.lit(" "))
        .otherwise(typed)
        .alias("id_number"),
        pl.when(said == "name-missing").then(pl.lit("")).otherwise("name").alias("name"),
        pl.when(said == "unknown-township").then(pl.lit("不存在的镇")).otherwise("township").alias("township"),
        pl.when(said == "unknown-category").then(pl.lit("富裕人口")).otherwise("category").alias("category"),
    )


def _again(frame: pl.DataFrame) -> pl.DataFrame:
    """A repeated row stands at the end; the first one is right."""
    again = pl.col("planted") == "duplicate-in-batch"
    first = frame.with_columns(pl.when(~again).then("planted").alias("planted"))
    return pl.concat([first, frame.filter(again)]).select(*HEADER, "planted")
