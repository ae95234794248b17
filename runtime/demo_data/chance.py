"""Chance that is the same on every machine: SplitMix64 over whole columns, from a seed and a row's number.

Not polars' own hash or sampling: those may change with its version, and a seed must always make the same province.
"""

import polars as pl

_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_WORD = 2**64


def mixed(number: pl.Expr, seed: int, stream: int) -> pl.Expr:
    """64 bits for each number. `stream` keeps what is drawn for one purpose apart from another."""
    start = _of_one((_of_one(seed) + stream) % _WORD)  # streams beside each other would be shifted copies of one
    word = number.cast(pl.UInt64) * pl.lit(_STEP, pl.UInt64) + pl.lit(start, pl.UInt64)
    word = (word ^ (word // 2**30)) * pl.lit(_FIRST, pl.UInt64)
    word = (word ^ (word // 2**27)) * pl.lit(_SECOND, pl.UInt64)
    return word ^ (word // 2**31)


def _of_one(number: int) -> int:
    word = (number * _STEP + _FIRST) % _WORD
    word = (word ^ (word >> 30)) * _FIRST % _WORD
    word = (word ^ (word >> 27)) * _SECOND % _WORD
    return word ^ (word >> 31)


def below(number: pl.Expr, seed: int, stream: int, end: int) -> pl.Expr:
    """A whole number from 0 to before `end`."""
    return (mixed(number, seed, stream) % end).cast(pl.Int64)


def happens(number: pl.Expr, seed: int, stream: int, share: float) -> pl.Expr:
    return below(number, seed, stream, 1_000_000) < round(share * 1_000_000)
