"""Every row of a roster checked at once: the reasons against each as the bits of one number, and its values in their normal form.

What is typed as nearly everybody types it is checked as a column; the rest goes through the very readers that decide single
rows (`exchange/readers.py`, `policy/identity_number.py`), so that both ways say the same.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence, Set
from datetime import date
from functools import reduce
from operator import or_

import polars as pl

from exchange import readers
from exchange.columns import BadCell
from exchange.rosters.columns import COLUMNS
from exchange.rosters.raw import AS_NUMBER, FORMULA, Raw
from exchange.rosters.reasons import bit
from exchange.rosters.roster import Terms
from exchange.rosters.several import PERSONS, roster_of_row
from policy import identity_number

KEY, MASK = "key", "mask"
"""`key`: the first 17 digits of a right ID number; the last character follows from them. `mask`: the reasons against the row."""

PLAIN_NUMBER = r"^[0-9]{17}[0-9X]$"
_PLAIN_NAME = "^[\u3400-\u4dbf\u4e00-\u9fff]{1,50}$"
_SCIENTIFIC = re.compile(r"[+-]?\d(\.\d+)?[eE]\+?\d+")
_FOUR_DIGITS = pl.Series([sum(n // 10**at % 10 * 2**at for at in range(4)) for n in range(10_000)], dtype=pl.Int64)
"""What four digits add to a check, looked up."""


def checked(roster: Raw, each: Sequence[Terms]) -> pl.DataFrame:
    """The rows with `key`, `mask` and normal values. What is wrong with a row alone is known then, not yet what two rows say.

    `each`: the terms of each roster; they differ by the townships only.
    """
    frame, terms = roster.frame, each[0]
    formula = pl.any_horizontal(pl.col(column.name).str.starts_with(FORMULA) for column in COLUMNS).fill_null(False)
    masks = [frame.select(pl.when(formula).then(bit("formula-cell")).otherwise(0).cast(pl.Int64)).to_series()]
    number, wrong = _numbers(frame["id_number"], terms.today)
    masks.append(wrong)
    names, wrong = _each(frame["name"], _PLAIN_NAME, _name, bit("name-missing"))
    masks.append(wrong)
    categories, wrong = _categories(frame["category"], roster.head.ticked, terms)
    masks.append(wrong)
    since, wrong = _each(frame["since"], "^$", lambda typed: _since(typed, terms.today), 0)
    masks += [wrong, unknown_townships(frame, each).cast(pl.Int64) * bit("unknown-township")]
    mask = reduce(or_, masks)
    return frame.with_columns(
        (number + roster_of_row * PERSONS).alias(KEY),
        names.alias("name"),
        categories.alias("category"),
        since.alias("since"),
        mask.alias(MASK),
    )


def number_of(key: int) -> str:
    """The whole ID number."""
    first = f"{key % PERSONS:017d}"
    return first + identity_number.check_character(first)


def _numbers(typed: pl.Series, today: date) -> tuple[pl.Series, pl.Series]:
    """Keys, null where a number is wrong, and what is wrong with it."""
    text = typed.str.to_uppercase()
    plain = text.str.contains(PLAIN_NUMBER)
    odd = (~plain).fill_null(False).arg_true()
    told = [_odd_number(value) for value in typed.gather(odd).to_list()]
    text = text.scatter(odd, pl.Series([number for number, _code in told], dtype=pl.String)) if told else text
    right = pl.DataFrame({"text": text}).with_columns(
        pl.col("text").str.head(17).cast(pl.Int64, strict=False).alias("key"),
        pl.col("text").str.tail(1).replace("X", "10").cast(pl.Int64, strict=False).alias("last"),
    )
    judged = right.select(
        pl.col("key"),
        pl.when(pl.col("key").is_null())
        .then(pl.when(pl.lit(typed).is_null()).then(bit("id-missing")).otherwise(0))
        .when(~_born(pl.col("key"), today))
        .then(bit("id-birth-date"))
        .when(check_value(pl.col("key")) != pl.col("last"))
        .then(bit("id-check-digit"))
        .otherwise(0)
        .cast(pl.Int64)
        .alias("wrong"),
    )
    wrong = judged["wrong"]
    said = [(place, bit(code)) for place, (_number, code) in zip(odd.to_list(), told, strict=True) if code]
    if said:
        wrong = wrong.scatter([place for place, _bit in said], [one for _place, one in said])
    return judged.select(pl.when(pl.lit(wrong) == 0).then("key").alias(KEY))[KEY], wrong


def _odd_number(typed: str) -> tuple[str | None, str | None]:
    """The number in its normal form, or the code of what is wrong with its form."""
    if typed == AS_NUMBER or _SCIENTIFIC.fullmatch(typed):
        return None, "id-as-number"
    if typed.startswith(FORMULA):
        return None, "formula-cell"
    number = identity_number.normal(unicodedata.normalize("NFKC", typed).strip("'’`"))
    if len(number) != 18:
        return None, "id-length"
    if not (number[:17].isascii() and number[:17].isdigit()) or number[17] not in "0123456789X":
        return None, "id-characters"
    return number, None


def _born(key: pl.Expr, today: date) -> pl.Expr:
    """Whether the eight digits in the middle are a day that has been."""
    born = key // 1000 % 100_000_000
    year, month, day = born // 10_000, born // 100 % 100, born % 100
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    february = pl.when(leap).then(29).otherwise(28)
    longest = pl.when(month == 2).then(february).otherwise(30 + (month + month // 8) % 2)
    exists = (year >= 1) & month.is_between(1, 12) & (day >= 1) & (day <= longest)
    return exists & (born <= today.year * 10_000 + today.month * 100 + today.day)


def check_value(key: pl.Expr) -> pl.Expr:
    """The value of the last character, 10 for X (ISO 7064 MOD 11-2): each digit counts twice what the next one counts."""
    total = pl.lit(0, pl.Int64)
    for part in range(5):
        digits = key // 10 ** (4 * part) % 10_000
        total = total + pl.lit(_FOUR_DIGITS).gather(digits) * (2 ** (4 * part + 1) % 11)
    return (12 - total % 11) % 11


def _name(typed: str) -> tuple[str | None, int]:
    try:
        return readers.name(typed), 0
    except BadCell as bad:
        return None, bit("formula-cell" if typed.startswith(FORMULA) else bad.code)


def _since(typed: str, today: date) -> tuple[str | None, int]:
    try:
        day = readers.day(typed)
    except BadCell:
        return None, bit("formula-cell" if typed.startswith(FORMULA) else "bad-day")
    return day.isoformat(), bit("future-date") if day > today else 0


def _categories(typed: pl.Series, ticked: Sequence[str], terms: Terms) -> tuple[pl.Series, pl.Series]:
    """Codes, and what is wrong: the tick above the table counts for rows that say nothing."""
    tick = terms.categories.get(ticked[0].upper()) if len(ticked) == 1 else None
    missing = 0 if tick else bit("category-missing")
    codes, wrong = _each(typed, "^$", lambda value: _category(value, tick, terms), missing)
    if tick:
        only = bit("not-your-category") if tick not in terms.own else 0
        empty = typed.is_null()
        both = pl.DataFrame({"code": codes, "wrong": wrong, "empty": empty}).select(
            pl.when("empty").then(pl.lit(tick)).otherwise("code").alias("code"),
            pl.when("empty").then(only).otherwise("wrong").alias("wrong"),
        )
        return both["code"], both["wrong"]
    return codes, wrong


def _category(typed: str, tick: str | None, terms: Terms) -> tuple[str | None, int]:
    code = terms.categories.get(unicodedata.normalize("NFKC", typed).strip().upper())
    if code is None:
        return None, bit("formula-cell" if typed.startswith(FORMULA) else "unknown-category")
    if code not in terms.own:
        return None, bit("not-your-category")
    return code, bit("category-mismatch") if tick and tick != code else 0


def unknown_townships(frame: pl.DataFrame, terms: Sequence[Terms]) -> pl.Series:
    """Of each row whether its county does not have the township. `terms`: of each roster."""
    named = frame.select(roster_of_row.alias("roster"), "township")
    unknown = [one for one in named.unique().iter_rows() if _is_unknown(one[1], terms[one[0]].townships)]
    if not unknown:
        return pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    wrong = pl.DataFrame(unknown, schema=named.schema, orient="row").with_columns(wrong=True)
    return named.join(wrong, on=named.columns, how="left", maintain_order="left")["wrong"].fill_null(False)


def _is_unknown(typed: str | None, townships: Set[str]) -> bool:
    if not townships or typed is None or typed in townships:
        return False
    return "".join(unicodedata.normalize("NFKC", typed).split()) not in townships


def _each(
    typed: pl.Series, plain: str, read: Callable[[str], tuple[str | None, int]], missing: int
) -> tuple[pl.Series, pl.Series]:
    """Values and reasons: what looks like `plain` stays as it is, of the rest each different text is read once."""
    rest = typed.filter(~typed.str.contains(plain).fill_null(True)).unique().to_list()
    told = {text: read(text) for text in rest}
    frame = pl.DataFrame({"typed": typed})
    if told:
        values = {text: value for text, (value, _wrong) in told.items()}
        wrongs = {text: wrong for text, (_value, wrong) in told.items() if wrong}
        found = frame.select(
            pl.col("typed").replace(list(values), pl.Series(list(values.values()), dtype=pl.String)).alias("value"),
            pl.col("typed")
            .replace_strict(list(wrongs), list(wrongs.values()), default=0, return_dtype=pl.Int64)
            .alias("wrong")
            if wrongs
            else pl.lit(0, pl.Int64).alias("wrong"),
        )
    else:
        found = frame.select(pl.col("typed").alias("value"), pl.lit(0, pl.Int64).alias("wrong"))
    wrong = found.select(pl.when(pl.lit(typed).is_null()).then(missing).otherwise("wrong").cast(pl.Int64).alias("w"))
    return found["value"], wrong["w"]
