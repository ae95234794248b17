"""Several rosters in one pass: of which of them a row or a person is, their number itself tells.

The first roster's rows and persons have the numbers that they have alone; those of each further one are moved up by one step.
So whatever compares numbers keeps the rosters apart without knowing of them.
"""

import polars as pl

from exchange.rosters.raw import ROW

ROWS = 1 << 26
"""More than the lines of any file that is taken."""
PERSONS = 10**17
"""More than 17 digits."""
MOST = 6
"""Rosters in one pass: a person and one of twelve categories as one number of 64 bits leaves room for seven."""

roster_of_row = (pl.col(ROW) // ROWS).cast(pl.Int64)


def counted(numbers: pl.Series, step: int, rosters: int) -> list[int]:
    """How many of the numbers are of each roster."""
    found = dict((numbers // step).value_counts().iter_rows())
    return [found.get(roster, 0) for roster in range(rosters)]
