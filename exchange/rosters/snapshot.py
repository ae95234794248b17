"""Those in force as they are kept between two rosters: what a roster changes is put behind what was there before.

A whole list in Parquet, the places in it of those who are gone since, and those who came, in Parquet too. Writing all of it
every month would take longer than reading the roster; it is written anew once an eighth of it has changed.
"""

import struct
from array import array
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

import polars as pl

from exchange.rosters.checks import KEY
from exchange.rosters.columns import ATTRIBUTES
from exchange.rosters.raw import LINE

IN_FORCE = {
    KEY: pl.Int64,
    "category": pl.String,
    "name": pl.String,
    **dict.fromkeys(ATTRIBUTES, pl.String),
    LINE: pl.UInt64,
}
HELD = (KEY, "category")
"""One row in force."""
NOBODY = pl.DataFrame(schema=IN_FORCE)
ANEW = 8
"""When less than so much of the whole list has changed, it stays as it is."""
_SIGN = b"JZR1"
_SIZES = struct.Struct("<4sQQ")


@dataclass(frozen=True)
class Snapshot:
    """`whole`: Parquet; `gone`: places in it; `come`: behind it."""

    whole: bytes
    gone: tuple[int, ...]
    come: pl.DataFrame

    @cached_property
    def people(self) -> pl.DataFrame:
        """One row for each person and category."""
        return pl.concat([self._listed.filter(self._stay), self.come])

    @cached_property
    def _listed(self) -> pl.DataFrame:
        return _opened(self.whole)

    @cached_property
    def _stay(self) -> pl.Series:
        return pl.repeat(True, self._listed.height, dtype=pl.Boolean, eager=True).scatter(list(self.gone), False)

    def after(self, gone: pl.Series, come: pl.DataFrame) -> bytes:
        """As it is kept without those at some places among the people, and with others."""
        stay = pl.repeat(True, self.people.height, dtype=pl.Boolean, eager=True).scatter(gone, False)
        listed = self.people.height - self.come.height
        away = self._stay.arg_true().filter(~stay.head(listed)).to_list()
        arrived = come.height
        come = pl.concat([self.come.filter(stay.slice(listed)), come.select(*IN_FORCE)])
        if (len(self.gone) + len(away) + come.height) * ANEW > self._listed.height:
            return packed(pl.concat([self.people.filter(stay), come.tail(arrived)]))
        return _framed(self.whole, (*self.gone, *away), come)


def snapshot_of(kept: bytes | None) -> Snapshot:
    """None: nobody is in force."""
    if kept is None:
        return Snapshot(_parquet(NOBODY), (), NOBODY)
    if not kept.startswith(_SIGN):
        return Snapshot(kept, (), NOBODY)
    _sign, size, gone = _SIZES.unpack_from(kept)
    at = _SIZES.size
    places = array("I", kept[at + size : at + size + gone])
    return Snapshot(kept[at : at + size], tuple(places), _opened(kept[at + size + gone :]))


def packed(people: pl.DataFrame) -> bytes:
    """All of them in one whole list."""
    return _parquet(people.select(*IN_FORCE))


def _framed(whole: bytes, gone: tuple[int, ...], come: pl.DataFrame) -> bytes:
    places = array("I", sorted(gone)).tobytes()
    return b"".join((_SIZES.pack(_SIGN, len(whole), len(places)), whole, places, _parquet(come)))


def _parquet(people: pl.DataFrame) -> bytes:
    """Not compressed: it is read every month, and is little as it is, for a household's cells are kept once."""
    made = BytesIO()
    people.write_parquet(made, compression="uncompressed", statistics=False)
    return made.getvalue()


def _opened(kept: bytes) -> pl.DataFrame:
    """Of a list that was kept before lines were, none is recognised."""
    found = pl.read_parquet(BytesIO(kept))
    if found.schema == IN_FORCE:
        return found
    missing = [pl.lit(None, kind).alias(name) for name, kind in IN_FORCE.items() if name not in found.columns]
    return found.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in IN_FORCE.items())
