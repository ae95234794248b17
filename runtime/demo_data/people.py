"""The invented people of a county, by their numbers from 0 on: names, valid ID numbers, households. Nobody of them exists."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from exchange.rosters.checks import check_value
from runtime.demo_data.chance import below, mixed

SURNAMES = tuple(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = tuple(
    "秀英华玉兰芳梅红桂珍明军强平刚勇文辉建国志海云龙春霞翠萍淑琴丽娟艳敏静洁美玲凤香月莲素云爱菊巧花福贵金银宝来根生水旺财发喜庆祥瑞林森木树青山川河江波涛浩宇轩晨阳光亮晓东南西北中天星雪雨露霜冬夏秋"
)
VILLAGES = tuple("上下东西南北前后大小")
PLACES = ("庄", "沟", "坪", "岭", "河", "湾", "头", "峪", "寨", "坡")
_FIRST_DAY, _DAYS, _STRIDE = date(1936, 1, 1), 29_000, 7_919
MOST = 5 * _DAYS
"""People of a county: so many different numbers are made for it."""
_SURNAME, _GIVEN, _SECOND, _SEX, _TOWN, _PLACE, _SIDE = range(1, 8)


def people(county: str, townships: Sequence[str], numbers: pl.Series, seed: int) -> pl.DataFrame:
    """One row for each number: township, village, head_name, head_id, household_size, name, id_number."""
    place = int(county)
    own = pl.col("n")
    head = own - own % 3
    frame = pl.DataFrame({"n": numbers.cast(pl.Int64)})
    frame = frame.with_columns(_key(own, place, seed).alias("key"), _key(head, place, seed).alias("head"))
    return frame.select(
        "n",
        _pick(head, townships, seed, place * 10 + _TOWN).alias("township"),
        pl.concat_str(
            _pick(head, VILLAGES, seed, place * 10 + _SIDE),
            _pick(head, PLACES, seed, place * 10 + _PLACE),
            pl.lit("村"),
        ).alias("village"),
        _name(head, seed, place).alias("head_name"),
        _id_number(pl.col("head")).alias("head_id"),
        pl.lit("3").alias("household_size"),
        _name(own, seed, place).alias("name"),
        _id_number(pl.col("key")).alias("id_number"),
    )


def _name(number: pl.Expr, seed: int, place: int) -> pl.Expr:
    second = _pick(number, ("", "", *GIVEN), seed, place * 10 + _SECOND)
    return pl.concat_str(
        _pick(number, SURNAMES, seed, place * 10 + _SURNAME), _pick(number, GIVEN, seed, place * 10 + _GIVEN), second
    )


def _pick(number: pl.Expr, words: Sequence[str], seed: int, stream: int) -> pl.Expr:
    return pl.lit(pl.Series(words, dtype=pl.String)).gather(below(number, seed, stream, len(words)))


def _id_number(key: pl.Expr) -> pl.Expr:
    last = check_value(key)
    return pl.concat_str(key.cast(pl.String), pl.when(last == 10).then(pl.lit("X")).otherwise(last.cast(pl.String)))


def _key(number: pl.Expr, place: int, seed: int) -> pl.Expr:
    """Different for every number below MOST: a day of its own within each block, a serial of its own block."""
    days = (number * _STRIDE + place) % _DAYS
    born = (pl.lit(_FIRST_DAY) + pl.duration(days=days)).dt.strftime("%Y%m%d").cast(pl.Int64)
    serial = number // _DAYS * 190 + (mixed(number, seed, place * 10 + _SEX) % 190).cast(pl.Int64) + 10
    return pl.lit(place, pl.Int64) * 10**11 + born * 1000 + serial
