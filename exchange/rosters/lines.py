"""Lines that stand on the roster as they stood on the last one: nearly all of a month's, recognised before they are read.

What a line says hangs on more than its letters: on the columns, on what is ticked above them, on the names of categories and
townships. All of that goes into what a line is recognised by, so a line that would be judged otherwise today is read again.
"""

import hashlib
import json

import polars as pl

from exchange.rosters.delimited import Text
from exchange.rosters.raw import LINE, ROW, Raw, Scattered
from exchange.rosters.recognising import AT, PAIR
from exchange.rosters.roster import Terms
from exchange.rosters.workbook import Cells

_AS_IT_IS_READ = 2
"""To be raised when a line is read or checked otherwise than before."""
NONE = pl.DataFrame(schema={ROW: pl.Int32, LINE: pl.UInt64, PAIR: pl.Int64, AT: pl.UInt32})


def recognise_lines(text: Text | Cells, force: pl.DataFrame, terms: Terms) -> tuple[pl.DataFrame, Raw]:
    """`row`, `line`, `pair` and `at` of the recognised ones, and the others as they were typed. Raises TableTrouble.

    `force`: with `pair` and `at`.
    """
    lines = hashed(text, terms)
    known, others = parted(lines, force)
    if known.is_empty():
        return NONE, text.read(lines)
    try:
        return known, text.read_some(others)
    except Scattered:
        return NONE, text.read(lines)


def hashed(text: Text | Cells, terms: Terms) -> pl.DataFrame:
    """All its lines, with what they are recognised by."""
    return text.lines.with_columns(pl.col("text").hash(_seed(text, terms)).alias(LINE))


def parted(lines: pl.DataFrame, force: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The recognised ones, and the others: all of them if two in force were said by one line."""
    found = lines.join(force.select(LINE, PAIR, AT), on=LINE, how="left", maintain_order="left")
    if found[AT].null_count() == found.height or found.height > lines.height:
        return NONE, lines
    known = found[AT].is_not_null()
    return found.filter(known).select(*NONE.columns), found.filter(~known).select(*lines.columns)


def _seed(text: Text | Cells, terms: Terms) -> int:
    said = [
        _AS_IT_IS_READ,
        pl.__version__,
        text.separator,
        sorted(text.found.places.items()),
        list(text.found.head.ticked),
        sorted(terms.categories.items()),
        sorted(terms.own),
        sorted(terms.townships),
    ]
    return int.from_bytes(hashlib.sha256(json.dumps(said).encode()).digest()[:8])
